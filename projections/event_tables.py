"""Where admitted events lie: one table per stored type, and the relations that read them.

A table holds the record's place, the envelope and that type's own fields, so that no row
carries a column it cannot fill. `events` is all of them side by side; the answers of the
read models read `scoped_<event>` and `scoped_events`, which stand for the streams in scope.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from domain.catalogue import EVENT_TYPES
from projections.columns import ENVELOPE_COLUMNS, RECORD_COLUMNS, event_columns, payload_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from domain.event import Event

_SCOPED = re.compile(r"\bscoped_(\w+)")
SCHEMA = "event"
"""Schema of the tables, so that a type's name never meets a read model's."""

OF_STREAM = frozenset({"stream_id", "partition"})
"""Columns of `events` that table `streams` holds once for each stream."""


@dataclass(frozen=True, slots=True)
class EventTable:
    """The table of one stored type."""

    topic: str | None
    """None: the table of all registered types that this version has no class for."""
    columns: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Name of the table: the topic without its namespace, version last."""
        return self.topic.split(".", 1)[1].replace(".", "_") if self.topic else "unknown"

    @property
    def what(self) -> str:
        """Name of the event, whatever its version."""
        return _what(self.topic) if self.topic else ""

    @property
    def full_name(self) -> str:
        """Name with its schema."""
        return f'{SCHEMA}."{self.name}"'

    @property
    def create_sql(self) -> str:
        """Statement that makes the table."""
        columns = ", ".join(f"{name} {kind}" for name, kind in self.columns)
        return f"create table {self.full_name} ({columns})"

    @property
    def type_sql(self) -> str:
        """Expression that gives a row's stored type: a literal, so that a filter skips tables."""
        return f"'{self.topic}'" if self.topic else "event_type"


def _what(topic: str) -> str:
    return topic.split(".")[1]


def event_name(event_type: type[Event]) -> str:
    """Name of an event between namespace and version."""
    return _what(event_type.TOPIC)


@cache
def event_tables() -> tuple[EventTable, ...]:
    """Every table, in the order of the catalogue, the unknown types' last."""
    placed = tuple(c for c in RECORD_COLUMNS if c[0] not in {*OF_STREAM, "event_type"})
    known = tuple(
        EventTable(
            each.TOPIC,
            (
                *placed,
                *ENVELOPE_COLUMNS,
                *((f.column, f.duckdb_type) for f in payload_fields(each)),
            ),
        )
        for each in EVENT_TYPES
    )
    raw = (("event_type", "VARCHAR"), ("value", "BLOB"))
    return (*known, EventTable(None, (*placed, *ENVELOPE_COLUMNS, *raw)))


@cache
def tables_by_topic() -> dict[str, EventTable]:
    """Table of each type that this version knows."""
    return {table.topic: table for table in event_tables() if table.topic}


def create_event_tables_sql(texts: Iterable[str] = ()) -> tuple[str, ...]:
    """Statements that make the schema, the tables, view `events`, and what `texts` read."""
    return (
        f"create schema {SCHEMA}",
        *(table.create_sql for table in event_tables()),
        *empty_views(texts),
        _events_view(),
    )


@cache
def _kinds() -> dict[str, str]:
    return {**dict(event_columns()), "what": "VARCHAR", "value": "BLOB"}


def union_sql(
    columns: Sequence[str],
    source: Callable[[EventTable], str],
    tables: Iterable[EventTable],
    *,
    own: Iterable[str] = (),
) -> str:
    """Query of some columns of `events` over some tables; absent columns are null.

    Args:
        columns: names of `events`' columns, or `what` for the event's name.
        source: relation to read for a table.
        tables: which tables to read.
        own: columns that the relations have beside those of their tables.
    """
    kinds = _kinds()
    branches: list[str] = []
    for table in tables:
        has = {*own, *(name for name, _ in table.columns)}
        chosen = ", ".join(_column(table, name, own=has) for name in columns)
        branches.append(f"select {chosen} from {source(table)} as t")
    if not branches:
        nothing = ", ".join(f"null::{kinds[name]} as {name}" for name in columns)
        return f"select {nothing} where false"
    return "\nunion all\n".join(branches)


def _column(table: EventTable, name: str, *, own: set[str]) -> str:
    if name == "event_type":
        return f"{table.type_sql} as event_type"
    if name == "what":
        return f"'{table.what}' as what" if table.topic else "null::VARCHAR as what"
    return f"t.{name}" if name in own else f"null::{_kinds()[name]} as {name}"


def _events_view() -> str:
    """Statement of view `events`, short, since whoever opens the file reads every view's text."""
    names = [name for name, _ in event_columns()]
    listed = ", ".join(f"s.{name}" if name in OF_STREAM else f"e.{name}" for name in names)
    branches = [
        f"select *, {table.type_sql} as event_type from {table.full_name}"
        if table.topic
        else f"select * exclude (value) from {table.full_name}"
        for table in event_tables()
    ]
    return (
        f"create view events as select {listed} from ({' union all by name '.join(branches)}) as e "
        "inner join streams as s on e.stream_no = s.stream_no"
    )


def scoped_views(
    present: Iterable[EventTable], source: Callable[[EventTable], str]
) -> dict[str, str]:
    """Name and statement of each temporary view over the tables that have rows in scope.

    A view of an event without rows is left out: `empty_views` are found in its place.

    Args:
        present: tables with rows in scope.
        source: relation that gives the rows of a table that are in scope.
    """
    full = tuple(present)
    found: dict[str, str] = {}
    for what in dict.fromkeys(table.what for table in full if table.topic):
        tables = _by_event()[what]
        rows = union_sql(_names(tables), source, [table for table in tables if table in full])
        found[f"scoped_{what}"] = f"create or replace temp view scoped_{what} as {rows}"
    rows = union_sql(_EVERY, source, full)
    found["scoped_events"] = f"create or replace temp view scoped_events as {rows}"
    return found


def empty_views(texts: Iterable[str]) -> tuple[str, ...]:
    """Statements that make every `scoped_<event>` that a text reads, without rows.

    They stand behind the temporary views, which are made of events that are in scope.
    """
    read = set(_SCOPED.findall("\n".join(texts)))
    return tuple(
        f"create view {SCHEMA}.scoped_{what} as {' union all by name '.join(map(_no_rows, tables))}"
        for what, tables in _by_event().items()
        if what in read
    )


def _no_rows(table: EventTable) -> str:
    return f"select * from {table.full_name} where false"


def presence_sql() -> str:
    """Query for the names of the tables that have rows of streams in `scope`."""
    return "\nunion all\n".join(
        f"(select '{table.name}' from {table.full_name} as e semi join scope using (stream_no) limit 1)"
        for table in event_tables()
    )


def _full_name(table: EventTable) -> str:
    return table.full_name


def _names(tables: Iterable[EventTable]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for table in tables for name, _ in table.columns))


@cache
def _by_event() -> dict[str, tuple[EventTable, ...]]:
    found: dict[str, tuple[EventTable, ...]] = {}
    for table in event_tables():
        if table.topic:
            found[table.what] = (*found.get(table.what, ()), table)
    return found


_EVERY = (*(name for name, _ in event_columns() if name not in OF_STREAM), "what")
