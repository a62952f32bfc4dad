"""Does a decoded batch account for every byte? The set form's guard of structure (RULES 2).

polars takes any union index but 0 for the second branch and any varint however long. An
event's bytes must be their own re-encoding, so each value has one length: the sum of the
lengths must be the datum's, and each union index, found by summing the lengths before it, must be the canonical
byte. A datum for which this does not hold goes to the row form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.rules.avro_schema import Schema

_BODY = "the body"
_ONE = pl.lit(1, dtype=pl.Int64)
_VALUE = pl.lit(b"\x02")
"""Index 1 of a union, whose second branch is the value."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Expressions over a decoded batch: the length of each field, and what must hold."""

    lengths: list[pl.Expr]
    optional: list[str]
    plain: list[pl.Expr]


@lru_cache(maxsize=1024)
def _plan(text: str, absent: frozenset[str]) -> _Plan:
    lengths: list[pl.Expr] = []
    optional: list[str] = []
    plain: list[pl.Expr] = []
    for field in json.loads(text)["fields"]:
        name, schema = field["name"], field["type"]
        if name in absent:
            lengths.append(_ONE.alias(name))
            continue
        column = pl.col(name)
        inner = schema[1] if isinstance(schema, list) else schema
        length = _length(column, inner)
        if isinstance(schema, list):
            optional.append(name)
            length = _ONE + pl.when(column.is_null()).then(0).otherwise(length)
        lengths.append(length.cast(pl.Int64).alias(name))
        if _hides_union(inner):
            plain.append(column.list.len().fill_null(0) == 0)
    return _Plan(lengths, optional, plain)


def is_canonical(rows: pl.DataFrame, bodies: Sequence[bytes], text: str) -> pl.Series:
    """Return for each decoded row whether its values account for its bytes.

    A null has index 0 and every field at least its shortest length, so a sum that fits leaves
    only the index of a value to be looked at.
    """
    absent = frozenset(name for name in rows.columns if rows[name].null_count() == rows.height)
    plan = _plan(text, absent)
    body = pl.Series(_BODY, bodies, dtype=pl.Binary)
    lengths = rows.select(plan.lengths)
    ends = lengths.select(pl.cum_sum_horizontal(pl.all()).alias("ends")).unnest("ends")
    good = ends[ends.columns[-1]] == body.bin.size().cast(pl.Int64)
    if plan.plain:
        good = good & rows.select(pl.all_horizontal(plan.plain)).to_series()
    if plan.optional:
        names = plan.optional
        starts = ends.select(names) - lengths.select(names)
        values = rows.select([pl.col(name).is_null().alias(f"{name} is null") for name in names])
        looked = pl.concat([starts, values], how="horizontal").with_columns(body)
        indexes = [
            pl.col(f"{name} is null") | (pl.col(_BODY).bin.slice(pl.col(name), 1) == _VALUE)
            for name in names
        ]
        good = good & looked.select(pl.all_horizontal(indexes)).to_series()
    return good.fill_null(value=False)


def _hides_union(schema: Schema) -> bool:
    """Tell whether an array's items have a union whose index the walk does not see."""
    return isinstance(schema, dict) and schema["type"] == "array" and _has_union(schema["items"])


def _has_union(schema: Any) -> bool:
    if isinstance(schema, list):
        return True
    if isinstance(schema, dict) and schema["type"] == "record":
        return any(_has_union(field["type"]) for field in schema["fields"])
    return isinstance(schema, dict) and schema["type"] == "array" and _has_union(schema["items"])


def _length(column: pl.Expr, schema: Schema) -> pl.Expr:
    kind = schema if isinstance(schema, str) else schema["type"]
    if kind == "record":
        parts = [_length(column.struct.field(f["name"]), f["type"]) for f in schema["fields"]]
        return pl.sum_horizontal(parts)
    if kind == "array":
        return _array_length(column, schema["items"])
    if kind == "boolean":
        return _ONE
    if kind in {"string", "bytes"}:
        size = (column.str.len_bytes() if kind == "string" else column.bin.size()).cast(pl.Int64)
        return size + _varint(size, widest=_LENGTH_BITS)
    is_date = isinstance(schema, dict) and schema.get("logicalType") == "date"
    return _varint(column, widest=_DATE_BITS if is_date else _LONG_BITS)


def _array_length(column: pl.Expr, items: Schema) -> pl.Expr:
    if _has_union(items):
        return _ONE
    count = column.list.len().cast(pl.Int64)
    inside = column.list.eval(_length(pl.element(), items)).list.sum().cast(pl.Int64)
    counted = _varint(count, widest=_LENGTH_BITS)
    return pl.when(count == 0).then(_ONE).otherwise(counted + inside + _ONE)


_LONG_BITS = 63
_LENGTH_BITS = 27
"""A length or count is below 2^27: no record is longer."""
_DATE_BITS = 20
"""A date in range is below 2^20 days; one out of range is in doubt already."""


def _varint(number: pl.Expr, *, widest: int) -> pl.Expr:
    longer = [
        (~number.is_between(-(1 << bits), (1 << bits) - 1)).cast(pl.Int64)
        for bits in range(6, widest, 7)
    ]
    return _ONE + pl.sum_horizontal(longer)
