"""An empty projection in memory, and random events put into it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from projections.event_tables import event_tables, scoped_views, tables_by_topic
from projections.registry import (
    READ_MODELS,
    SHARED,
    VIEWS,
    code_rows,
    create_event_tables_sql,
    ledger_tables_sql,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from projections.event_tables import EventTable
    from projections.read_model import ReadModel

Row = dict[str, Any]


def new_projection() -> duckdb.DuckDBPyConnection:
    """Make every table, macro and view."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(ledger_tables_sql())
    for statement in create_event_tables_sql():
        connection.execute(statement)
    connection.execute("set search_path = 'main,event'")
    for model in READ_MODELS:
        connection.execute(model.create_sql)
    connection.executemany("insert into codes values (?, ?)", list(code_rows()))
    for view in VIEWS:
        connection.execute(view.sql)
    connection.execute(
        "create temp table scope (stream_no bigint, stream_id varchar, last_position bigint)"
    )
    _show(connection)
    return connection


def _show(connection: duckdb.DuckDBPyConnection) -> None:
    present = [
        table
        for table in event_tables()
        if connection.execute(f"select 1 from {table.full_name} limit 1").fetchall()
    ]
    for statement in scoped_views(present, _in_scope).values():
        connection.execute(statement)
    names = {table.what for table in present} | {"complaint_received"}
    for shared in SHARED:
        connection.execute(f"create or replace temp view {shared.name} as {shared.sql(names)}")


def _in_scope(table: EventTable) -> str:
    return (
        f"(select e.* from {table.full_name} as e inner join scope as s "
        "on e.stream_no = s.stream_no and e.position <= s.last_position)"
    )


@contextmanager
def undone(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Leave the projection as it was."""
    connection.begin()
    try:
        yield connection
    finally:
        connection.rollback()


def take(connection: duckdb.DuckDBPyConnection, rows: Iterable[Row]) -> None:
    """Insert events, and set the scope to all streams."""
    by_type: dict[str, list[Row]] = {}
    for row in rows:
        by_type.setdefault(row["event_type"], []).append(row)
    for topic, members in by_type.items():
        _insert(connection, tables_by_topic()[topic], members)
    connection.execute("delete from scope")
    connection.execute("insert into scope select stream_no, stream_id, 1099511627776 from streams")
    _show(connection)


def _insert(connection: duckdb.DuckDBPyConnection, table: EventTable, rows: list[Row]) -> None:
    fresh = pl.DataFrame(rows, infer_schema_length=None)
    names = ", ".join(name for name, _ in table.columns if name in fresh.columns)
    connection.register("fresh", fresh)
    connection.execute(f"insert into {table.full_name} by name select {names} from fresh")
    connection.execute(
        "insert into streams by name select distinct stream_no, stream_id, partition, 0 as version "
        "from fresh anti join streams using (stream_no)"
    )
    connection.unregister("fresh")


def answer(connection: duckdb.DuckDBPyConnection, model: ReadModel) -> list[Row]:
    """Rows of a read model's one SQL text."""
    found = connection.execute(model.answer_sql)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, values, strict=True)) for values in found.fetchall()]
