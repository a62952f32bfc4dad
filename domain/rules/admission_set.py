"""Admission, set form: a whole batch at once, equal to the row form by property test (RULES 5).

It supposes that every well-formed record of the batch is admitted, numbers each stream
with a window, and checks the supposition. Streams in which it fails, and streams with a
pending save, are judged record by record by the row form's fold.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from domain.errors import UnknownRuleSetError
from domain.rules import control
from domain.rules.admission import (
    StreamFold,
    StreamState,
    Surroundings,
    Verdict,
    judge_control,
    note_read,
    numbered,
    refused,
)
from domain.rules.decoding import UUID_PATTERN
from domain.rules.framing import by_schema
from domain.rules.judged import VERDICT_SCHEMA, Judged, Streams, verdict_frame
from domain.rules.partition_state import SAVE_WINDOW
from domain.rules.record import Records, partition_of
from domain.rules.set_decoding import decode_set
from domain.rules.wellformed import Wellformed, examine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domain.rules.partition_state import PartitionState
    from domain.rules.record import Record


def judge_set(
    records: Sequence[Record],
    state: PartitionState,
    streams: Streams,
    *,
    around: Surroundings,
    mark: bytes,
) -> Judged:
    """Judge the next records of a partition and move its state on.

    It ends before a record that activates an unknown rule set, and says so by `stop`.

    Args:
        records: the next records of one partition, without a gap.
        state: the fold over the partition so far; changed in place.
        streams: what is known of the streams before this batch; not changed.
        around: decoder, signatures and earlier values.
        mark: eight random bytes for this batch.

    Raises:
        UnknownRuleSetError: the first record is such a one; nothing was changed.
        ValueError: the records are not the next ones.
    """
    columns = Records.of(records)
    if len(columns) and columns.start != state.next_ordinal:
        msg = f"record {state.next_ordinal} is next in partition {state.partition}"
        raise ValueError(msg)
    batch = _Batch(streams, around, mark)
    start = 0
    magic = control.MAGIC
    for index in [i for i, v in enumerate(columns.values) if v is not None and v[:4] == magic]:
        batch.judge_segment(columns[start:index], state, more=True)
        try:
            batch.judge_control(columns[index], state)
        except UnknownRuleSetError as stop:
            if index == 0:
                raise
            return replace(batch.result(), stop=stop)
        start = index + 1
    batch.judge_segment(columns[start:], state, more=False)
    return batch.result()


class _Batch:
    """Gathers verdicts over the segments between control records."""

    def __init__(self, streams: Streams, around: Surroundings, mark: bytes) -> None:
        self._streams = streams
        self._around = around
        self._mark = mark
        self._frames: list[pl.DataFrame] = []
        self._decoded: dict[str, list[pl.DataFrame]] = {}
        self._moved: dict[str, int] = {}
        self._fresh_ids: dict[str, dict[str, int]] = {}
        self._row_states: dict[str, StreamState] = {}

    def result(self) -> Judged:
        decoded = {
            name: pl.concat(frames, rechunk=False) if len(frames) > 1 else frames[0]
            for name, frames in self._decoded.items()
        }
        verdicts = pl.concat(self._frames) if self._frames else pl.DataFrame(schema=VERDICT_SCHEMA)
        return Judged(verdicts, decoded)

    def judge_control(self, record: Record, state: PartitionState) -> None:
        verdict = judge_control(record, state, self._around)
        expired = self._expired(state, record.ordinal)
        self._take([verdict, *expired], state)
        note_read(record, state, self._around.ledger_id)

    def judge_segment(self, records: Records, state: PartitionState, *, more: bool) -> None:
        if not len(records):
            return
        if state.barred is not None:
            self._take([refused(r, state.barred, state) for r in records], state)
        else:
            self._judge_events(records, state, more=more)
        state.recorded_ms = max(state.recorded_ms, *records.append_ms)
        note_read(records[-1], state, self._around.ledger_id)

    def _judge_events(self, records: Records, state: PartitionState, *, more: bool) -> None:
        supposed, refusals, singles = self._well_formed(records, state)
        waiting = set(state.pending)
        names = supposed["stream_id"].unique().to_list() if supposed.height else []
        known = self._versions(
            state.partition, [*names, *(str(e.raw["stream_id"]) for _, e in singles)]
        )
        numbered_rows, doubtful = self._suppose(supposed, known, state)
        doubtful |= waiting | {str(event.raw["stream_id"]) for _, event in singles}
        verdicts = list(refusals)
        if doubtful:
            numbered_rows = numbered_rows.filter(~pl.col("stream_id").is_in(list(doubtful)))
            verdicts += self._judge_streams(records, doubtful, supposed, singles, state)
        if more:
            self._remember(numbered_rows)
        self._take_rows(numbered_rows, verdicts, state)

    def _well_formed(
        self, records: Records, state: PartitionState
    ) -> tuple[pl.DataFrame, list[Verdict], list[tuple[Record, Wellformed]]]:
        """Return (rows decoded as a set, refusals of rule 1, events decoded one by one)."""
        groups, alone = by_schema(records, state)
        frames: list[pl.DataFrame] = []
        for name, (members, bodies) in groups.items():
            frame, sure, doubtful = decode_set(state.schemas[name].text, bodies, mark=self._mark)
            alone += [members[i] for i in doubtful]
            if frame is not None:
                kept = members if len(sure) == len(members) else [members[i] for i in sure]
                rows, odd = self._envelopes(name, frame, records, kept, state=state)
                alone += odd
                frames.append(rows)
        refusals: list[Verdict] = []
        singles: list[tuple[Record, Wellformed]] = []
        for index in alone:
            record = records[index]
            event = examine(record, state, self._around.decoder)
            if isinstance(event, str):
                refusals.append(refused(record, event, state))
            else:
                singles.append((record, event))
        supposed = pl.concat(frames) if frames else pl.DataFrame(schema=_SUPPOSED)
        return supposed.sort("ordinal"), refusals, singles

    def _envelopes(
        self,
        name: str,
        frame: pl.DataFrame,
        records: Records,
        members: list[int],
        *,
        state: PartitionState,
    ) -> tuple[pl.DataFrame, list[int]]:
        """Return the envelopes of decoded rows, and the records that go to the row form."""
        schema = state.schemas[name]
        ordinals = pl.Series("ordinal", members, dtype=pl.Int64) + records.start
        keys = pl.Series("key", [records.keys[i] for i in members], dtype=pl.Binary)
        frame = frame.with_columns(ordinals)
        rows = frame.select(
            "ordinal",
            "event_id",
            "stream_id",
            "expected_version",
            "source",
            "occurred_on",
            pl.lit(schema.topic).alias("event_type"),
            pl.lit(schema.opens).alias("opens"),
            pl.col("command").struct.field("count").alias("count"),
            keys,
        )
        plain = (rows["stream_id"].cast(pl.Binary) == keys) & (rows["count"].fill_null(1) == 1)
        if schema.is_opaque:
            plain = pl.repeat(value=False, n=rows.height, eager=True)
        elif schema.uuid_key:
            plain = plain & rows["stream_id"].str.contains(_UUID_TEXT)
        if state.descriptor is not None and state.descriptor.partitions > 1:
            partitions = state.descriptor.partitions
            plain = plain & pl.Series(
                [
                    partition_of(records.keys[i] or b"", partitions) == records.partition
                    for i in members
                ]
            )
        index_ok = frame["command"].struct.field("index").fill_null(0) == 0
        plain = plain & index_ok
        self._decoded.setdefault(name, []).append(frame)
        rows = rows.drop("key", "count")
        if plain.all():
            return rows, []
        odd = [i for i, ok in zip(members, plain.to_list(), strict=True) if not ok]
        return rows.filter(plain), odd

    def _versions(self, partition: int, names: Sequence[str]) -> dict[str, int]:
        asked = [n for n in names if n not in self._moved]
        known = dict(self._streams.versions(partition, asked)) if asked else {}
        return known | {n: self._moved[n] for n in names if n in self._moved}

    def _suppose(
        self, rows: pl.DataFrame, known: Mapping[str, int], state: PartitionState
    ) -> tuple[pl.DataFrame, set[str]]:
        """Number the rows as if all were admitted; return them and the streams that object."""
        if not rows.height:
            return rows.with_columns(version=pl.lit(None, dtype=pl.Int64)), set()
        versions = pl.DataFrame(
            {"stream_id": list(known), "known": list(known.values())},
            schema={"stream_id": pl.String, "known": pl.Int64},
        )
        repeated = self._repeated_ids(rows, known, state.partition)
        rights = self._rights(rows, state)
        rows = rows.join(versions, on="stream_id", how="left", maintain_order="left").with_columns(
            before=pl.int_range(pl.len(), dtype=pl.Int64).over("stream_id")
        )
        first = pl.col("before") == 0
        exists = pl.col("known").is_not_null() | ~first
        rows = rows.with_columns(version=pl.col("known").fill_null(0) + pl.col("before") + 1)
        seen = pl.col("version") - 1
        objection = (
            (pl.col("opens") == exists)
            | (pl.col("expected_version").fill_null(seen) != seen)
            | pl.struct("source", "event_type").is_in(rights).not_()
        )
        doubtful = set(rows.filter(objection)["stream_id"].unique().to_list()) | repeated
        return rows.drop("known", "before"), doubtful

    def _repeated_ids(
        self, rows: pl.DataFrame, known: Mapping[str, int], partition: int
    ) -> set[str]:
        twice = rows.filter(pl.struct("stream_id", "event_id").is_duplicated())
        streams = set(twice["stream_id"].to_list())
        existing = [name for name in known if name not in self._moved]
        ids = dict(self._streams.admitted(partition, existing)) if existing else {}
        for name in known:
            if name in self._moved:
                ids[name] = ids.get(name, {}) | self._earlier(partition, name)
        if ids:
            mine = rows.filter(pl.col("stream_id").is_in(list(ids)))
            for stream_id, event_id in mine.select("stream_id", "event_id").iter_rows():
                if event_id in ids[stream_id]:
                    streams.add(stream_id)
        return streams

    def _earlier(self, partition: int, name: str) -> dict[str, int]:
        stored = self._streams.admitted(partition, [name]).get(name, {})
        return stored | self._fresh_ids.get(name, {})

    def _rights(self, rows: pl.DataFrame, state: PartitionState) -> pl.Series:
        pairs = rows.select("source", "event_type").unique()
        allowed = [
            {"source": source, "event_type": topic}
            for source, topic in pairs.iter_rows()
            if (found := state.sources.get(source)) is not None
            and found.may_write(topic)
            and found.signing_key is None
        ]
        dtype = pl.Struct({"source": pl.String, "event_type": pl.String})
        return pl.Series(allowed, dtype=dtype).implode()

    def _judge_streams(
        self,
        records: Records,
        doubtful: set[str],
        supposed: pl.DataFrame,
        singles: list[tuple[Record, Wellformed]],
        state: PartitionState,
    ) -> list[Verdict]:
        """Judge the records of these streams one by one, each stream by its own fold."""
        first, last = records.start, records.start + len(records) - 1
        work = {record.ordinal: (record, event) for record, event in singles}
        mine = supposed.filter(pl.col("stream_id").is_in(list(doubtful)))
        verdicts: list[Verdict] = []
        for ordinal in mine["ordinal"].to_list():
            record = records[ordinal - first]
            event = examine(record, state, self._around.decoder)
            if isinstance(event, str):
                verdicts.append(refused(record, event, state))
            else:
                work[ordinal] = (record, event)
        folds = self._folds(doubtful, state)
        for ordinal in sorted(work):
            record, event = work[ordinal]
            fold = folds[str(event.raw["stream_id"])]
            verdicts += fold.expire(ordinal - 1)
            verdicts += fold.judge(record, event)
        for fold in folds.values():
            verdicts += fold.expire(last)
        return verdicts

    def _folds(self, names: set[str], state: PartitionState) -> dict[str, StreamFold]:
        asked = sorted(names)
        known = self._versions(state.partition, asked)
        ids = self._streams.admitted(state.partition, asked)
        self._row_states = {
            name: StreamState(
                known.get(name), dict(ids.get(name, {})) | self._fresh_ids.get(name, {})
            )
            for name in asked
        }
        return {
            name: StreamFold(name, stream, partition=state, around=self._around)
            for name, stream in self._row_states.items()
        }

    def _expired(self, state: PartitionState, last: int) -> list[Verdict]:
        waiting = {
            name
            for name, saves in state.pending.items()
            if state.closed
            or any(save.first_ordinal + SAVE_WINDOW <= last for save in saves.values())
        }
        if not waiting:
            return []
        folds = self._folds(waiting, state)
        return [verdict for fold in folds.values() for verdict in fold.expire(last)]

    def _remember(self, rows: pl.DataFrame) -> None:
        """Keep versions and ids of this batch for its later segments."""
        for name, stream in self._row_states.items():
            if stream.version is not None:
                self._moved[name] = stream.version
                self._fresh_ids[name] = stream.admitted
        self._row_states = {}
        if rows.height:
            tops = rows.group_by("stream_id").agg(
                pl.col("version").max(), pl.col("event_id"), pl.col("ordinal")
            )
            for name, version, event_ids, ordinals in tops.iter_rows():
                self._moved[name] = version
                ids = self._fresh_ids.setdefault(name, {})
                ids.update(zip(event_ids, ordinals, strict=True))

    def _take(self, verdicts: Sequence[Verdict], state: PartitionState) -> None:
        self._frames.append(verdict_frame(numbered(verdicts, state)))

    def _take_rows(
        self, rows: pl.DataFrame, verdicts: Sequence[Verdict], state: PartitionState
    ) -> None:
        bulk = rows.select(
            "ordinal",
            pl.lit("accepted").alias("outcome"),
            pl.lit(None, dtype=pl.String).alias("reason"),
            pl.col("ordinal").alias("judged_ordinal"),
            "event_id",
            "stream_id",
            "event_type",
            "source",
            "occurred_on",
            "version",
            pl.lit(0, dtype=pl.Int64).alias("save_index"),
            pl.lit(None, dtype=pl.Int64).alias("position"),
        )
        merged = pl.concat([bulk, verdict_frame(verdicts)]).sort(
            "judged_ordinal", "save_index", "ordinal"
        )
        admitted = pl.col("outcome") == "accepted"
        merged = merged.with_columns(
            position=pl.when(admitted).then(admitted.cum_sum().cast(pl.Int64) + state.position)
        )
        state.position += int((merged["outcome"] == "accepted").sum())
        self._frames.append(merged)


_UUID_TEXT = f"^{UUID_PATTERN}$"

_SUPPOSED = {
    "ordinal": pl.Int64,
    "event_id": pl.String,
    "stream_id": pl.String,
    "expected_version": pl.Int64,
    "source": pl.String,
    "occurred_on": pl.Int64,
    "event_type": pl.String,
    "opens": pl.Boolean,
}
