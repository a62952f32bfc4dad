"""What the projection knows of streams: asked once per batch, set by set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from projections.event_tables import event_tables, union_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from adapters.duckdb_store import DuckStore


LISTED_UP_TO = 500
"""So few numbers are written out: DuckDB skips row groups by a list, not by a join under a union."""


class ProjectedStreams:
    """Versions, admitted ids and dense numbers of streams, from the projection's own tables."""

    def __init__(self, store: DuckStore) -> None:
        self._store = store
        self.ready: Callable[[], None] = lambda: None
        """Waits until the store is free; called before each question."""

    def versions(self, _partition: int, stream_ids: Sequence[str]) -> Mapping[str, int]:
        """Return the version of each of these streams that exists."""
        self.ready()
        sql = "select s.stream_id, s.version from streams as s semi join asked using (stream_id)"
        with self._store.shown("asked", _asked(stream_ids)):
            return dict(self._store.rows(sql))

    def admitted(self, _partition: int, stream_ids: Sequence[str]) -> Mapping[str, dict[str, int]]:
        """Return event id to ordinal for each of these streams that exists."""
        self.ready()
        numbers = (
            "select s.stream_no, s.stream_id from streams as s semi join asked using (stream_id)"
        )
        found: dict[str, dict[str, int]] = {}
        with self._store.shown("asked", _asked(stream_ids)):
            numbered = self._store.frame(numbers)
        if not numbered.height:
            return found
        few = numbered["stream_no"].to_list() if numbered.height <= LISTED_UP_TO else []
        listed = f" where e.stream_no in ({', '.join(map(str, few))})" if few else ""
        with self._store.shown("numbered", numbered):
            for stream_id, event_id, ordinal in self._store.rows(_ADMITTED + listed):
                found.setdefault(stream_id, {})[event_id] = ordinal
        return found

    def number(self, admitted: pl.DataFrame, partition: int) -> pl.DataFrame:
        """Give each admitted event its stream's number, and keep the streams' new versions."""
        self.ready()
        tops = admitted.group_by("stream_id", maintain_order=True).agg(pl.col("version").max())
        with self._store.shown("tops", tops):
            known = self._store.frame(
                "select s.stream_id, s.stream_no from streams as s semi join tops using (stream_id)"
            )
            if known.height:
                self._store.run(
                    "update streams set version = tops.version from tops "
                    "where streams.stream_id = tops.stream_id"
                )
        fresh = tops.join(known, on="stream_id", how="anti", maintain_order="left")
        if fresh.height:
            top = self._store.rows("select coalesce(max(stream_no), 0) from streams")[0][0]
            fresh = fresh.with_columns(
                stream_no=pl.int_range(1, pl.len() + 1, dtype=pl.Int64) + top,
                partition=pl.lit(partition, dtype=pl.Int32),
            )
            with self._store.shown("fresh_streams", fresh):
                self._store.run("insert into streams by name select * from fresh_streams")
            known = pl.concat([known, fresh.select("stream_id", "stream_no")])
        return admitted.join(known, on="stream_id", how="left", maintain_order="left")


_ADMITTED = (
    "select n.stream_id, e.event_id, e.ordinal from ("
    + union_sql(("stream_no", "event_id", "ordinal"), lambda t: t.full_name, event_tables())
    + ") as e inner join numbered as n on e.stream_no = n.stream_no"
)


def _asked(stream_ids: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame({"stream_id": list(stream_ids)}, schema={"stream_id": pl.String}).unique()
