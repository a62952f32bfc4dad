"""The digest of a read model, defined apart from any engine (RULES 6).

Canonical text of a row: for each column, in the registry's order and without `stream_no`,
the netstring `<length in bytes of its text>:<text>,`, or `-,` for null. Text of a value:
an integer in decimal, `true` or `false`, an ISO date, an instant as
`YYYY-MM-DDTHH:MM:SS.ffffffZ` (UTC), a list as the netstrings of its items. Digest of a row:
SHA-256 of that text in UTF-8. Digest of a table: the sum of its rows' digests modulo 2^256
as 64 hexadecimal digits, so rows can be added and taken away in any order.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from projections.read_model import Column

MODULUS = 1 << 256
EMPTY = "0" * 64
"""Digest of a table without rows."""


def value_text(value: object) -> str | None:
    """Canonical text of one value; null has none.

    Raises:
        TypeError: The value is of no type that a read model may hold.
    """
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int():
            return str(value)
        case datetime():
            utc = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
            return f"{utc.isoformat(timespec='microseconds')}Z"
        case date():
            return value.isoformat()
        case list() | tuple():
            return "".join(_netstring(item) for item in value)
        case _:
            msg = (
                f"{type(value).__name__!r} has no canonical text; give the column a type of rules 6"
            )
            raise TypeError(msg)


def row_digest(values: Iterable[object]) -> int:
    """SHA-256 of a row's canonical text, as a number."""
    text = "".join(_netstring(value) for value in values)
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")


def table_digest(rows: Iterable[Iterable[object]]) -> str:
    """Digest of a table from its rows' values."""
    return _hexadecimal(sum(row_digest(row) for row in rows))


class Sum:
    """The digest of a table, added up from batches of its rows' canonical texts."""

    def __init__(self) -> None:
        self.rows = 0
        self._total = 0

    def add(self, texts: Sequence[bytes]) -> None:
        """Add rows by their texts in UTF-8."""
        self.rows += len(texts)
        digests = map(hashlib.sha256, texts)
        self._total += sum(int.from_bytes(each.digest(), "big") for each in digests)

    @property
    def digest(self) -> str:
        """The digest of the rows so far."""
        return _hexadecimal(self._total)


def add(digest: str, other: str) -> str:
    """Digest of the rows of both."""
    return _hexadecimal(int(digest, 16) + int(other, 16))


def subtract(digest: str, other: str) -> str:
    """Digest of the rows that remain when the other's are taken away."""
    return _hexadecimal(int(digest, 16) - int(other, 16))


def row_text_expression(columns: Iterable[Column]) -> str:
    """DuckDB expression of a row's canonical text."""
    parts = (_netstring_sql(each.name, each.duckdb_type) for each in columns)
    return f"concat({', '.join(parts)})"


def row_texts_query(table: str, columns: Iterable[Column]) -> str:
    """DuckDB query for the canonical text of each row, in UTF-8."""
    return f"select encode({row_text_expression(columns)}) as row_text from {table}"


def _netstring(value: object) -> str:
    text = value_text(value)
    return "-," if text is None else f"{len(text.encode())}:{text},"


def _hexadecimal(number: int) -> str:
    return f"{number % MODULUS:064x}"


def _netstring_sql(name: str, duckdb_type: str) -> str:
    """One `concat` over all columns, and fixed lengths where they are: no text is copied twice."""
    if duckdb_type == "BOOLEAN":
        return f"case {name} when true then '4:true,' when false then '5:false,' else '-,' end"
    if duckdb_type == "DATE":
        return f"coalesce('10:' || {name}::varchar || ',', '-,')"
    if duckdb_type == "TIMESTAMP":
        return f"coalesce('27:' || strftime({name}, '%Y-%m-%dT%H:%M:%S.%fZ') || ',', '-,')"
    if duckdb_type == "VARCHAR":
        text = name
    elif duckdb_type.endswith("[]"):
        item = _netstring_sql("item", duckdb_type.removesuffix("[]"))
        text = f"array_to_string(list_transform({name}, lambda item: {item}), '')"
    else:
        text = f"{name}::varchar"
    return f"coalesce(strlen({text}) || ':' || {text} || ',', '-,')"
