"""Which events the read models are answered from: those of some streams, up to a position."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from projections.event_tables import SCHEMA, event_tables, presence_sql, scoped_views
from projections.registry import SHARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from adapters.duckdb_store import DuckStore
    from projections.event_tables import EventTable

COPIED_UP_TO = 20_000
"""Streams whose events are copied together once, so that each question reads only them."""
RANGE = 250_000
"""Streams that are answered at once: what bounds the memory of a rebuild."""


class ScopedEvents:
    """Makes `scope`, `scoped_events` and `scoped_<event>`, which the read models' texts read."""

    def __init__(self, store: DuckStore) -> None:
        self._store = store
        store.run(f"set search_path = 'main,{SCHEMA}'")
        self._shown: dict[str, str] = {}
        self.present: frozenset[str] = frozenset()
        """Names of the events that have rows in scope."""

    def of_streams(self, numbers: Sequence[int]) -> Iterator[None]:
        """Put these streams in scope, so many at a time, and yield for each."""
        chosen = sorted(numbers)
        for start in range(0, len(chosen), RANGE):
            part = pl.DataFrame(
                {"stream_no": chosen[start : start + RANGE]}, schema={"stream_no": pl.Int64}
            )
            with self._store.shown("touched", part):
                self._store.run(f"{_SCOPE} semi join touched using (stream_no)")
            few = part.height <= COPIED_UP_TO
            self._show(_copied if few else _joined, copy=few)
            yield

    def of_all(self) -> Iterator[None]:
        """Put all streams in scope, a range of numbers at a time, and yield for each."""
        top = self._store.rows("select coalesce(max(stream_no), 0) from streams")[0][0]
        for start in range(1, top + 1, RANGE):
            bounds = f"between {start} and {start + RANGE - 1}"
            self._store.run(f"{_SCOPE} where s.stream_no {bounds}")
            self._show(partial(_between, bounds), copy=False)
            yield

    def _show(self, source: Callable[[EventTable], str], *, copy: bool) -> None:
        names = {row[0] for row in self._store.rows(presence_sql())}
        present = [table for table in event_tables() if table.name in names]
        if copy:
            for table in present:
                self._store.run(
                    f"create or replace temp table {_copied(table)} as select e.* from "
                    f"{table.full_name} as e semi join scope using (stream_no)"
                )
        self._make(scoped_views(present, source))
        self.present = frozenset(table.what for table in present)
        for shared in SHARED:
            if shared.rests_on is None or shared.rests_on in self.present:
                self._store.run(
                    f"create or replace temp table {shared.name} as {shared.sql(self.present)}"
                )

    def _make(self, views: dict[str, str]) -> None:
        """Make the views that are not there as they should be, and drop those of earlier scopes."""
        for name in self._shown.keys() - views.keys():
            self._store.run(f"drop view temp.main.{name}")
        for name, statement in views.items():
            if self._shown.get(name) != statement:
                self._store.run(statement)
        self._shown = views


_SCOPE = "create or replace temp table scope as select s.stream_no, s.stream_id from streams as s"


def _copied(table: EventTable) -> str:
    return f'"copied_{table.name}"'


def _between(bounds: str, table: EventTable) -> str:
    return f"(select * from {table.full_name} where stream_no {bounds})"


def _joined(table: EventTable) -> str:
    return f"(select e.* from {table.full_name} as e semi join scope using (stream_no))"
