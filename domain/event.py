"""The envelope that opens every event, and the base class of all event types.

An event class is the one definition of an event: its Avro schema, its samples, its columns
and its documentation are written from it (DESIGN 10). Instances are frozen and lenient:
a fact that others published is held as it came, and codes that no list knows become
findings. What a publisher may send is checked by `domain.opaque` before it is appended.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class CommandRef(BaseModel):
    """The save that an event belongs to: all of its events are admitted, or none."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: UUID = Field(description="Identifier of the command that decided the save.")
    index: int = Field(description="Place of this event in the save, from 0.")
    count: int = Field(description="Number of events in the save.")


class Event(BaseModel):
    """Something that happened; the envelope of RULES 1 comes first, in this order."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    TOPIC: ClassVar[str] = ""
    """Stored type, `complaints.<subject>_<action>.v<n>`; never a module path."""
    OPENS: ClassVar[bool] = False
    """Whether this event opens its stream."""
    STREAM: ClassVar[str] = "complaint"
    """The kind of stream that this event belongs to."""

    event_id: UUID = Field(description="RFC 9562 UUID in canonical lower case.")
    stream_id: str = Field(description="Stream that the event belongs to; equals the record's key.")
    expected_version: int | None = Field(
        default=None, description="Number of events its author had seen; null for a fact."
    )
    occurred_on: date = Field(description="Local date on which it happened.")
    occurred_at: datetime | None = Field(
        default=None,
        description="Instant at which it happened (UTC); null if only the date is known.",
    )
    occurred_zone: str | None = Field(
        default=None,
        description="IANA time zone in which occurred_on is a date; null if not known.",
    )
    actor: str = Field(description="Opaque id of who did it.")
    actor_role: str = Field(description="Role in which the actor did it.")
    on_behalf_of: str | None = Field(
        default=None, description="Opaque id of the person for whom the actor acted."
    )
    source: str = Field(description="Registered name of the system that says so.")
    correlation_id: UUID | None = Field(
        default=None, description="Shared by the saves that belong to one change."
    )
    causation_id: UUID | None = Field(
        default=None, description="Event or command that caused this one."
    )
    command: CommandRef | None = Field(
        default=None, description="The save that the event belongs to; null for a fact."
    )


ENVELOPE: tuple[str, ...] = tuple(Event.model_fields)
"""Names of the envelope's fields, in their order on the wire."""


class Part(BaseModel):
    """A record inside an event."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
