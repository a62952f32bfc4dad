"""The projection's tables: how a batch's events, verdicts and answers get into them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

import polars as pl

from complaints_ledger.scoped_events import ScopedEvents
from projections import digest
from projections.registry import (
    READ_MODELS,
    VIEWS,
    code_rows,
    create_event_tables_sql,
    ledger_tables_sql,
    shape,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor, Future

    from adapters.duckdb_store import DuckStore
    from domain.rules.partition_state import PartitionState
    from projections.event_tables import EventTable
    from projections.read_model import ReadModel

_OTHERS = (
    "select partition, ordinal, event_id, stream_id, event_type, outcome, reason, recorded_at, "
    "source, occurred_on from judged"
)


def create_tables(store: DuckStore) -> None:
    """Make all tables and views of an empty projection."""
    with store.transaction():
        for statement in ledger_tables_sql().split(";"):
            if statement.strip():
                store.run(statement)
        for statement in create_event_tables_sql():
            store.run(statement)
        for model in READ_MODELS:
            store.run(model.create_sql)
            nothing = {"name": model.name, "digest": digest.EMPTY}
            store.run("insert into model_digests values ($name, $digest)", nothing)
        codes = pl.DataFrame(list(code_rows()), schema=["list", "code"], orient="row")
        with store.shown("code_rows", codes):
            store.run("insert into codes by name select * from code_rows")
        for view in VIEWS:
            store.run(view.sql)
        store.run("insert into projection_shape values ($shape)", {"shape": shape()})


def has_this_shape(store: DuckStore) -> bool:
    """Tell whether a projection was made by the tables and texts of this version.

    A file without any table is of no shape yet, and gets this one.
    """
    if not store.has_table("projection_state"):
        create_tables(store)
        return True
    kept = "select shape from projection_shape"
    return store.has_table("projection_shape") and store.rows(kept) == [(shape(),)]


class ReadModelTables:
    """Takes judged batches into the tables and keeps the digests level with them."""

    def __init__(self, store: DuckStore) -> None:
        self._store = store
        self._scoped = ScopedEvents(store)
        self._touched: set[int] = set()

    def take_verdicts(self, verdicts: pl.DataFrame, partition: int, when: pl.DataFrame) -> None:
        """Keep the verdicts on records that are no admitted event; a pending one may now end."""
        self._take_steps(partition, when)
        first = when["ordinal"].min() if when.height else 0
        earlier = verdicts.filter(pl.col("ordinal") < first)
        if earlier.height:
            self._end_pending(earlier, partition)
        last = verdicts.sort("ordinal", "judged_ordinal").unique("ordinal", keep="last")
        others = last.filter((pl.col("ordinal") >= first) & (pl.col("outcome") != "accepted"))
        if not others.height:
            return
        judged = others.join(when, on="ordinal").with_columns(
            pl.lit(partition, dtype=pl.Int32).alias("partition"),
            pl.col("occurred_on").cast(pl.Int32).cast(pl.Date),
        )
        with self._store.shown("judged", judged.sort("ordinal")):
            self._store.run(f"insert into other_verdicts by name {_OTHERS}")

    def _take_steps(self, partition: int, when: pl.DataFrame) -> None:
        steps = when.filter(pl.col("appended_at") < pl.col("recorded_at"))
        if steps.height:
            rows = steps.with_columns(pl.lit(partition, dtype=pl.Int32).alias("partition"))
            with self._store.shown("steps", rows):
                self._store.run("insert into clock_steps by name select * from steps")

    def take_source_terms(self, terms: pl.DataFrame) -> None:
        """Keep what the batch changed in the register of sources."""
        if terms.height:
            with self._store.shown("terms", terms):
                self._store.run("insert into source_terms by name select * from terms")

    def _end_pending(self, ended: pl.DataFrame, partition: int) -> None:
        with self._store.shown("ended", ended):
            self._store.run(
                "delete from other_verdicts where partition = $partition and ordinal in "
                "(select ordinal from ended where outcome = 'accepted')",
                {"partition": partition},
            )
            self._store.run(
                "update other_verdicts as v set outcome = e.outcome, reason = e.reason "
                "from ended as e where v.ordinal = e.ordinal and v.partition = $partition",
                {"partition": partition},
            )

    def take_events(self, frames: Iterable[tuple[EventTable, pl.DataFrame]]) -> None:
        """Insert the batch's admitted events, each into the table of its type, by position."""
        for table, frame in frames:
            names = [name for name, _ in table.columns if name in frame.columns]
            with self._store.shown("fresh_events", frame.select(names).sort("position")):
                self._store.run(f"insert into {table.full_name} by name select * from fresh_events")
            self._touched.update(frame["stream_no"].unique().to_list())

    def recorded_at(self, partition: int, ordinals: Sequence[int]) -> pl.DataFrame:
        """Return ordinal and recorded_at of earlier records that were pending."""
        asked = pl.DataFrame({"ordinal": list(ordinals)}, schema={"ordinal": pl.Int64})
        with self._store.shown("asked", asked):
            return self._store.frame(
                "select v.ordinal, v.recorded_at from other_verdicts as v "
                "semi join asked using (ordinal) where v.partition = $partition",
                {"partition": partition},
            )

    def touch(self, numbers: Iterable[int]) -> None:
        """Count streams as touched."""
        self._touched.update(numbers)

    def compute_touched(self) -> None:
        """Answer every read model again for the streams touched since the last time."""
        touched, self._touched = self._touched, set()
        with self._sums() as sums:
            for _ in self._scoped.of_streams(list(touched)):
                for model in self._concerned():
                    self._take_away(model, sums)
                    self._add(model, sums)

    def compute_all(self) -> None:
        """Answer every read model for all streams, into empty tables."""
        self._touched = set()
        with self._sums() as sums:
            for _ in self._scoped.of_all():
                for model in self._concerned():
                    self._add(model, sums)

    def _concerned(self) -> list[ReadModel]:
        present = self._scoped.present
        return [m for m in READ_MODELS if m.rests_on is None or not present.isdisjoint(m.rests_on)]

    def _take_away(self, model: ReadModel, sums: _Sums) -> None:
        scope = "where stream_no in (select stream_no from scope)"
        if self._told("stale", model, f"from {model.name} {scope}"):
            sums.take_away(model.name, self._texts("stale"))
            self._store.run(f"delete from {model.name} {scope}")

    def _add(self, model: ReadModel, sums: _Sums) -> None:
        if self._told("fresh", model, f"from ({model.answer_sql})"):
            sums.add(model.name, self._texts("fresh"))
            rows = "select * exclude (row_text) from fresh"
            self._store.run(f"insert into {model.name} by name {rows}")

    def _told(self, table: str, model: ReadModel, rows: str) -> int:
        """Make a table of some rows, each with its canonical text, and return how many they are.

        The texts are made along with the rows, by all threads; read by a query of their own
        they would be made by one.
        """
        text = digest.row_text_expression(model.columns)
        told = f"select *, {text} as row_text {rows}"
        self._store.run(f"create or replace temp table {table} as {told}")
        return int(self._store.rows(f"select count(*) from {table}")[0][0])

    def _texts(self, table: str) -> Iterator[list[bytes]]:
        return self._store.columns(f"select encode(row_text) from {table}")

    @contextmanager
    def _sums(self) -> Iterator[_Sums]:
        """Give out the kept digests to be moved, and keep what they have become."""
        kept = dict(self._store.rows("select name, digest from model_digests"))
        with ThreadPoolExecutor(max_workers=1) as worker:
            sums = _Sums(worker, kept)
            yield sums
            moved = sums.digests()
        rows = pl.DataFrame({"name": list(moved), "digest": list(moved.values())})
        self._store.run("delete from model_digests")
        with self._store.shown("moved", rows):
            self._store.run("insert into model_digests by name select * from moved")

    def take_state(self, state: PartitionState) -> None:
        """Keep where the reader stands, with the digest of all read models there."""
        self._store.run(
            "delete from projection_state where partition = $partition",
            {"partition": state.partition},
        )
        self._store.run(
            "insert into projection_state values ($partition, $next_ordinal, $position, $records, "
            "make_timestamp($micros), $digest, $ledger_id, $state)",
            {
                "partition": state.partition,
                "next_ordinal": state.next_ordinal,
                "position": state.position,
                "records": state.next_ordinal,
                "micros": state.recorded_ms * 1000,
                "digest": digest_of(self._store),
                "ledger_id": str(state.descriptor.ledger_id) if state.descriptor else None,
                "state": state.to_json(),
            },
        )


