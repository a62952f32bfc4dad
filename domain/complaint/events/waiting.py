"""What is asked, held up and put off: requests, holds, notices of delay (domain.md 3.10)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from domain.event import Event
from domain.personal import Narrative

_OBLIGATION = "Rule whose due date it is about, for example respond; null: the answer."


class InformationRequested(Event):
    """Somebody was asked for information that the complaint needs; no clock stops by itself."""

    TOPIC: ClassVar[str] = "complaints.information_requested.v1"

    request_id: str = Field(description="Opaque id of the request within its complaint.")
    asked_of: str = Field(description="Code of who was asked.")
    due_on: date | None = Field(default=None, description="Local date by which it is wanted.")
    medium: str | None = Field(default=None, description="Channel code.")
    question: Narrative = Field(default=None, description="What was asked and why.")


class InformationReceived(Event):
    """An answer to a request for information came."""

    TOPIC: ClassVar[str] = "complaints.information_received.v1"

    request_id: str = Field(description="The request that was answered.")
    complete: bool | None = Field(default=None, description="Whether it was all that was asked.")
    medium: str | None = Field(default=None, description="Channel code.")
    message: Narrative = Field(default=None, description="What was said.")


class StatusRequested(Event):
    """The complainant asked how far the complaint is (ISO 10002 7.3)."""

    TOPIC: ClassVar[str] = "complaints.status_requested.v1"

    enquiry_id: str = Field(description="Opaque id of the enquiry within its complaint.")
    medium: str | None = Field(default=None, description="Channel code.")


class StatusProvided(Event):
    """An enquiry about the status was answered."""

    TOPIC: ClassVar[str] = "complaints.status_provided.v1"

    enquiry_id: str = Field(description="The enquiry that was answered.")
    medium: str | None = Field(default=None, description="Channel code.")
    message: Narrative = Field(default=None, description="Text that was sent or said.")


class DelayNoticeSent(Event):
    """The complainant was told that the answer will be late, why, and until when."""

    TOPIC: ClassVar[str] = "complaints.delay_notice_sent.v1"

    obligation: str | None = Field(default=None, description=_OBLIGATION)
    old_due_on: date | None = Field(default=None, description="Local date that was due before.")
    new_due_on: date | None = Field(default=None, description="Local date that is promised now.")
    delay_reason: str | None = Field(default=None, description="Code of the reason.")
    notices: list[str] = Field(default_factory=list, description="Codes of the notices attached.")
    medium: str | None = Field(default=None, description="Channel code.")
    message: Narrative = Field(default=None, description="Text that was sent or said.")


class DeadlineExtended(Event):
    """The organisation gave itself more time, as far as its rules allow it (INV-16)."""

    TOPIC: ClassVar[str] = "complaints.deadline_extended.v1"

    obligation: str | None = Field(default=None, description=_OBLIGATION)
    old_due_on: date | None = Field(default=None, description="Local date that was due before.")
    new_due_on: date = Field(description="Local date that is due now.")
    delay_reason: str | None = Field(default=None, description="Code of the reason.")
    approved_by: str | None = Field(default=None, description="Opaque id of who approved it.")


class HoldPlaced(Event):
    """Something outside holds the complaint up; whether a clock stops is for its rule (INV-15)."""

    TOPIC: ClassVar[str] = "complaints.hold_placed.v1"

    hold_id: str = Field(description="Opaque id of the hold within its complaint.")
    hold_kind: str = Field(description="Code of what holds it up.")
    review_by: date | None = Field(
        default=None, description="Local date by which it is looked at again."
    )
    grounds: Narrative = Field(default=None, description="Grounds in words.")


class HoldReviewed(Event):
    """A hold was looked at and goes on."""

    TOPIC: ClassVar[str] = "complaints.hold_reviewed.v1"

    hold_id: str = Field(description="The hold reviewed.")
    review_by: date | None = Field(
        default=None, description="Local date by which it is looked at again."
    )
    grounds: Narrative = Field(default=None, description="Grounds in words.")


class HoldReleased(Event):
    """A hold ended; its interval stays visible and counts."""

    TOPIC: ClassVar[str] = "complaints.hold_released.v1"

    hold_id: str = Field(description="The hold that ended.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")


class CommunicationFailed(Event):
    """What was sent did not arrive: a letter bounced, nobody answered."""

    TOPIC: ClassVar[str] = "complaints.communication_failed.v1"

    failed_event_id: UUID | None = Field(
        default=None, description="The event that told of the sending; null: not known."
    )
    failure_code: str = Field(description="Code of how it failed.")
    medium: str | None = Field(default=None, description="Channel code.")
