"""The projection's tables: how a batch's events, verdicts and answers get into them."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import polars as pl

from projections import digest
from projections.columns import create_events_sql, event_columns
from projections.registry import READ_MODELS, VIEWS, code_rows, ledger_tables_sql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.duckdb_store import DuckStore
    from domain.rules.partition_state import PartitionState
    from projections.read_model import Column, ReadModel

_VERDICTS = (
    "select partition, ordinal, event_id, stream_id, event_type, outcome, reason, recorded_at, "
    "source, occurred_on, position, version from judged"
)


def create_tables(store: DuckStore) -> None:
    """Make all tables and views of an empty projection."""
    with store.transaction():
        for statement in ledger_tables_sql().split(";"):
            if statement.strip():
                store.run(statement)
        store.run(create_events_sql())
        for model in READ_MODELS:
            store.run(model.create_sql)
            nothing = {"name": model.name, "digest": digest.EMPTY}
            store.run("insert into model_digests values ($name, $digest)", nothing)
        codes = pl.DataFrame(list(code_rows()), schema=["list", "code"], orient="row")
        with store.shown("code_rows", codes):
            store.run("insert into codes by name select * from code_rows")
        for view in VIEWS:
            store.run(view.sql)


class ReadModelTables:
    """Takes judged batches into the tables and keeps the digests level with them."""

    def __init__(self, store: DuckStore) -> None:
        self._store = store
        self._touched: list[int] = []
        self._wide = pl.DataFrame(schema=["stream_no"])
        self._columns = [name for name, _ in event_columns()]

    def take_verdicts(self, verdicts: pl.DataFrame, partition: int, when: pl.DataFrame) -> None:
        """Insert the batch's verdicts; those that end an earlier `pending` replace it."""
        first = when["ordinal"].min()
        earlier = verdicts.filter(pl.col("ordinal") < first) if first is not None else verdicts
        if earlier.height:
            with self._store.shown("earlier", earlier):
                self._store.run(
                    "update record_verdicts as v set outcome = e.outcome, reason = e.reason, "
                    "position = e.position, version = e.version from earlier as e "
                    "where v.ordinal = e.ordinal and v.partition = $partition",
                    {"partition": partition},
                )
        judged = verdicts.filter(pl.col("ordinal") >= first).sort("ordinal", "judged_ordinal")
        judged = judged.unique("ordinal", keep="last", maintain_order=True).join(
            when.select("ordinal", "recorded_at"), on="ordinal"
        )
        judged = judged.with_columns(
            pl.lit(partition, dtype=pl.Int32).alias("partition"),
            pl.col("occurred_on").cast(pl.Int32).cast(pl.Date),
        )
        with self._store.shown("judged", judged):
            self._store.run(f"insert into record_verdicts by name {_VERDICTS}")

    def take_events(self, frames: Sequence[pl.DataFrame]) -> None:
        """Insert the batch's admitted events, by position."""
        self._touched = []
        if not frames:
            return
        rows = pl.concat(frames, how="diagonal").sort("position")
        rows = rows.select([name for name in self._columns if name in rows.columns])
        with self._store.shown("fresh_events", rows):
            self._store.run("insert into events by name select * from fresh_events")
        self._touched = rows["stream_no"].unique().to_list()

    def recorded_at(self, partition: int, ordinals: Sequence[int]) -> pl.DataFrame:
        """Return ordinal and recorded_at of earlier records."""
        asked = pl.DataFrame({"ordinal": list(ordinals)}, schema={"ordinal": pl.Int64})
        with self._store.shown("asked", asked):
            return self._store.frame(
                "select v.ordinal, v.recorded_at from record_verdicts as v "
                "semi join asked using (ordinal) where v.partition = $partition",
                {"partition": partition},
            )

    def compute_touched(self) -> None:
        """Answer every read model again for the streams of the last batch."""
        if self._touched:
            scope = pl.DataFrame({"stream_no": self._touched}, schema={"stream_no": pl.Int64})
            with self._store.shown("touched", scope):
                self._store.run(
                    "create or replace temp table scope as "
                    "select stream_no, 9223372036854775807 as last_position from touched"
                )
            self._compute()

    def compute_all(self) -> None:
        """Answer every read model again for all streams."""
        self._store.run(
            "create or replace temp table scope as "
            "select stream_no, 9223372036854775807 as last_position from streams"
        )
        self._compute()

    def _compute(self) -> None:
        for model in READ_MODELS:
            self._replace(model)

    def _replace(self, model: ReadModel) -> None:
        run = self._store.run
        run(f"create or replace temp table fresh as {model.answer_sql}")
        run(
            f"create or replace temp table stale as select * from {model.name} "
            "where stream_no in (select stream_no from scope)"
        )
        known = self._digest_of(model.name)
        known = digest.subtract(known, self._digest_table("stale", model.columns))
        known = digest.add(known, self._digest_table("fresh", model.columns))
        if self._store.rows("select count(*) from stale")[0][0]:
            run(f"delete from {model.name} where stream_no in (select stream_no from scope)")
        run(f"insert into {model.name} by name select * from fresh")
        run("delete from model_digests where name = $name", {"name": model.name})
        run(
            "insert into model_digests values ($name, $digest)",
            {"name": model.name, "digest": known},
        )

    def _digest_of(self, name: str) -> str:
        sql = "select digest from model_digests where name = $name"
        found = self._store.rows(sql, {"name": name})
        return str(found[0][0]) if found else digest.EMPTY

    def _digest_table(self, table: str, columns: Sequence[Column]) -> str:
        return digest.combine(self._store.rows(digest.digest_query(table, columns))[0])

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
                "digest": self.digest(),
                "ledger_id": str(state.descriptor.ledger_id) if state.descriptor else None,
                "state": state.to_json(),
            },
        )

    def digest(self) -> str:
        """Return one digest over those of all read models."""
        sql = "select name || ' ' || digest from model_digests order by name"
        lines = "\n".join(row[0] for row in self._store.rows(sql))
        return sha256(lines.encode()).hexdigest()
