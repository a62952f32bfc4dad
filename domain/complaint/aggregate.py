"""The complaint as `eventsourcing` knows it: an aggregate that commands move, event by event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from domain.complaint.evolution import evolve
from domain.errors import InputError
from domain.event import Event  # noqa: TC001  resolved by the library from annotations

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from domain.complaint.commands.command import Command, CommandSpec
    from domain.complaint.state import ComplaintState


@dataclass(frozen=True)
class StreamEvent:
    """An event in its place: which stream, and which version it brought the stream to."""

    originator_id: UUID
    originator_version: int
    event: Event


class Complaint:
    """One complaint: what happened so far, and the events that wait to be saved."""

    __slots__ = ("_id", "_pending", "_state")

    def __init__(self, stream_id: UUID, state: ComplaintState | None = None) -> None:
        self._id = stream_id
        self._state = state
        self._pending: list[StreamEvent] = []

    @classmethod
    def opened(cls, stream_id: str) -> Self:
        """Return a complaint of which nothing is known yet.

        Raises:
            InputError: the stream id is no UUID in canonical lower case (RULES 1).
        """
        try:
            identity = UUID(stream_id)
        except ValueError:
            identity = None
        if identity is None or str(identity) != stream_id:
            msg = (
                "a complaint's stream id is a UUID in canonical lower case; give its canonical form"
            )
            raise InputError(msg)
        return cls(identity)

    @classmethod
    def project(cls, initial: Complaint | None, events: Iterable[StreamEvent]) -> Complaint | None:
        """Return the complaint after `events`: the library's projector function.

        `initial` is left as it is, so a cached complaint can be read while it is moved on.
        """
        complaint = None if initial is None else cls(initial.id, initial.state)
        for happened in events:
            if complaint is None:
                complaint = cls(happened.originator_id)
            complaint._state = evolve(complaint._state, happened.event)
        return complaint

    @property
    def id(self) -> UUID:
        """The stream's identity."""
        return self._id

    @property
    def version(self) -> int:
        """Number of events, those that wait to be saved included."""
        return 0 if self._state is None else self._state.version

    @property
    def state(self) -> ComplaintState | None:
        """The facets; null before the first event."""
        return self._state

    @property
    def pending(self) -> tuple[StreamEvent, ...]:
        """Events that were decided and not collected yet."""
        return tuple(self._pending)

    def handle(self, spec: CommandSpec, command: Command) -> None:
        """Decide the command on the present state; its events wait to be collected.

        Raises:
            CommandRefusedError: something stands in the way; nothing has changed.
        """
        if command.stream_id != str(self._id):
            msg = f"command is for stream '{command.stream_id}', not '{self._id}'; load that one"
            raise InputError(msg)
        for event in spec.decide(self._state, command):
            self._state = evolve(self._state, event)
            self._pending.append(StreamEvent(self._id, self._state.version, event))

    def collect_events(self) -> tuple[StreamEvent, ...]:
        """Hand over the events that wait, once."""
        collected = tuple(self._pending)
        self._pending.clear()
        return collected

    def __deepcopy__(self, memo: object) -> Complaint:
        copy = Complaint(self._id, self._state)  # frozen state is shared
        copy._pending = list(self._pending)
        return copy
