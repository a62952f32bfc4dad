"""The replica: admitted events that commands need, in a SQLite file that any reader can rebuild."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from adapters.file_lock import FileLock
from adapters.replica_queries import ReplicaQueries
from adapters.sqlite_file import (
    Reader,
    open_sqlite,
    rows,
    table_script,
    transaction_end,
    translated,
)
from domain.errors import DamagedError, ForeignError, OlderStateError
from domain.rules.admission import StreamState, judge_rows
from domain.rules.admission_set import judge_set
from domain.rules.partition_state import PartitionState
from domain.rules.record import entry_hash
from domain.rules.wellformed import fingerprint_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from polars import DataFrame

    from adapters.sqlite_file import Connection
    from domain.ports import Log, World
    from domain.rules.admission import Surroundings, Verdict
    from domain.rules.record import Records

APPLICATION_ID = 0x434C5231
FILE = "replica.db"
FETCH = 10_000
"""Records judged in one transaction: large enough for the set form, small enough to interrupt."""
ROW_FORM_UP_TO = 24
"""Below this the row form is quicker than setting up a data frame."""
CHECKPOINT_PAGES = 4_000
"""Pages of WAL after which a commit checkpoints, under the lock; the file is then written over."""
FRAME_BYTES = 10
"""Marker and fingerprint before an event's bytes."""
_TABLES = ("event", "other_verdict", "alias", "reader")
_TAKEN = ("stream_id", "version", "ordinal", "position", "event_id", "event_type")
_LEFT = ("ordinal", "outcome", "reason", "stream_id", "event_id")


