"""The desk: commands are decided on the fresh state, sealed, appended, and wait for their verdict."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.persistence import (
    InfrastructureFactory,
    Mapper,
    StoredEvent,
)

from adapters.avro_codec import decode_event, encode_event, fingerprint_in
from adapters.recorder import RefusedSave
from complaints_ledger.filing import refuse_absent_files
from complaints_ledger.persistence import LedgerFactory
from domain.complaint.aggregate import Complaint, StreamEvent
from domain.errors import ConflictError, InputError, RefusedError
from domain.personal import Plaintext
from domain.rules.record import ENTRY_LIMIT, Record, is_too_large
from domain.sealing import seal_events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventsourcing.persistence import Transcoder
    from eventsourcing.utils import Environment

    from complaints_ledger.ledger import Ledger
    from domain.aggregate import StreamAggregate
    from domain.complaint.commands import CommandSpec
    from domain.complaint.commands.command import Command
    from domain.event import Event

_LOST_RACES = frozenset({"version-conflict", "already-open", "unknown-stream", None})
RECENT = 256
"""Streams kept in memory between commands: those that somebody works on now."""
ATTEMPTS = 8
"""How often a command that lost a race is decided again; more would hide a livelock."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command came to."""

    stream_id: str
    version: int
    events: tuple[Event, ...]
    repeated: bool = False
    """Whether the command had been carried out before and nothing was appended now."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A stream as far as it was read: its admitted events, and the state they led to."""

    history: tuple[StreamEvent, ...]
    aggregate: StreamAggregate[Any]


class EventMapper(Mapper[UUID]):
    """Maps the library's domain events to Avro bytes and back.

    A value is read under the schema that the log itself registered for it.
    """

    def __init__(self, ledger: Ledger, transcoder: Transcoder) -> None:
        super().__init__(transcoder)
        self._ledger = ledger

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """Return the event under its stored type, in Avro single-object encoding."""
        event = domain_event.event
        return StoredEvent(
            domain_event.originator_id,
            domain_event.originator_version,
            event.TOPIC,
            encode_event(event),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """Return the domain event in stored bytes, under the class of its stored type."""
        text = self._ledger.replica.schema_text(fingerprint_in(stored_event.state))
        event = decode_event(stored_event.state, stored_event.topic, text)
        return StreamEvent(
            originator_id=UUID(str(stored_event.originator_id)),
            originator_version=stored_event.originator_version,
            event=event,
        )


class ComplaintsApplication(Application[UUID]):
    """The use cases on complaints: one command, one stream, one save."""

    name = "complaints"

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._recent: dict[str, _Known] = {}
        super().__init__()

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        """Return recorders over the ledger that is open already."""
        return LedgerFactory(env, ledger=self._ledger)

    def construct_mapper(self) -> Mapper[UUID]:
        """Return the mapper between events and Avro."""
        return EventMapper(self._ledger, self.factory.transcoder())

    def load(self, stream_id: str) -> Complaint | None:
        """Return a complaint as far as the log goes now, or None."""
        try:
            return self.repository.get(UUID(stream_id), projector_func=Complaint.project)
        except AggregateNotFoundError:
            return None

    def aggregate(self, stream_id: str, history: Sequence[StreamEvent]) -> StreamAggregate[Any]:
        """Return what a command on this stream is decided on."""
        return Complaint.project(None, history) or Complaint.opened(stream_id)

    def _known(self, stream_id: str) -> _Known:
        """Return a stream as far as the log goes now; what was read before is not read again.

        Only admitted events are kept, which never change, and never what was typed in.
        """
        kept = self._recent.pop(stream_id, None)
        history: list[Any] = list(kept.history) if kept else []
        after = history[-1].originator_version if history else None
        news: list[Any] = list(self.events.get(UUID(stream_id), gt=after))
        if kept is None:
            known = _Known(tuple(news), self.aggregate(stream_id, news))
        elif news:
            moved = type(kept.aggregate).project(kept.aggregate, news)
            known = _Known((*history, *news), moved or kept.aggregate)
        else:
            known = kept
        if known.history:
            self._recent[stream_id] = known
            if len(self._recent) > RECENT:
                self._recent.pop(next(iter(self._recent)), None)
        return known

    def handle(self, spec: CommandSpec, command: Command) -> Outcome:
        """Decide a command on the fresh state and append what it decides.

        Raises:
            CommandRefusedError: guards stand in the way; nothing was appended.
            ConflictError: others' events came first, again and again.
        """
        self._ledger.world.fault("desk.begin")
        for _ in range(ATTEMPTS):
            known = self._known(command.stream_id)
            done = _done_before(command, known.history)
            if done is not None:
                return done
            # A copy, since what the command decides is not known before its verdict.
            fresh = deepcopy(known.aggregate)
            fresh.handle(spec, command)
            pending = self._sealed(fresh.collect_events())
            try:
                self.save(*pending)
            except RefusedSave as exc:
                if exc.reason not in _LOST_RACES:
                    raise RefusedError(_why(command, exc)) from exc
                continue
            return Outcome(
                command.stream_id,
                pending[-1].originator_version if pending else fresh.version,
                tuple(event.event for event in pending),
            )
        latest = self.load(command.stream_id)
        msg = (
            f"complaint '{command.stream_id}' is being changed by others (now at version "
            f"{latest.version if latest else 0}); look at it and try again"
        )
        raise ConflictError(msg)

    def _sealed(self, pending: Sequence[StreamEvent]) -> list[StreamEvent]:
        plain = [event.event for event in pending]
        refuse_absent_files(self._ledger, plain)
        sealed = seal_events(plain, self._ledger.keys.sealer()) if _has_personal(plain) else plain
        _refuse_too_large(sealed)
        return [replace(old, event=new) for old, new in zip(pending, sealed, strict=True)]


def _done_before(command: Command, history: Sequence[Any]) -> Outcome | None:
    """Return the outcome of the same command id, if the stream holds its events."""
    mine: list[StreamEvent] = [
        stored
        for stored in history
        if stored.event.command is not None and stored.event.command.id == command.command_id
    ]
    if not mine:
        return None
    events = tuple(stored.event for stored in mine)
    return Outcome(command.stream_id, mine[-1].originator_version, events, repeated=True)


def _why(command: Command, refusal: RefusedSave) -> str:
    if refusal.reason == "not-authorised":
        return (
            f"source '{command.source}' may not write this event; "
            f"let it with: complaints source add {command.source}"
        )
    return f"the ledger did not accept the events of this command ({refusal.reason}); {refusal}"


def _refuse_too_large(events: Sequence[Event]) -> None:
    """Refuse what the log would judge too large, before it is there for ever."""
    for event in events:
        record = Record(0, 0, 0, event.stream_id.encode(), encode_event(event))
        if is_too_large(record):
            msg = (
                f"the texts of '{event.TOPIC}' are too long for a record, which holds "
                f"{ENTRY_LIMIT:,} bytes; nothing was recorded, say it in short and put the whole "
                "text on file: complaints case attach REF FILE --evidence-kind narrative"
            )
            raise InputError(msg)


def _has_personal(events: Sequence[Event]) -> bool:
    return any(
        isinstance(value, Plaintext) for event in events for value in event.__dict__.values()
    )
