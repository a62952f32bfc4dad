"""The digest of a table, in SQL and in plain Python."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections import digest
from projections.read_model import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEXTS = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "VARCHAR": _TEXTS,
    "BIGINT": st.none() | st.integers(-(2**63), 2**63 - 1),
    "BOOLEAN": st.none() | st.booleans(),
    "DATE": st.none() | st.dates(),
    "TIMESTAMP": st.none() | st.datetimes(),
    "VARCHAR[]": st.none() | st.lists(_TEXTS, max_size=3),
}
COLUMNS = tuple(Column(f"c{number}", kind, "Any value.") for number, kind in enumerate(_VALUES))


@pytest.fixture(scope="module")
def table() -> Iterator[duckdb.DuckDBPyConnection]:
    """A table with a column of each type."""
    connection = duckdb.connect()
    columns = ", ".join(f"{each.name} {each.duckdb_type}" for each in COLUMNS)
    connection.execute(f"create table t ({columns})")
    yield connection
    connection.close()


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(*_VALUES.values()), min_size=1, max_size=5))
def test_sql_and_python_agree_on_any_rows(
    table: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]
) -> None:
    """The digest belongs to the documented text, not to an engine."""
    table.execute("delete from t")
    table.executemany("insert into t values (?, ?, ?, ?, ?, ?)", rows)
    assert _summed(table) == digest.table_digest(rows)


def _summed(table: duckdb.DuckDBPyConnection) -> str:
    found = digest.Sum()
    texts = table.execute(digest.row_texts_query("t", COLUMNS)).fetchall()
    found.add([row[0] for row in texts])
    return found.digest


def test_text_of_a_row_is_as_documented() -> None:
    """Another language needs no more than this to compute the same digest."""
    row = [
        "é",
        None,
        "",
        7,
        True,
        date(2024, 2, 29),
        datetime(2024, 2, 29, 1, tzinfo=UTC),
        ["a", None],
    ]
    text = "2:é,-,0:,1:7,4:true,10:2024-02-29,27:2024-02-29T01:00:00.000000Z,6:1:a,-,,"
    expected = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    assert digest.row_digest(row) == expected


def test_table_without_rows_has_the_empty_digest(table: duckdb.DuckDBPyConnection) -> None:
    """The sum of no rows is zero."""
    table.execute("delete from t")
    assert _summed(table) == digest.EMPTY == digest.table_digest([])


def test_rows_are_added_and_taken_away() -> None:
    """Touched rows move a digest to where a rebuild would put it."""
    both = digest.table_digest([["a"], ["b"]])
    one = digest.table_digest([["a"]])
    assert digest.add(one, digest.table_digest([["b"]])) == both
    assert digest.subtract(both, digest.table_digest([["b"]])) == one


def test_value_without_canonical_text_is_refused() -> None:
    """A float has many texts, so no read model may hold one."""
    with pytest.raises(TypeError, match="'float' has no canonical text"):
        digest.row_digest([1.5])
