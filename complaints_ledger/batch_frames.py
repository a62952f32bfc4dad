"""Judged batches as rows of the event tables."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from domain.rules import control
from domain.rules.avro_schema import is_sealed
from domain.rules.set_decoding import typed
from projections.event_tables import event_tables, tables_by_topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from domain.rules.partition_state import RegisteredSchema
    from domain.rules.record import Records
    from projections.event_tables import EventTable


def times(records: Records, before_ms: int) -> pl.DataFrame:
    """Return ordinal, recorded_at (running maximum, UTC) and appended_at of each record."""
    end = records.start + len(records)
    return pl.DataFrame(
        {
            "ordinal": pl.int_range(records.start, end, dtype=pl.Int64, eager=True),
            "append_ms": pl.Series(records.append_ms, dtype=pl.Int64),
        }
    ).select(
        "ordinal",
        pl.max_horizontal(pl.col("append_ms").cum_max(), pl.lit(before_ms))
        .cast(pl.Datetime("ms"))
        .cast(pl.Datetime("us"))
        .alias("recorded_at"),
        pl.col("append_ms").cast(pl.Datetime("ms")).cast(pl.Datetime("us")).alias("appended_at"),
    )


def event_rows(
    admitted: pl.DataFrame,
    decoded: Mapping[str, pl.DataFrame],
    schemas: Mapping[str, RegisteredSchema],
    value_of: Callable[[int], bytes | None],
) -> Iterator[tuple[EventTable, pl.DataFrame]]:
    """Yield the admitted events of each schema as rows of their table.

    Args:
        admitted: where each event stands: ordinal, position, version, stream_no and times.
        decoded: raw values by fingerprint, with their `ordinal`.
        schemas: the registered schemas by fingerprint.
        value_of: a record's bytes by its ordinal, for types that this version has no class for.
    """
    placed = admitted.drop("event_id", "source", "occurred_on", "stream_id", "event_type")
    for name, raw in decoded.items():
        schema = schemas[name]
        table = tables_by_topic().get(schema.topic)
        said = flat(raw, schema.text)
        rows = placed.join(said, on="ordinal", how="inner")
        if not rows.height:
            continue
        if table is None:
            table = event_tables()[-1]
            bytes_of = [value_of(ordinal) for ordinal in rows["ordinal"].to_list()]
            rows = rows.with_columns(
                pl.lit(schema.topic).alias("event_type"),
                pl.Series("value", bytes_of, dtype=pl.Binary),
            )
        yield table, rows


def flat(raw: pl.DataFrame, text: str) -> pl.DataFrame:
    """Return typed values with the save as three columns and each sealed field as its key id."""
    return typed(raw, text).select("ordinal", *_flattened(text))


@lru_cache(maxsize=1024)
def _flattened(text: str) -> tuple[Any, ...]:
    columns: list[Any] = []
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
        elif name != "stream_id":
            columns.append(pl.col(name))
    return tuple(columns)


def source_terms(records: Records, verdicts: pl.DataFrame) -> pl.DataFrame:
    """Return the terms that the batch's source registrations set, each from its record on."""
    taken = verdicts.filter(pl.col("event_type") == "control.source")["ordinal"].to_list()
    bodies = [(at, control.parse(records.values[at - records.start] or b"")) for at in taken]
    return pl.DataFrame(
        [
            (
                records.partition,
                ordinal,
                found.body["source"],
                found.body["state"],
                found.body["signing_key"] is not None,
                list(found.body["types"]),
            )
            for ordinal, found in bodies
            if found is not None
        ],
        schema={
            "partition": pl.Int32,
            "from_ordinal": pl.Int64,
            "source": pl.String,
            "state": pl.String,
            "signs": pl.Boolean,
            "event_types": pl.List(pl.String),
        },
        orient="row",
    )
