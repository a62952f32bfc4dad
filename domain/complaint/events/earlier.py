"""Earlier versions of events, as they were released: records of them stay in logs for ever.

A class here never changes. It says what a record of its version holds, so that such records
are registered, checked, published and projected as what they are; whoever decides on them
reads them as the current version (`domain.upcasting`, ADR 13).
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from domain.event import Event
from domain.personal import Narrative


class DecisionCommunicatedV1(Event):
    """The complainant was told the decision (ISO 10002 7.8)."""

    TOPIC: ClassVar[str] = "complaints.decision_communicated.v1"

    decision_event_id: UUID | None = Field(default=None, description="The decision communicated.")
    medium: str | None = Field(default=None, description="Channel code.")
    content_items: list[str] = Field(
        default_factory=list, description="Codes of what the letter contained."
    )
    notices: list[str] = Field(default_factory=list, description="Codes of the notices attached.")
    language: str | None = Field(default=None, description="BCP 47 tag of the language.")
    reply_by: date | None = Field(
        default=None, description="Last local date of the window for the complainant's reply."
    )
    message: Narrative = Field(default=None, description="Text that was sent or said.")


class ComplainantAcceptedV1(Event):
    """The complainant accepted the answer (ISO 10002 7.9)."""

    TOPIC: ClassVar[str] = "complaints.complainant_accepted.v1"

    medium: str | None = Field(default=None, description="Channel code of the reply.")


class ComplainantRejectedV1(Event):
    """The complainant rejected the answer; the complaint stays open (ISO 10002 7.9)."""

    TOPIC: ClassVar[str] = "complaints.complainant_rejected.v1"

    medium: str | None = Field(default=None, description="Channel code of the reply.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")
    reasons: Narrative = Field(default=None, description="Reasons in words.")


class ComplainantDidNotReplyV1(Event):
    """The window for a reply that the letter named ended without one."""

    TOPIC: ClassVar[str] = "complaints.complainant_did_not_reply.v1"

    window_ended_on: date = Field(description="Last local date of the window.")


class RedressOfferedV1(Event):
    """Something was offered to put it right."""

    TOPIC: ClassVar[str] = "complaints.redress_offered.v1"

    redress_id: str = Field(description="Opaque id of the redress within its complaint.")
    redress_kind: str = Field(description="Code R01 to R25.")
    amount_minor: int | None = Field(
        default=None, description="Amount in minor units of the currency; null if not money."
    )
    currency: str | None = Field(default=None, description="ISO 4217 code.")
    expires_on: date | None = Field(default=None, description="Last local date for accepting.")
    fulfil_by: date | None = Field(
        default=None, description="Local date by which it is to be carried out."
    )
    without_liability: bool | None = Field(
        default=None, description="Whether it was offered without accepting liability."
    )
    legal_basis: str | None = Field(default=None, description="Code: compensation or goodwill.")
    approved_by: str | None = Field(
        default=None, description="Opaque id of the second person who approved the offer (INV-10)."
    )
    description: Narrative = Field(default=None, description="What was offered, in words.")


class RedressAcceptedV1(Event):
    """The complainant accepted the offer."""

    TOPIC: ClassVar[str] = "complaints.redress_accepted.v1"

    redress_id: str = Field(description="The redress accepted.")


class RedressDeclinedV1(Event):
    """The complainant declined the offer."""

    TOPIC: ClassVar[str] = "complaints.redress_declined.v1"

    redress_id: str = Field(description="The redress declined.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")


EARLIER_EVENTS: tuple[type[Event], ...] = (
    DecisionCommunicatedV1,
    ComplainantAcceptedV1,
    ComplainantRejectedV1,
    ComplainantDidNotReplyV1,
    RedressOfferedV1,
    RedressAcceptedV1,
    RedressDeclinedV1,
)
"""Every earlier version that was released, in the order of the catalogue."""
