"""An empty projection in memory, and random events put into it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from projections.registry import (
    READ_MODELS,
    VIEWS,
    code_rows,
    create_events_sql,
    ledger_tables_sql,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from projections.read_model import ReadModel

Row = dict[str, Any]


def new_projection() -> duckdb.DuckDBPyConnection:
    """Make every table, macro and view."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(ledger_tables_sql())
    connection.execute(create_events_sql())
    for model in READ_MODELS:
        connection.execute(model.create_sql)
    connection.executemany("insert into codes values (?, ?)", list(code_rows()))
    for view in VIEWS:
        connection.execute(view.sql)
    connection.execute("create temp table scope (stream_no bigint, last_position bigint)")
    return connection


@contextmanager
def undone(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Leave the projection as it was."""
    connection.begin()
    try:
        yield connection
    finally:
        connection.rollback()


def take(connection: duckdb.DuckDBPyConnection, rows: Iterable[Row]) -> None:
    """Insert rows of `events`, and set the scope to all of their streams."""
    fresh = pl.DataFrame(list(rows), infer_schema_length=None)
    connection.register("fresh", fresh)
    connection.execute("insert into events by name select * from fresh")
    connection.unregister("fresh")
    connection.execute("delete from scope")
    connection.execute("insert into scope select distinct stream_no, 1099511627776 from events")


def answer(connection: duckdb.DuckDBPyConnection, model: ReadModel) -> list[Row]:
    """Rows of a read model's one SQL text."""
    found = connection.execute(model.answer_sql)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, values, strict=True)) for values in found.fetchall()]
