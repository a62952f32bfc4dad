"""The replica: admitted events that commands need, in a SQLite file that any reader can rebuild."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from adapters.file_lock import FileLock
from adapters.sqlite_file import (
    Reader,
    open_sqlite,
    rows,
    table_script,
    transaction_end,
    translated,
)
from domain.errors import ForeignError
from domain.rules.admission import StreamState, Verdict, judge_rows
from domain.rules.admission_set import judge_set
from domain.rules.judged import VERDICT_SCHEMA
from domain.rules.partition_state import PartitionState
from domain.rules.record import entry_hash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from adapters.sqlite_file import Connection
    from domain.ports import Log, World
    from domain.rules.admission import Surroundings
    from domain.rules.record import Record

APPLICATION_ID = 0x434C5231
FILE = "replica.db"
FETCH = 10_000
"""Records judged in one transaction: large enough for the set form, small enough to interrupt."""
ROW_FORM_UP_TO = 24
"""Below this the row form is quicker than setting up a data frame."""
CHECKPOINT_BYTES = 16_000_000


class Replica:
    """Follows the log by the same admission as every reader and keeps what it admitted."""

    def __init__(self, folder: Path, log: Log, around: Surroundings, world: World) -> None:
        self._path = folder / FILE
        self._lock = FileLock(folder / "replica.lock")
        self._log = log
        self._around = around
        self._world = world
        self._kept: dict[int, PartitionState] = {}
        with self._lock.held():
            self._connection = open_sqlite(
                self._path,
                application_id=APPLICATION_ID,
                durability="normal",
                script=table_script("replica.sql"),
            )
        reader = open_sqlite(
            self._path, application_id=APPLICATION_ID, durability="normal", read_only=True
        )
        self._reader = Reader(reader, self._path)
        self._check_ledger()

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
        if all(self._next(partition) >= head for partition, head in heads.items()):
            return
        for partition, head in heads.items():
            while self._next(partition) < head:
                self._judge_some(partition)

    def _next(self, partition: int) -> int:
        sql = "select value from reader where name = ?"
        found = rows(self._reader, sql, (f"next:{partition}",))
        return int(found[0][0]) if found else 0

    def state(self, partition: int) -> PartitionState:
        """Return the fold over a partition as far as this replica has read."""
        return self._state(self._reader, partition)

    def _state(self, connection: Connection | Reader, partition: int) -> PartitionState:
        sql = "select value from reader where name = ?"
        found = rows(connection, sql, (f"reading:{partition}",))
        if not found:
            return PartitionState(partition)
        reading = found[0][0]
        kept = self._kept.get(partition)
        if kept is not None and json.loads(reading)["control_ordinal"] == kept.control_ordinal:
            return PartitionState.read_again(reading, kept)
        control = rows(connection, sql, (f"control:{partition}",))[0][0]
        state = PartitionState.from_parts(reading, control)
        self._kept[partition] = PartitionState.from_parts(reading, control)
        return state

    def _judge_some(self, partition: int) -> None:
        with self._lock.held(), translated(self._path):
            connection = self._connection
            connection.execute("begin immediate")
            with transaction_end(connection):
                state = self._state(connection, partition)
                controlled = state.control_ordinal
                self._check_same_log(state)
                records = self._log.read(partition, state.next_ordinal, FETCH)
                if not records:
                    return
                self._world.fault("replica.judging")
                if len(records) <= ROW_FORM_UP_TO:
                    self._by_rows(records, state)
                else:
                    self._by_set(records, state)
                facts = [
                    (f"next:{partition}", str(state.next_ordinal)),
                    (f"reading:{partition}", state.reading_json()),
                ]
                if state.control_ordinal != controlled or controlled < 0:
                    facts.append((f"control:{partition}", state.control_json()))
                    facts.append(("ledger_id", str(self._log.ledger_id)))
                connection.executemany("insert or replace into reader values (?, ?)", facts)
                self._world.fault("replica.written")
            self._checkpoint_if_long()

    def _check_same_log(self, state: PartitionState) -> None:
        if state.next_ordinal == 0:
            return
        last = self._log.read(state.partition, state.next_ordinal - 1, 1)
        if not last or entry_hash(last[0], self._log.ledger_id).hex() != state.last_entry_hash:
            msg = (
                f"the log is not the one that replica '{self._path}' has read: record "
                f"{state.next_ordinal - 1} of partition {state.partition} differs; nothing was "
                "changed; restore the log, or move the replica away if the log is right"
            )
            raise ForeignError(msg)

    def _by_rows(self, records: Sequence[Record], state: PartitionState) -> None:
        streams = _LoadedStreams(self, state.partition)
        verdicts = judge_rows(records, state, streams, self._around)
        self._keep(verdicts, records, state)

    def _by_set(self, records: Sequence[Record], state: PartitionState) -> None:
        mark = self._world.random_bytes(8)
        judged = judge_set(records, state, self, around=self._around, mark=mark)
        names = VERDICT_SCHEMA.keys() - {"save_index"}
        verdicts = [
            Verdict(**{k: row[k] for k in names}, index=row["save_index"])
            for row in judged.verdicts.iter_rows(named=True)
        ]
        self._keep(verdicts, records, state)

    def _keep(
        self, verdicts: Sequence[Verdict], records: Sequence[Record], state: PartitionState
    ) -> None:
        first, partition = records[0].ordinal, state.partition
        events: list[tuple[object, ...]] = []
        others: list[tuple[object, ...]] = []
        for v in verdicts:
            if v.outcome != "accepted":
                others.append((partition, v.ordinal, v.outcome, v.reason, v.stream_id, v.event_id))
                continue
            here = v.ordinal >= first
            value = (
                records[v.ordinal - first].value if here else self.value_at(partition, v.ordinal)
            )
            framed = (value or b"")[2:10]
            place = (partition, v.ordinal, v.position)
            events.append(
                (
                    v.stream_id,
                    v.version,
                    *place,
                    v.event_id,
                    v.event_type,
                    framed[::-1].hex(),
                    value,
                )
            )
        insert = self._connection.executemany
        insert("insert into event values (?,?,?,?,?,?,?,?,?)", events)
        insert("insert or replace into other_verdict values (?,?,?,?,?,?)", others)
        insert("insert or ignore into alias values (?, ?)", self._aliases(events, state))

    def _aliases(
        self, events: Sequence[tuple[object, ...]], state: PartitionState
    ) -> list[tuple[str, str]]:
        aliases: list[tuple[str, str]] = []
        for stream_id, *_, fingerprint, value in events:
            schema = state.schemas.get(str(fingerprint))
            if schema is None or not schema.uuid_key or not schema.opens:
                continue
            names = self._around.names_in(bytes(value), schema.text)  # type: ignore[call-overload]
            aliases += [(name, str(stream_id)) for name in names]
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

    def _by_ids(self, sql: str, ids: Sequence[str]) -> list[Any]:
        found: list[Any] = []
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            found += rows(self._connection, sql.format(",".join("?" * len(some))), some)
        return found

    def events(
        self, stream_id: str, *, gt: int | None = None, lte: int | None = None
    ) -> list[tuple[int, str, str, bytes]]:
        """Return (version, topic, fingerprint, value) of a stream's events, in order."""
        sql = (
            "select version, topic, fingerprint, value from event where stream_id = ? "
            "and version > ? and version <= ? order by version"
        )
        low, high = -1 if gt is None else gt, 2**62 if lte is None else lte
        with translated(self._path):
            return rows(self._reader, sql, (stream_id, low, high))

    def notifications(
        self, partition: int, start: int, stop: int, *, limit: int
    ) -> list[tuple[int, str, int, str, bytes]]:
        """Return (position, stream, version, topic, value) by position."""
        sql = (
            "select position, stream_id, version, topic, value from event where partition = ? "
            "and position >= ? and position <= ? order by position limit ?"
        )
        with translated(self._path):
            return rows(self._reader, sql, (partition, start, stop, limit))

    def places(self, partition: int, after: int, limit: int) -> list[tuple[int, int, bytes]]:
        """Return (position, ordinal, value) of the events behind a position, in order."""
        sql = (
            "select position, ordinal, value from event where partition = ? and position > ? "
            "order by position limit ?"
        )
        with translated(self._path):
            return rows(self._reader, sql, (partition, after, limit))

    def verdict_of(self, partition: int, ordinal: int, stream_id: str) -> Verdict:
        """Return what became of a record that this replica has judged."""
        sql = (
            "select event_id, version, position, topic from event "
            "where stream_id = ? and ordinal = ? and partition = ?"
        )
        with translated(self._path):
            found = rows(self._reader, sql, (stream_id, ordinal, partition))
            if found:
                event_id, version, position, topic = found[0]
                return Verdict(
                    ordinal, "accepted", None, ordinal, event_id=event_id, stream_id=stream_id,
                    event_type=topic, version=version, position=position,
                )  # fmt: skip
            sql = "select outcome, reason, event_id from other_verdict where partition = ? and ordinal = ?"
            outcome, reason, event_id = rows(self._reader, sql, (partition, ordinal))[0]
        return Verdict(ordinal, outcome, reason, ordinal, event_id=event_id, stream_id=stream_id)

    def streams_named(self, name: str) -> list[str]:
        """Return the streams that bear a reference, an external id, or this very id."""
        sql = (
            "select stream_id from alias where name = ? union "
            "select stream_id from event where stream_id = ? order by 1"
        )
        with translated(self._path):
            return [row[0] for row in rows(self._reader, sql, (name, name))]

    def top_position(self, partition: int) -> int | None:
        """Return the position of the last admitted event."""
        sql = "select max(position) from event where partition = ?"
        with translated(self._path):
            top: int | None = rows(self._reader, sql, (partition,))[0][0]
        return top

    def _checkpoint_if_long(self) -> None:
        wal = self._path.with_name(FILE + "-wal")
        if wal.exists() and wal.stat().st_size > CHECKPOINT_BYTES:
            self._connection.execute("pragma wal_checkpoint(passive)").fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()
        with self._lock.in_this_process():
            self._connection.close()


class _LoadedStreams(dict[str, StreamState]):
    """Stream states, each loaded when it is first asked for."""

    def __init__(self, replica: Replica, partition: int) -> None:
        super().__init__()
        self._replica = replica
        self._partition = partition

    def __missing__(self, stream_id: str) -> StreamState:
        version = self._replica.versions(self._partition, [stream_id]).get(stream_id)
        admitted = self._replica.admitted(self._partition, [stream_id]).get(stream_id, {})
        state = StreamState(version, dict(admitted))
        self[stream_id] = state
        return state