class Replica(ReplicaQueries):
    """Follows the log by the same admission as every reader and keeps what it admitted."""

    def __init__(self, folder: Path, log: Log, around: Surroundings, world: World) -> None:
        path = folder / FILE
        self._lock = FileLock(folder / "replica.lock")
        self._log = log
        self._around = around
        self._world = world
        self._texts: dict[str, str] = {}
        self._kept: dict[int, PartitionState] = {}
        """The last state read of each partition: what control records said is taken from it."""
        self._moved: dict[int, tuple[str, PartitionState]] = {}
        """The state that this process wrote last of each partition, with its stored form."""
        with self._lock.held():
            self._connection = open_sqlite(
                path,
                application_id=APPLICATION_ID,
                durability="normal",
                script=table_script("replica.sql"),
            )
            self._connection.execute(f"pragma wal_autocheckpoint={CHECKPOINT_PAGES}")
        reader = open_sqlite(
            path, application_id=APPLICATION_ID, durability="normal", read_only=True
        )
        super().__init__(Reader(reader, path), path)
        self._check_ledger()
        if self._is_older(self._reader):
            self._empty_older()

    def _is_older(self, connection: Connection | Reader) -> bool:
        """Tell whether another version of the program filled the tables."""
        sql = "select name, value from reader where name not like 'control:%'"
        facts: dict[str, str] = dict(rows(connection, sql))
        try:
            for name, reading in facts.items():
                kind, _, partition = name.partition(":")
                if kind == "reading":
                    with self._named():
                        PartitionState.read_again(reading, PartitionState(int(partition)))
        except OlderStateError:
            return True
        read = [name.replace("next:", "reading:") for name in facts if name.startswith("next:")]
        return any(name not in facts for name in read)

    def _empty_older(self) -> None:
        """Empty the tables: they are derived again from the log."""
        with self._lock.held(), translated(self._path):
            connection = self._connection
            connection.execute("begin immediate")
            with transaction_end(connection):
                if self._is_older(connection):
                    for table in _TABLES:
                        connection.execute(f"delete from {table}")

    def _check_ledger(self) -> None:
        found = rows(self._reader, "select value from reader where name = 'ledger_id'")
        if found and found[0][0] != str(self._log.ledger_id):
            msg = (
                f"replica '{self._path}' follows ledger {found[0][0]}, not {self._log.ledger_id}; "
                "move it away: it is made anew from the log"
            )
            raise ForeignError(msg)

    def catch_up(self, *, upto: Mapping[int, int] | None = None) -> None:
        """Judge every record that the log holds now, or in each partition up to an ordinal."""
        heads = upto or {p: self._log.head(p) for p in range(self._log.partitions)}
        for partition, head in heads.items():
            following = self._next(partition)
            while following < head:
                following = self._judge_some(partition)

    def _next(self, partition: int) -> int:
        sql = "select value from reader where name = ?"
        found = rows(self._reader, sql, (f"next:{partition}",))
        return int(found[0][0]) if found else 0

    def state(self, partition: int) -> PartitionState:
        """Return the fold over a partition as far as this replica has read."""
        return self._state(self._reader, partition)

    def schema_text(self, fingerprint: str) -> str:
        """Return the text that the log registered under a fingerprint, in any partition."""
        if fingerprint not in self._texts:
            self._texts = {
                name: schema.text
                for partition in range(self._log.partitions)
                for name, schema in self.state(partition).schemas.items()
            }
        return self._texts[fingerprint]

    def _state(self, connection: Connection | Reader, partition: int) -> PartitionState:
        sql = "select value from reader where name = ?"
        found = rows(connection, sql, (f"reading:{partition}",))
        if not found:
            return PartitionState(partition)
        with self._named():
            return self._read_back(connection, partition, found[0][0])

    def _read_back(
        self, connection: Connection | Reader, partition: int, reading: str
    ) -> PartitionState:
        kept = self._kept.get(partition)
        if kept is not None:
            state = PartitionState.read_again(reading, kept)
            if state.control_ordinal == kept.control_ordinal:
                return state
        sql = "select value from reader where name = ?"
        found = rows(connection, sql, (f"control:{partition}",))
        control = found[0][0] if found else ""
        self._kept[partition] = PartitionState.from_parts(reading, control)
        return PartitionState.from_parts(reading, control)

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """Name the file in what is said of a state that cannot be read back."""
        try:
            yield
        except DamagedError as exc:
            msg = f"file '{self._path}' is damaged ({exc}); move it away: it is made anew from the log"
            raise DamagedError(msg) from exc

    def _judge_some(self, partition: int) -> int:
        """Judge the records that follow and return the ordinal behind them."""
        with self._lock.held(), translated(self._path):
            connection = self._connection
            connection.execute("begin immediate")
            with transaction_end(connection):
                state = self._moving(partition)
                controlled = state.control_ordinal
                records = self._following(state)
                if not records:
                    return state.next_ordinal
                self._world.fault("replica.judging")
                if len(records) <= ROW_FORM_UP_TO:
                    self._by_rows(records, state)
                else:
                    self._by_set(records, state)
                reading = state.reading_json()
                facts = [
                    (f"next:{partition}", str(state.next_ordinal)),
                    (f"reading:{partition}", reading),
                ]
                if state.control_ordinal != controlled or controlled < 0:
                    facts.append((f"control:{partition}", state.control_json()))
                    facts.append(("ledger_id", str(self._log.ledger_id)))
                connection.executemany("insert or replace into reader values (?, ?)", facts)
                self._world.fault("replica.written")
            self._moved[partition] = (reading, state)
        return state.next_ordinal

    def _moving(self, partition: int) -> PartitionState:
        """Return the state to be moved on: that of the last batch, if nobody else wrote since.

        What a batch moved and did not commit is never taken up again.
        """
        last = self._moved.pop(partition, None)
        if last is not None:
            sql = "select value from reader where name = ?"
            found = rows(self._connection, sql, (f"reading:{partition}",))
            if found and found[0][0] == last[0]:
                return last[1]
        return self._state(self._connection, partition)

    def _following(self, state: PartitionState) -> Records:
        """Return the next records, read together with the last one known, which proves the log."""
        known = min(state.next_ordinal, 1)
        found = self._log.read(state.partition, state.next_ordinal - known, FETCH + known)
        if known and (
            not found or entry_hash(found[0], self._log.ledger_id).hex() != state.last_entry_hash
        ):
            msg = (
                f"the log is not the one that replica '{self._path}' has read: record "
                f"{state.next_ordinal - 1} of partition {state.partition} differs; nothing was "
                "changed; restore the log, or move the replica away if the log is right"
            )
            raise ForeignError(msg)
        return found[known:]

    def _by_rows(self, records: Records, state: PartitionState) -> None:
        streams = _LoadedStreams(self)
        self._keep(judge_rows(records, state, streams, self._around), records, state)

    def _by_set(self, records: Records, state: PartitionState) -> None:
        mark = self._world.random_bytes(8)
        judged = judge_set(records, state, self, around=self._around, mark=mark)
        is_taken = judged.verdicts["outcome"] == "accepted"
        taken = judged.verdicts.filter(is_taken)
        columns = [taken[name].to_list() for name in _TAKEN]
        self._keep_events(list(zip(*columns, strict=True)), records, state, judged.decoded)
        if len(taken) < len(is_taken):
            left = judged.verdicts.filter(~is_taken).select(_LEFT)
            self._keep_others([(state.partition, *row) for row in left.iter_rows()])

    def _keep(self, verdicts: Sequence[Verdict], records: Records, state: PartitionState) -> None:
        taken = [
            (v.stream_id, v.version, v.ordinal, v.position, v.event_id, v.event_type)
            for v in verdicts
            if v.outcome == "accepted"
        ]
        if taken:
            self._keep_events(taken, records, state, {})
        others = [v for v in verdicts if v.outcome != "accepted"]
        if others:
            self._keep_others(
                [
                    (state.partition, v.ordinal, v.outcome, v.reason, v.stream_id, v.event_id)
                    for v in others
                ]
            )

    def _keep_events(
        self,
        taken: Sequence[tuple[Any, ...]],
        records: Records,
        state: PartitionState,
        decoded: Mapping[str, DataFrame],
    ) -> None:
        """Write admitted events, given by the columns of `_TAKEN`, and what they are known by."""
        partition, here, held = state.partition, records.start, records.values
        names: dict[bytes, str] = {}
        opening = {n for n, s in state.schemas.items() if s.uuid_key and s.opens}
        events: list[tuple[Any, ...]] = []
        opened: dict[int, tuple[Any, ...]] = {}
        for stream_id, version, ordinal, position, event_id, topic in taken:
            at = ordinal - here
            value = (held[at] if at >= 0 else self.value_at(partition, ordinal)) or b""
            frame = value[:FRAME_BYTES]
            name = names.get(frame)
            if name is None:
                found = fingerprint_of(value, state)
                name = names[frame] = found[0] if found else ""
            event = (
                stream_id, version, partition, ordinal, position, event_id, topic, name, value
            )  # fmt: skip
            events.append(event)
            if name in opening:
                opened[ordinal] = event
        insert = self._connection.executemany
        insert("insert into event values (?,?,?,?,?,?,?,?,?)", events)
        if opened:
            aliases = self._aliases(opened, state, decoded)
            insert("insert or ignore into alias values (?, ?)", aliases)

    def _keep_others(self, verdicts: Sequence[tuple[Any, ...]]) -> None:
        sql = "insert or replace into other_verdict values (?,?,?,?,?,?)"
        self._connection.executemany(sql, verdicts)

    def _aliases(
        self,
        opened: dict[int, tuple[Any, ...]],
        state: PartitionState,
        decoded: Mapping[str, DataFrame],
    ) -> list[tuple[str, str]]:
        """Return (name, stream) of the events, by ordinal; what was not decoded yet is."""
        aliases: list[tuple[str, str]] = []
        for frame in decoded.values():
            there = set(frame.columns)
            if not {"reference", "external_id"} & there:
                continue
            columns = [
                frame[name].to_list() if name in there else [None] * len(frame)
                for name in ("ordinal", "reference", "external_id", "source")
            ]
            for ordinal, reference, external, source in zip(*columns, strict=True):
                event = opened.pop(ordinal, None)
                if event is not None:
                    aliases += [(n, event[0]) for n in names_of(reference, external, source)]
        for stream_id, *_, name, value in opened.values():
            found = self._around.names_in(value, state.schemas[name].text)
            aliases += [(alias, stream_id) for alias in found]
        return aliases

    def value_at(self, partition: int, ordinal: int) -> bytes | None:
        """Return the value of a record of the log."""
        return self._around.value_at(partition, ordinal)

    def versions(self, _partition: int, stream_ids: Sequence[str]) -> Mapping[str, int]:
        """Return the version of each of these streams that exists."""
        sql = "select stream_id, max(version) from event where stream_id in ({}) group by 1"
        return dict(self._by_ids(sql, stream_ids))

    def admitted(self, _partition: int, stream_ids: Sequence[str]) -> Mapping[str, dict[str, int]]:
        """Return event id to ordinal for each of these streams that exists."""
        sql = "select stream_id, event_id, ordinal from event where stream_id in ({})"
        found: dict[str, dict[str, int]] = {}
        for stream_id, event_id, ordinal in self._by_ids(sql, stream_ids):
            found.setdefault(stream_id, {})[event_id] = ordinal
        return found

    def stream(self, stream_id: str) -> StreamState:
        """Return what admission knows of one stream."""
        sql = "select event_id, ordinal, version from event where stream_id = ? order by version"
        found = rows(self._connection, sql, (stream_id,))
        version = found[-1][2] if found else None
        return StreamState(version, {event_id: ordinal for event_id, ordinal, _ in found})

    def _by_ids(self, sql: str, ids: Sequence[str]) -> list[Any]:
        found: list[Any] = []
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            found += rows(self._connection, sql.format(",".join("?" * len(some))), some)
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()
        with self._lock.in_this_process():
            self._connection.close()


class _LoadedStreams(dict[str, StreamState]):
    """Stream states, each loaded when it is first asked for."""

    def __init__(self, replica: Replica) -> None:
        super().__init__()
        self._replica = replica

    def __missing__(self, stream_id: str) -> StreamState:
        state = self._replica.stream(stream_id)
        self[stream_id] = state
        return state


def names_of(reference: str | None, external: str | None, source: str | None) -> list[str]:
    """Return the names of an opened stream: reference, external id, source with external id."""
    names = [reference, external, external and f"{source}:{external}"]
    return [name for name in names if name]
