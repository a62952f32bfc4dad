"""The projector: from the log to verdicts, events and read models, one transaction per batch."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Self

import polars as pl

from complaints_ledger.batch_frames import event_rows, source_terms, times
from complaints_ledger.projected_streams import ProjectedStreams
from complaints_ledger.read_model_tables import ReadModelTables
from domain.errors import DamagedError, ForeignError
from domain.rules.admission_set import judge_set
from domain.rules.partition_state import PartitionState
from domain.rules.record import entry_hash
from domain.rules.set_decoding import decode_set
from domain.rules.wellformed import fingerprint_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    from adapters.duckdb_store import DuckStore
    from domain.errors import UnknownRuleSetError
    from domain.ports import Log, World
    from domain.rules.admission import Surroundings
    from domain.rules.judged import Judged
    from domain.rules.record import Records
    from projections.event_tables import EventTable

BATCH = 125_000
"""Records that are judged at once: what bounds the memory of a catch-up."""
EPOCH = 8
"""Batches per transaction: in a backlog a stream's events are spread over many batches, and its
answers are computed once for all of them."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a catch-up has come, for a progress bar."""

    read: int
    to_read: int


class _WriteBehind:
    """Lets a thread insert one batch while the next is decoded; nothing else may use the store then."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._writing: Future[None] | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for the last write, whatever happened: the transaction ends after it."""
        self._thread.shutdown(wait=True)
        self.settled()

    def write(self, work: Callable[[], None]) -> None:
        """Start writing."""
        self.settled()
        self._writing = self._thread.submit(work)

    def settled(self) -> None:
        """Wait until nothing is being written, and raise what the writing raised."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()


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
        seen = 0

        def told(more: int) -> None:
            nonlocal seen
            seen += more
            tell(Progress(seen, to_read))

        for partition, head in heads.items():
            state = states[partition]
            self._check_same_log(state)
            batches = self._batches(partition, state.next_ordinal, head)
            while done := self._project_epoch(batches, state, models=not models_at_end, told=told):
                read += done
        if models_at_end and read:
            with self._store.transaction():
                self._tables.compute_all()
                for state in states.values():
                    self._tables.take_state(state)
        return read

    def _project_epoch(
        self,
        batches: Iterator[Records],
        state: PartitionState,
        *,
        models: bool,
        told: Callable[[int], None],
    ) -> int:
        """Project the next batches in one transaction; a stream is answered once for all of them.

        Raises:
            UnknownRuleSetError: another rule set governs what follows; what is before it is kept.
        """
        done, stop = 0, None
        with self._store.transaction():
            with _WriteBehind() as behind:
                self._streams.ready = behind.settled
                for records in islice(batches, EPOCH):
                    stop = self._take(records, state, behind)
                    done += len(records)
                    told(len(records))
                    if stop is not None:
                        break
            if done:
                if models:
                    self._tables.compute_touched()
                self._tables.take_state(state)
                self._world.fault("projector.written")
        self._world.fault("projector.committed")
        if stop is not None:
            raise stop
        return done

    def _batches(self, partition: int, start: int, head: int) -> Iterator[Records]:
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
        if not found:
            return PartitionState(partition)
        try:
            return PartitionState.from_json(found[0][0])
        except DamagedError as exc:
            msg = (
                f"file '{self._store.path}' is damaged ({exc}); `complaints rebuild` makes it anew"
            )
            raise DamagedError(msg) from exc

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

    def _take(
        self, records: Records, state: PartitionState, behind: _WriteBehind
    ) -> UnknownRuleSetError | None:
        """Judge a batch, start writing it, and return what ends the reading, if anything does."""
        before_ms = state.recorded_ms
        judged = judge_set(
            records, state, self._streams, around=self._around, mark=self._world.random_bytes(8)
        )
        self._world.fault("projector.judged")
        records = records[: state.next_ordinal - records.start]
        when = times(records, before_ms)
        behind.settled()
        events = list(self._events(judged, records, state, when))

        def write() -> None:
            self._tables.take_verdicts(judged.verdicts, state.partition, when)
            self._tables.take_source_terms(source_terms(records, judged.verdicts))
            self._tables.take_events(events)
            self._world.fault("projector.events")

        behind.write(write)
        return judged.stop

    def _events(
        self, judged: Judged, records: Records, state: PartitionState, when: pl.DataFrame
    ) -> Iterator[tuple[EventTable, pl.DataFrame]]:
        admitted = judged.verdicts.filter(pl.col("outcome") == "accepted")
        if not admitted.height:
            return iter(())
        decoded = dict(judged.decoded)
        earlier = self._not_decoded(admitted, decoded)
        if earlier:
            for name, frame in self._decode_earlier(state, earlier).items():
                decoded[name] = pl.concat([decoded[name], frame]) if name in decoded else frame
        admitted = self._streams.number(admitted, state.partition)
        before = [ordinal for ordinal in earlier if ordinal < records.start]
        when = when.drop("appended_at")
        if before:
            when = pl.concat([self._tables.recorded_at(state.partition, before), when])
        judged_times = when.select(
            pl.col("ordinal").alias("judged_ordinal"), pl.col("recorded_at").alias("judged_at")
        )
        admitted = (
            admitted.drop("outcome", "reason", "save_index")
            .join(when, on="ordinal", how="left")
            .join(judged_times, on="judged_ordinal", how="left")
        )
        first = records.start
        return event_rows(
            admitted,
            decoded,
            state.schemas,
            lambda ordinal: (
                records.values[ordinal - first]
                if ordinal >= first
                else self._around.value_at(state.partition, ordinal)
            ),
        )

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
        """Decode admitted records that no set did: early members of a save, and odd data.

        A list of records with optional fields is judged in the row form alone.
        """
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
            frame, sure, _ = decode_set(
                text, bodies, mark=self._world.random_bytes(8), admitted=True
            )
            if frame is not None:
                kept = pl.Series("ordinal", [numbers[i] for i in sure], dtype=pl.Int64)
                frames[name] = frame.with_columns(kept)
        return frames
