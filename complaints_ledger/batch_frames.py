"""Judged batches as rows of the wide table `events` and of `record_verdicts`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from domain.rules.avro_schema import is_sealed
from domain.rules.set_decoding import typed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domain.rules.partition_state import RegisteredSchema
    from domain.rules.record import Record


def times(records: Sequence[Record], before_ms: int) -> pl.DataFrame:
    """Return ordinal, recorded_at (running maximum, UTC) and entry_hash of each record."""
    return pl.DataFrame(
        {
            "ordinal": [r.ordinal for r in records],
            "append_ms": [r.append_ms for r in records],
            "entry_hash": [r.known_hash for r in records],
        },
        schema={"ordinal": pl.Int64, "append_ms": pl.Int64, "entry_hash": pl.Binary},
    ).select(
        "ordinal",
        pl.max_horizontal(pl.col("append_ms").cum_max(), pl.lit(before_ms))
        .cast(pl.Datetime("ms"))
        .cast(pl.Datetime("us"))
        .alias("recorded_at"),
        "entry_hash",
    )


def event_rows(
    admitted: pl.DataFrame,
    decoded: Mapping[str, pl.DataFrame],
    schemas: Mapping[str, RegisteredSchema],
) -> list[pl.DataFrame]:
    """Return the admitted events as rows of the wide table, one frame per schema."""
    frames: list[pl.DataFrame] = []
    for name, raw in decoded.items():
        rows = admitted.join(raw.select("ordinal"), on="ordinal", how="semi")
        if rows.height:
            text = schemas[name].text
            payload = flat(typed(raw, text), text).drop(
                "event_id", "stream_id", "source", "occurred_on"
            )
            keep = typed(raw.select("ordinal", "occurred_on", "source"), _only(text))
            rows = rows.drop("source", "occurred_on").join(keep, on="ordinal")
            frames.append(rows.join(payload, on="ordinal"))
    return frames


def _only(text: str) -> str:
    schema = json.loads(text)
    fields = [f for f in schema["fields"] if f["name"] in {"occurred_on", "source"}]
    return json.dumps({**schema, "fields": fields})


def flat(frame: pl.DataFrame, text: str) -> pl.DataFrame:
    """Return a frame with the save as three columns and each sealed field as its key id."""
    columns: list[Any] = [pl.col("ordinal")] if "ordinal" in frame.columns else []
    for schema_field in json.loads(text)["fields"]:
        name, kind = schema_field["name"], schema_field["type"]
        inner = kind[1] if isinstance(kind, list) else kind
        if name == "command":
            columns += [
                pl.col(name).struct.field(part).alias(f"command_{part}")
                for part in ("id", "index", "count")
            ]
        elif is_sealed(inner):
            columns.append(pl.col(name).struct.field("key_id").alias(f"{name}_key_id"))
        else:
            columns.append(pl.col(name))
    return frame.select(columns)


def rows_of_values(ordinal: int, values: Mapping[str, Any], text: str) -> pl.DataFrame:
    """Return one event, decoded by the row form, in the form of the set form's frames."""
    raw = pl.DataFrame([dict(values)], infer_schema_length=None)
    schema = json.loads(text)
    missing = [
        pl.lit(None).alias(f["name"]) for f in schema["fields"] if f["name"] not in raw.columns
    ]
    return raw.with_columns(pl.lit(ordinal, dtype=pl.Int64).alias("ordinal"), *missing)
