"""The projector: from the log to verdicts, events and read models, one transaction per batch."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from complaints_ledger.batch_frames import event_rows, times
from complaints_ledger.projected_streams import ProjectedStreams
from complaints_ledger.read_model_tables import ReadModelTables
from domain.errors import ForeignError
from domain.rules.admission_set import judge_set
from domain.rules.partition_state import PartitionState
from domain.rules.record import entry_hash
from domain.rules.set_decoding import decode_set
from domain.rules.wellformed import fingerprint_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from adapters.duckdb_store import DuckStore
    from domain.ports import Log, World
    from domain.rules.admission import Surroundings
    from domain.rules.judged import Judged
    from domain.rules.record import Record

BATCH = 125_000
"""Records per transaction: a DuckDB row group has 122,880 rows, and what fills one goes straight
into the file instead of through the WAL."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a catch-up has come, for a progress bar."""

    read: int
    to_read: int


class Projector:
    """Keeps one DuckDB file level with the log."""

    def __init__(
        self, store: DuckStore, log: Log, *, around: Surroundings, world: World, batch: int = BATCH
    ) -> None:
        self._store = store
        self._log = log
        self._around = around
        self._world = world
        self._batch = batch
        self._tables = ReadModelTables(store)
        self._streams = ProjectedStreams(store)

    def catch_up(
        self,
        *,
        upto: dict[int, int] | None = None,
        models_at_end: bool = False,
        tell: Callable[[Progress], None] = lambda _progress: None,
    ) -> int:
        """Project every record that the log holds now and return how many were new.

        Args:
            upto: stop at these ordinals, by partition.
            models_at_end: compute the read models once, after all events (a rebuild).
            tell: called after each batch.
        """
        heads = upto or {p: self._log.head(p) for p in range(self._log.partitions)}
        states = {p: self._state(p) for p in heads}
        to_read = sum(max(heads[p] - states[p].next_ordinal, 0) for p in heads)
        read = 0
        for partition, head in heads.items():
            state = states[partition]
            self._check_same_log(state)
            for records in self._batches(partition, state.next_ordinal, head):
                self._project(records, state, models=not models_at_end)
                read += len(records)
                tell(Progress(read, to_read))
        if models_at_end and read:
            with self._store.transaction():
                self._tables.compute_all()
        return read

    def _batches(self, partition: int, start: int, head: int) -> Iterator[list[Record]]:
        """Yield the records up to `head`; the next batch is read while one is projected."""
        sizes = [(at, min(self._batch, head - at)) for at in range(start, head, self._batch)]
        with ThreadPoolExecutor(max_workers=1) as reader:
            ahead = [reader.submit(self._log.read, partition, *size) for size in sizes[:1]]
            for following in sizes[1:]:
                records = ahead.pop().result()
                ahead.append(reader.submit(self._log.read, partition, *following))
                yield records
            for last in ahead:
                yield last.result()

    def _state(self, partition: int) -> PartitionState:
        found = self._store.rows(
            "select state from projection_state where partition = $partition",
            {"partition": partition},
        )
        return PartitionState.from_json(found[0][0]) if found else PartitionState(partition)

    def _check_same_log(self, state: PartitionState) -> None:
        if state.next_ordinal == 0:
            return
        last = self._log.read(state.partition, state.next_ordinal - 1, 1)
        if not last or entry_hash(last[0], self._log.ledger_id).hex() != state.last_entry_hash:
            msg = (
                f"the log is not the one that '{self._store.path}' has read: record "
                f"{state.next_ordinal - 1} of partition {state.partition} differs; nothing was "
                "changed; restore the log, or run: complaints rebuild"
            )
            raise ForeignError(msg)

    def _project(self, records: Sequence[Record], state: PartitionState, *, models: bool) -> None:
        with self._store.transaction():
            before_ms = state.recorded_ms
            judged = judge_set(
                records, state, self._streams, around=self._around, mark=self._world.random_bytes(8)
            )
            self._world.fault("projector.judged")
            when = times(records, before_ms)
            events = self._events(judged, records, state, when)
            self._tables.take_verdicts(judged.verdicts, state.partition, when)
            self._tables.take_events(events)
            self._world.fault("projector.events")
            if models:
                self._tables.compute_touched()
            self._tables.take_state(state)
            self._world.fault("projector.written")
        self._world.fault("projector.committed")

    def _events(
        self, judged: Judged, records: Sequence[Record], state: PartitionState, when: pl.DataFrame
    ) -> list[pl.DataFrame]:
        admitted = judged.verdicts.filter(pl.col("outcome") == "accepted")
        if not admitted.height:
            return []
        decoded = dict(judged.decoded)
        earlier = self._not_decoded(admitted, decoded)
        if earlier:
            for name, frame in self._decode_earlier(state, earlier).items():
                decoded[name] = pl.concat([decoded[name], frame]) if name in decoded else frame
        admitted = self._streams.number(admitted, state.partition)
        when = self._with_earlier_times(when, earlier, records[0].ordinal, state)
        judged_times = when.select(
            pl.col("ordinal").alias("judged_ordinal"), pl.col("recorded_at").alias("judged_at")
        )
        admitted = (
            admitted.drop("outcome", "reason", "save_index")
            .with_columns(pl.lit(state.partition, dtype=pl.Int32).alias("partition"))
            .join(when, on="ordinal", how="left")
            .join(judged_times, on="judged_ordinal", how="left")
        )
        return event_rows(admitted, decoded, state.schemas)

    def _not_decoded(self, admitted: pl.DataFrame, decoded: dict[str, pl.DataFrame]) -> list[int]:
        known = [frame["ordinal"] for frame in decoded.values()]
        if not known:
            return admitted["ordinal"].to_list()
        return admitted.filter(~pl.col("ordinal").is_in(pl.concat(known).implode()))[
            "ordinal"
        ].to_list()

    def _decode_earlier(
        self, state: PartitionState, ordinals: Sequence[int]
    ) -> dict[str, pl.DataFrame]:
        """Decode admitted records that this batch did not: early members of a save."""
        groups: dict[str, tuple[list[int], list[bytes]]] = {}
        for ordinal in ordinals:
            value = self._around.value_at(state.partition, ordinal) or b""
            framed = fingerprint_of(value, state)
            if framed is not None:
                group = groups.setdefault(framed[0], ([], []))
                group[0].append(ordinal)
                group[1].append(framed[1])
        frames: dict[str, pl.DataFrame] = {}
        for name, (numbers, bodies) in groups.items():
            text = state.schemas[name].text
            frame, sure, _ = decode_set(text, bodies, mark=self._world.random_bytes(8))
            if frame is not None:
                kept = pl.Series("ordinal", [numbers[i] for i in sure], dtype=pl.Int64)
                frames[name] = frame.with_columns(kept)
        return frames

    def _with_earlier_times(
        self, when: pl.DataFrame, earlier: Sequence[int], first: int, state: PartitionState
    ) -> pl.DataFrame:
        before = [ordinal for ordinal in earlier if ordinal < first]
        if not before:
            return when
        hashes = pl.DataFrame(
            [
                (o, entry_hash(self._log.read(state.partition, o, 1)[0], self._log.ledger_id))
                for o in before
            ],
            schema={"ordinal": pl.Int64, "entry_hash": pl.Binary},
            orient="row",
        )
        recorded = self._tables.recorded_at(state.partition, before)
        return pl.concat([recorded.join(hashes, on="ordinal"), when])
