"""Records for the `eventsourcing` library: its events go through the log and its admission."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import sleep
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    Notification,
    NotSupportedError,
    OperationalError,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
    TrackingRecorder,
)

from domain.catalogue import BY_TOPIC
from domain.cloudevents import headers_for
from domain.errors import ConflictError, UnreachableError
from domain.event import CommandRef, Event
from domain.ports import NewRecord
from domain.rules.record import partition_of
from domain.stored import OpaqueStored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domain.ports import Log, World
    from domain.rules.admission import Verdict

LIBRARY_ACTOR = "svc-eventsourcing"
POLL_S = 0.02
"""How often a subscription looks for news; the log itself has no bell."""
PAGE = 100
"""Notifications looked at at once when topics are named, since opaque topics lie inside values."""
Encode = Callable[[Event], bytes]


class EventReplica(Protocol):
    """What the recorder needs of the replica."""

    def catch_up(self, *, upto: Mapping[int, int] | None = None) -> None:
        """Judge what the log holds."""
        ...

    def events(
        self, stream_id: str, *, gt: int | None = None, lte: int | None = None
    ) -> list[tuple[int, str, str, bytes]]:
        """Return (version, topic, fingerprint, value) of a stream's events."""
        ...

    def notifications(
        self, partition: int, start: int, stop: int, *, limit: int
    ) -> list[tuple[int, str, int, str, bytes]]:
        """Return (position, stream, version, topic, value) by position."""
        ...

    def verdict_of(self, partition: int, ordinal: int, stream_id: str) -> Verdict:
        """Return what became of a record."""
        ...

    def top_position(self, partition: int) -> int | None:
        """Return the position of the last admitted event."""
        ...


class TrackingLog(Protocol):
    """What the embedded log offers beyond the log port: tracking in the same transaction."""

    def append(
        self,
        records: Sequence[NewRecord],
        *,
        tracking: tuple[str, int] | None = None,
        before: Callable[[], None] | None = None,
    ) -> list[tuple[int, int]]:
        """Append records and tracking, or neither."""
        ...

    def tracked(self, application: str) -> int | None:
        """Return the greatest notification tracked for an application."""
        ...


@dataclass(frozen=True, slots=True)
class Store:
    """The parts that a recorder is made of."""

    log: Log
    replica: EventReplica
    world: World
    encode: Encode
    decode_opaque: Callable[[bytes], tuple[str, bytes]]
    """The topic and the state in an `opaque.v1` value."""
    headers_in: Callable[[bytes, str], tuple[tuple[str, bytes], ...]]
    """The headers of an encoded event of a type."""
    originator_id: Callable[[str], UUID | str] = UUID


class RefusedSave(IntegrityError):  # noqa: N818  a kind of the library's error, not one of ours
    """A save that admission did not accept, with its reason."""

    def __init__(self, message: str, reason: str | None) -> None:
        super().__init__(message)
        self.reason = reason


class LedgerAggregateRecorder(AggregateRecorder):
    """Inserts and selects the events of one aggregate."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append a save and wait for its verdict; None, since only applications have positions."""
        self._insert(stored_events, kwargs.get("tracking"))
        return None

    def _insert(
        self, stored_events: Sequence[StoredEvent], tracking: Tracking | None
    ) -> list[Verdict]:
        records = self._records(stored_events)
        places = self._append(records, stored_events, tracking)
        if not places:
            return []
        partition, last = places[-1]
        self._store.world.fault("recorder.appended")
        self._store.replica.catch_up(upto={partition: last + 1})
        stream = str(stored_events[0].originator_id)
        verdicts = [self._store.replica.verdict_of(p, o, stream) for p, o in places]
        lost = next((v for v in verdicts if v.outcome != "accepted"), None)
        if lost is not None:
            msg = f"stream '{stream}': record {lost.ordinal} is {lost.outcome} ({lost.reason})"
            raise RefusedSave(msg, lost.reason)
        return verdicts

    def _append(
        self,
        records: list[NewRecord],
        stored_events: Sequence[StoredEvent],
        tracking: Tracking | None,
    ) -> list[tuple[int, int]]:
        if not records and tracking is None:
            return []
        try:
            if tracking is None:
                return self._store.log.append(records)
            log: Any = self._store.log
            return _tracking_log(log).append(
                records,
                tracking=(tracking.application_name, tracking.notification_id),
                before=lambda: self._refuse_conflict(stored_events),
            )
        except ConflictError as exc:
            raise IntegrityError(str(exc)) from exc
        except UnreachableError as exc:
            raise OperationalError(str(exc)) from exc

    def _refuse_conflict(self, stored_events: Sequence[StoredEvent]) -> None:
        """Refuse before the append what admission would refuse after it, while the log is held."""
        if not stored_events:
            return
        self._store.replica.catch_up()
        first = stored_events[0]
        known = self._store.replica.events(str(first.originator_id))
        if known and known[-1][0] != first.originator_version - 1:
            msg = f"stream '{first.originator_id}' is at version {known[-1][0]}; load it again"
            raise ConflictError(msg)

    def _records(self, stored_events: Sequence[StoredEvent]) -> list[NewRecord]:
        if len({event.originator_id for event in stored_events}) > 1:
            msg = "a save has one stream; save each aggregate by itself, with one correlation id"
            raise NotSupportedError(msg)
        command = self._fresh_id()
        return [
            self._record(
                event, stored_events[0], CommandRef(id=command, index=i, count=len(stored_events))
            )
            for i, event in enumerate(stored_events)
        ]

    def _record(self, stored: StoredEvent, first: StoredEvent, command: CommandRef) -> NewRecord:
        stream = str(stored.originator_id)
        key = stream.encode()
        partition = partition_of(key, self._store.log.partitions)
        if stored.topic in BY_TOPIC:
            headers = self._store.headers_in(stored.state, stored.topic)
            return NewRecord(partition, key, stored.state, headers=headers)
        event = OpaqueStored(
            event_id=self._fresh_id(),
            stream_id=stream,
            expected_version=first.originator_version - 1,
            occurred_on=datetime.fromtimestamp(self._store.world.now_ms() / 1000, UTC).date(),
            actor=LIBRARY_ACTOR,
            actor_role="library",
            source=LIBRARY_ACTOR,
            command=command,
            topic=stored.topic,
            originator_version=stored.originator_version,
            state=stored.state,
        )
        return NewRecord(partition, key, self._store.encode(event), headers=headers_for(event))

    def _fresh_id(self) -> UUID:
        return fresh_uuid7(self._store.world.now_ms(), self._store.world.random_bytes(10))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return a stream's admitted events, as far as the log goes now."""
        self._store.replica.catch_up()
        found = self._store.replica.events(str(originator_id), gt=gt, lte=lte)
        ordered = found[::-1] if desc else found
        return [
            self._stored(str(originator_id), version, topic, value)
            for version, topic, _, value in ordered[:limit]
        ]

    def _stored(self, stream: str, version: int, topic: str, value: bytes) -> StoredEvent:
        name, state = self._opened(topic, value)
        return StoredEvent(self._store.originator_id(stream), version, name, state)

    def _opened(self, topic: str, value: bytes) -> tuple[str, bytes]:
        return self._store.decode_opaque(value) if topic == OpaqueStored.TOPIC else (topic, value)


