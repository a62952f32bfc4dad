"""Given-when-then for the commands of a complaint: facts before, one command, what comes of it.

given(received()).when("acknowledge", medium="email").then(ComplaintAcknowledged)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

import pytest

from domain.complaint.commands import COMMANDS
from domain.complaint.events import ComplaintReceived
from domain.complaint.evolution import evolve, history
from domain.errors import CommandRefusedError
from domain.event import Event

if TYPE_CHECKING:
    from domain.complaint.commands import CommandSpec
    from domain.complaint.state import ComplaintState

E = TypeVar("E", bound=Event)

STREAM: Final = "018f0000-0000-7000-8000-000000000017"
COMMAND_ID: Final = UUID("018f0000-0000-7000-8000-0000000000c0")
TODAY: Final = date(2024, 6, 10)
NOW: Final = datetime(2024, 6, 10, 12, 0, tzinfo=UTC)
RECEIVED_ON: Final = date(2024, 6, 3)
SPECS: Final = {spec.name: spec for spec in COMMANDS}


def event_id(number: int) -> UUID:
    """Return the id of the event that a test calls `number`."""
    return UUID(int=number)


def fact(event_type: type[E], **said: Any) -> E:
    """Return an event as a publisher would send it: no expected version, no command."""
    envelope: dict[str, Any] = {
        "event_id": event_id(0),
        "stream_id": STREAM,
        "occurred_on": date(2024, 6, 5),
        "actor": "staff-1",
        "actor_role": "handler",
        "source": "desk",
    }
    return event_type(**(envelope | said))


def received(**said: Any) -> ComplaintReceived:
    """Return the receipt of complaint C-17."""
    usual = {"reference": "C-17", "received_on": RECEIVED_ON, "occurred_on": RECEIVED_ON}
    return fact(ComplaintReceived, **(usual | said))


def command_of(spec: CommandSpec, **said: Any) -> Any:
    """Return a command of today, by staff-1."""
    envelope: dict[str, Any] = {
        "command_id": COMMAND_ID,
        "stream_id": STREAM,
        "actor": "staff-1",
        "actor_role": "handler",
        "source": "desk",
        "occurred_on": TODAY,
        "now": NOW,
    }
    return spec.model(**(envelope | said))


@dataclass(frozen=True)
class Scenario:
    """Facts that happened, and the command that meets them."""

    state: ComplaintState | None
    spec: CommandSpec | None = None
    command: Any = None

    def and_(self, *events: Event) -> Scenario:
        """Return the scenario after further facts."""
        state = self.state
        for event in events:
            state = evolve(state, event)
        return replace(self, state=state)

    def when(self, name: str, **said: Any) -> Scenario:
        """Give the command of that name."""
        return replace(self, spec=SPECS[name], command=command_of(SPECS[name], **said))

    def events(self) -> tuple[Event, ...]:
        """Decide the command and return its events."""
        assert self.spec is not None
        return self.spec.decide(self.state, self.command)

    def then(self, *event_types: type[Event]) -> tuple[Event, ...]:
        """Expect these events, in this order, as one save; return them."""
        events = self.events()
        assert tuple(type(event) for event in events) == event_types
        before = 0 if self.state is None else self.state.version
        for index, event in enumerate(events):
            assert event.expected_version == before
            assert event.command is not None
            assert (event.command.id, event.command.index) == (COMMAND_ID, index)
            assert event.command.count == len(events)
        return events

    def refused(self, *texts: str) -> CommandRefusedError:
        """Expect a refusal whose obstacles are as many as `texts` and contain them, in order."""
        with pytest.raises(CommandRefusedError) as caught:
            self.events()
        obstacles = caught.value.obstacles
        assert len(obstacles) == len(texts), obstacles
        for obstacle, text in zip(obstacles, texts, strict=True):
            assert text in obstacle
        return caught.value


def given(*events: Event) -> Scenario:
    """Begin a scenario after these facts."""
    return Scenario(history(events))
