"""What every command has, and how the events that it decides become one save."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from domain.complaint.guards.moments import moment, not_before_receipt
from domain.errors import CommandRefusedError
from domain.event import ENVELOPE, CommandRef, Event
from domain.identity import derived_event_id
from domain.opaque import quoted, violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from domain.aggregate import Versioned
    from domain.complaint.state import ComplaintState


class Command(BaseModel):
    """A wish to act on one complaint, with its own time and ids; decided purely.

    Validation errors never show what was typed: it may be about a person.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    command_id: UUID = Field(
        description="Identifier of the command; the same again changes nothing."
    )
    stream_id: str = Field(description="Stream of the complaint.")
    actor: str = Field(description="Opaque id of who acts.")
    actor_role: str = Field(description="Role in which the actor acts.")
    on_behalf_of: str | None = Field(
        default=None, description="Opaque id of the person for whom the actor acts."
    )
    source: str = Field(description="Registered name of the system that the act is entered in.")
    occurred_on: date = Field(description="Local date on which it happened.")
    occurred_at: datetime | None = Field(
        default=None, description="Instant at which it happened (UTC)."
    )
    occurred_zone: str | None = Field(
        default=None, description="IANA time zone in which the local date is a date."
    )
    correlation_id: UUID | None = Field(
        default=None, description="Shared by the saves that belong to one change."
    )
    causation_id: UUID | None = Field(
        default=None, description="Event or command that caused this one."
    )
    now: datetime = Field(description="Instant of deciding (UTC).")


COMMAND_ENVELOPE: Final[tuple[str, ...]] = tuple(Command.model_fields)
"""Names of the fields that every command has; the rest is what the command says."""

_COPIED: Final = (
    "stream_id",
    "occurred_on",
    "occurred_at",
    "occurred_zone",
    "actor",
    "actor_role",
    "on_behalf_of",
    "source",
    "correlation_id",
    "causation_id",
)
"""Fields of an event's envelope that come from its command as they are."""


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A command as the command line knows it."""

    name: str
    """Name of the subcommand."""
    model: type[Command]
    decide: Callable[[Any, Any], tuple[Event, ...]]
    """Takes the state (null for a new stream) and the command; returns the events of a save."""
    summary: str
    """What it does, in one line."""
    example: str
    """A command line that works."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that was decided and has no envelope yet."""

    event_type: type[Event]
    payload: dict[str, Any]


def draft(event_type: type[Event], command: Command, **said: object) -> Draft:
    """Return an event with the command's fields of the same names, and with what is `said`."""
    names = set(event_type.model_fields) & set(type(command).model_fields) - set(ENVELOPE)
    return Draft(event_type, {name: getattr(command, name) for name in names} | said)


def said_in(event_type: type[Event], field: str, **changes: object) -> Any:
    """Return a command's field that says what the event's field of that name says.

    One description serves the schema, the reference and the command line. `changes` may give
    another default: a guard then says in words what is missing.
    """
    told = event_type.model_fields[field]
    if not changes and told.is_required():
        return Field(description=told.description)
    default = told.get_default(call_default_factory=True)
    return Field(**{"default": default, "description": told.description} | changes)


def save(state: Versioned | None, command: Command, *drafts: Draft) -> tuple[Event, ...]:
    """Return the drafts as the events of one save, in their order.

    An id depends on the command, the version that it was decided on and the place in the
    save: the same decision again gives the same events, a new decision gives new ones.
    """
    version = 0 if state is None else state.version
    shared = {name: getattr(command, name) for name in _COPIED}
    return tuple(
        drafted.event_type(
            event_id=derived_event_id(str(command.command_id), str(version), str(index)),
            expected_version=version,
            command=CommandRef(id=command.command_id, index=index, count=len(drafts)),
            **shared,
            **drafted.payload,
        )
        for index, drafted in enumerate(drafts)
    )


def on_record(name: str, state: ComplaintState | None, command: Command) -> ComplaintState:
    """Return the state of the complaint that the command `name` is about.

    Raises:
        CommandRefusedError: no event of it is known.
    """
    if state is not None and state.version > 0:
        return state
    name_of_it = quoted(command.stream_id)
    unknown = f"complaint {name_of_it} is not known; log it first (complaints case log)"
    obstacles = _standing((unknown, *command_itself(command)))
    raise CommandRefusedError(subject(name, command.stream_id), obstacles)


def subject(name: str, reference: str) -> str:
    """Return what a refusal is about: the command, and the complaint as people call it."""
    return f"{name} {quoted(reference)}"


def command_itself(command: Command) -> Iterator[str | None]:
    """Yield what is wrong with a command, whatever the complaint's state."""
    yield from violations(command)
    yield from moment(
        "occurred",
        on=command.occurred_on,
        at=command.occurred_at,
        zone=command.occurred_zone,
        now=command.now,
    )


def allow(name: str, state: ComplaintState, command: Command, *obstacles: str | None) -> None:
    """Let the command `name` pass, or refuse it with everything that stands in its way.

    A null obstacle is a guard that was met.

    Raises:
        CommandRefusedError: something stands in the way.
    """
    in_time = not_before_receipt(
        state, on=command.occurred_on, at=command.occurred_at, zone=command.occurred_zone
    )
    refuse_if(subject(name, state.reference), (*obstacles, in_time, *command_itself(command)))


def refuse_if(about: str, obstacles: Iterable[str | None]) -> None:
    """Refuse with every obstacle at once, if there is one.

    Raises:
        CommandRefusedError: something stands in the way.
    """
    standing = _standing(obstacles)
    if standing:
        raise CommandRefusedError(about, standing)


def _standing(obstacles: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in obstacles if text is not None))