def digest_of(store: DuckStore) -> str:
    """Return one digest over those of all read models."""
    sql = "select name || ' ' || digest from model_digests order by name"
    lines = "\n".join(row[0] for row in store.rows(sql))
    return sha256(lines.encode()).hexdigest()


class _Sums:
    """Digests of the read models, hashed by a thread while DuckDB answers the next model."""

    def __init__(self, worker: Executor, kept: Mapping[str, str]) -> None:
        self._worker = worker
        self._digests = dict(kept)
        self._hashing: list[tuple[str, Future[str], Callable[[str, str], str]]] = []

    def add(self, name: str, texts: Iterator[list[bytes]]) -> None:
        """Add rows to a model's digest."""
        self._hash(name, texts, digest.add)

    def take_away(self, name: str, texts: Iterator[list[bytes]]) -> None:
        """Take rows away from a model's digest."""
        self._hash(name, texts, digest.subtract)

    def _hash(
        self, name: str, texts: Iterator[list[bytes]], move: Callable[[str, str], str]
    ) -> None:
        self._hashing += [(name, self._worker.submit(_digest_of, part), move) for part in texts]

    def digests(self) -> dict[str, str]:
        """Return the digest of each model when all its rows are hashed."""
        for name, hashed, move in self._hashing:
            self._digests[name] = move(self._digests[name], hashed.result())
        self._hashing.clear()
        return self._digests


def _digest_of(texts: Sequence[bytes]) -> str:
    found = digest.Sum()
    found.add(texts)
    return found.digest