def fresh_uuid7(now_ms: int, randomness: bytes) -> UUID:
    """Return a UUID version 7 of an instant and ten random bytes (RFC 9562)."""
    number = int.from_bytes(now_ms.to_bytes(6, "big") + randomness, "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    return UUID(int=number & ~(0x3 << 62) | 0x2 << 62)


def _tracking_log(log: Any) -> TrackingLog:
    if not hasattr(log, "tracked"):
        msg = "this log keeps no tracking; use the embedded log for process applications"
        raise NotSupportedError(msg)
    found: TrackingLog = log
    return found


class LedgerApplicationRecorder(LedgerAggregateRecorder, ApplicationRecorder):
    """Inserts events and numbers them by their position in the log's one partition."""

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append a save, wait for its verdict and return the positions.

        Raises:
            IntegrityError: somebody else's events came first; nothing of the save counts.
        """
        verdicts = self._insert(stored_events, kwargs.get("tracking"))
        return [verdict.position or 0 for verdict in verdicts]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return admitted events by position."""
        self._one_partition()
        self._store.replica.catch_up()
        low = (start or 0) + (0 if inclusive_of_start or start is None else 1)
        high = 2**62 if stop is None else stop
        notifications: list[Notification] = []
        while len(notifications) < limit:
            page = self._store.replica.notifications(0, low, high, limit=max(limit, PAGE))
            for position, stream, version, topic, value in page:
                name, state = self._opened(topic, value)
                if not topics or name in topics:
                    originator = self._store.originator_id(stream)
                    notifications.append(
                        Notification(originator, version, name, state, id=position)
                    )
            if not page:
                break
            low = page[-1][0] + 1
        return notifications[:limit]

    def max_notification_id(self) -> int | None:
        """Return the position of the last admitted event, or None."""
        self._one_partition()
        self._store.replica.catch_up()
        return self._store.replica.top_position(0)

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Return an iterator over admitted events that waits for more at the end."""
        return PollingSubscription(self, gt, topics)

    def _one_partition(self) -> None:
        if self._store.log.partitions != 1:
            msg = (
                f"the ledger has {self._store.log.partitions} partitions, each with a notification "
                "log of its own; read the projections instead"
            )
            raise NotSupportedError(msg)


class PollingSubscription(Subscription[ApplicationRecorder]):
    """Looks for the next notification every few milliseconds."""

    def __next__(self) -> Notification:
        """Return the next notification; ends when the subscription is stopped."""
        while not self._has_been_stopped:
            found = self._recorder.select_notifications(
                self._last_notification_id, 1, topics=self._topics, inclusive_of_start=False
            )
            if found:
                self._last_notification_id = found[0].id
                return found[0]
            sleep(POLL_S)
        raise StopIteration


class LedgerTrackingRecorder(TrackingRecorder):
    """Keeps which notification of another application was processed last."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def insert_tracking(self, tracking: Tracking) -> None:
        """Record a notification as processed.

        Raises:
            IntegrityError: this or a later one was recorded already.
        """
        log = _tracking_log(self._store.log)
        try:
            log.append([], tracking=(tracking.application_name, tracking.notification_id))
        except ConflictError as exc:
            raise IntegrityError(str(exc)) from exc

    def max_tracking_id(self, application_name: str) -> int | None:
        """Return the last notification processed, or None."""
        return _tracking_log(self._store.log).tracked(application_name)


class LedgerProcessRecorder(LedgerTrackingRecorder, LedgerApplicationRecorder, ProcessRecorder):
    """Records events and tracking together, or neither."""
