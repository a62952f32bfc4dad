"""What every aggregate of the ledger shares: events that wait, on a state that others folded."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

from domain.errors import InputError
from domain.event import Event  # noqa: TC001  resolved by the library from annotations

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from domain.complaint.commands.command import Command, CommandSpec


class Versioned(Protocol):
    """A state that knows how many events led to it."""

    @property
    def version(self) -> int:
        """Number of events."""
        ...


StateT = TypeVar("StateT", bound=Versioned)


@dataclass(frozen=True)
class StreamEvent:
    """An event in its place: which stream, and which version it brought the stream to."""

    originator_id: UUID
    originator_version: int
    event: Event


class StreamAggregate(ABC, Generic[StateT]):
    """One stream: what happened so far, and the events that wait to be saved."""

    NOUN: ClassVar[str] = "stream"
    """What a message calls it."""

    __slots__ = ("_id", "_pending", "_state")

    def __init__(self, stream_id: UUID, state: StateT | None = None) -> None:
        self._id = stream_id
        self._state = state
        self._pending: list[StreamEvent] = []

    @staticmethod
    @abstractmethod
    def evolved(state: StateT | None, event: Event) -> StateT:
        """Return the state after `event`; each kind of stream has its own."""

    @classmethod
    def opened(cls, stream_id: str) -> Self:
        """Return one of which nothing is known yet.

        Raises:
            InputError: the stream id is no UUID in canonical lower case (RULES 1).
        """
        try:
            identity = UUID(stream_id)
        except ValueError:
            identity = None
        if identity is None or str(identity) != stream_id:
            msg = (
                f"a {cls.NOUN}'s stream id is a UUID in canonical lower case; "
                "give its canonical form"
            )
            raise InputError(msg)
        return cls(identity)

    @classmethod
    def project(cls, initial: Self | None, events: Iterable[StreamEvent]) -> Self | None:
        """Return the aggregate after `events`: the library's projector function.

        `initial` is left as it is, so a cached aggregate can be read while it is moved on.
        """
        found = None if initial is None else cls(initial.id, initial.state)
        for happened in events:
            if found is None:
                found = cls(happened.originator_id)
            found._state = cls.evolved(found._state, happened.event)
        return found

    @property
    def id(self) -> UUID:
        """The stream's identity."""
        return self._id

    @property
    def version(self) -> int:
        """Number of events, those that wait to be saved included."""
        return 0 if self._state is None else self._state.version

    @property
    def state(self) -> StateT | None:
        """What is known; null before the first event."""
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
            self._state = self.evolved(self._state, event)
            self._pending.append(StreamEvent(self._id, self._state.version, event))

    def collect_events(self) -> tuple[StreamEvent, ...]:
        """Hand over the events that wait, once."""
        collected = tuple(self._pending)
        self._pending.clear()
        return collected

    def __deepcopy__(self, memo: object) -> Self:
        copied = type(self)(self._id, self._state)  # frozen state is shared
        copied._pending.extend(self._pending)  # noqa: SLF001  another of the same class
        return copied
