"""What a read model is: a question with a stable name, documented columns and one SQL text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from domain.complaint.after_closing import POSSIBLE_AFTER_CLOSING
from domain.opaque import ID_MARK_PATTERN, ID_PATTERN, MAX_LENGTH, SOURCE_PATTERN
from projections.event_tables import event_name
from projections.payload import placed_events_query, told_events_query

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from domain.event import Event


@dataclass(frozen=True)
class Column:
    """A column of an answer."""

    name: str
    duckdb_type: str
    doc: str


@dataclass(frozen=True)
class ReadModel:
    """A stored answer: one row set per stream, from that stream's events alone.

    `answer_sql` selects from the events in scope (`scoped_events`, and `scoped_<event>` for
    one kind of event) and from `scope(stream_no, stream_id)`, and gives `stream_no` ahead of
    the columns. A stream without any of the events `rests_on` has no rows.
    """

    name: str
    question: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rests_on: frozenset[str] | None = None
    """Names of events; None: any event may give a row."""

    @cached_property
    def answer_sql(self) -> str:
        """The one SQL text, read when it is first asked for."""
        return sql_text(f"{self.name}/answer.sql")

    @property
    def create_sql(self) -> str:
        """Statement that makes the table."""
        columns = ", ".join(f"{each.name} {each.duckdb_type}" for each in self.columns)
        return f"create table {self.name} (stream_no bigint, {columns})"

    @property
    def delete_sql(self) -> str:
        """Statement that removes the rows of the streams in `scope`."""
        return f"delete from {self.name} where stream_no in (select stream_no from scope)"

    @property
    def insert_sql(self) -> str:
        """Statement that adds the rows of the streams in `scope`."""
        names = ", ".join(("stream_no", *(each.name for each in self.columns)))
        return f"insert into {self.name} ({names}) {self.answer_sql}"


@dataclass(frozen=True)
class Shared:
    """A relation over the events in scope that several read models select from; never stored."""

    name: str
    rests_on: str | None
    """Name of the event without which it has no rows; None: it is made in any scope."""
    sql: Callable[[Collection[str] | None], str]
    """Query that gives it, where only some kinds of events are in scope; None: any may be."""


@dataclass(frozen=True)
class View:
    """A derived answer, a view or a macro that answers as at a moment; never stored or digested."""

    name: str
    question: str
    columns: tuple[Column, ...]
    kind: Literal["view", "macro"] = "view"
    parameters: tuple[str, ...] = ()

    @cached_property
    def sql(self) -> str:
        """Statement that makes it, read when it is first asked for."""
        return sql_text(f"views/{self.name}.sql")


@dataclass(frozen=True)
class Macro:
    """An expression with a name that the SQL texts share."""

    name: str

    @cached_property
    def sql(self) -> str:
        """Statement that makes it, read when it is first asked for."""
        return sql_text(f"macros/{self.name}.sql")


def sql_text(path: str) -> str:
    """Read an SQL text and put the parts in that are generated from the domain.

    A macro cannot take a prepared parameter where it is made, so these are literals.
    """
    text = files("projections").joinpath(path).read_text(encoding="utf-8")
    for name, part in _GENERATED.items():
        if f"${name}" in text:
            text = text.replace(f"${name}", part())
    return text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _list(event_types: Iterable[type[Event]]) -> str:
    return f"[{', '.join(sorted(_quoted(event_name(each)) for each in event_types))}]"


_GENERATED: dict[str, Callable[[], str]] = {
    "opaque_length": lambda: str(MAX_LENGTH),
    "id_pattern": lambda: _quoted(ID_PATTERN),
    "id_mark_pattern": lambda: _quoted(ID_MARK_PATTERN),
    "source_pattern": lambda: _quoted(SOURCE_PATTERN),
    "placed_events": placed_events_query,
    "told_events": told_events_query,
    "possible_after_closing": lambda: _list(POSSIBLE_AFTER_CLOSING),
}
"""Names that stand in an SQL text for something that only the domain knows."""
