"""Redress: offered, accepted, fulfilled and verified are four dates and four amounts (domain 3.6)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from domain.event import Event
from domain.personal import Narrative


class RedressOffered(Event):
    """Something was offered to put it right."""

    TOPIC: ClassVar[str] = "complaints.redress_offered.v2"

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
    issue_ids: list[str] = Field(
        default_factory=list, description="Points that it puts right; none: all that are upheld."
    )


class RedressApproved(Event):
    """A second person approved an offer, within the limit of their authority (INV-10)."""

    TOPIC: ClassVar[str] = "complaints.redress_approved.v1"

    redress_id: str = Field(description="The redress approved.")


class RedressAccepted(Event):
    """The complainant accepted the offer."""

    TOPIC: ClassVar[str] = "complaints.redress_accepted.v2"

    redress_id: str = Field(description="The redress accepted.")
    party_id: str | None = Field(
        default=None, description="Joint complainant who replied; null: the complainant."
    )


class RedressDeclined(Event):
    """The complainant declined the offer."""

    TOPIC: ClassVar[str] = "complaints.redress_declined.v2"

    redress_id: str = Field(description="The redress declined.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")
    party_id: str | None = Field(
        default=None, description="Joint complainant who replied; null: the complainant."
    )


class RedressFulfilled(Event):
    """The redress was carried out or paid."""

    TOPIC: ClassVar[str] = "complaints.redress_fulfilled.v1"

    redress_id: str = Field(description="The redress carried out.")
    amount_minor: int | None = Field(
        default=None, description="Amount paid in minor units; null if not money."
    )
    currency: str | None = Field(default=None, description="ISO 4217 code.")
    payment_ref: str | None = Field(default=None, description="Opaque id of the payment.")


class RedressVerified(Event):
    """Another person checked that the redress reached the complainant."""

    TOPIC: ClassVar[str] = "complaints.redress_verified.v1"

    redress_id: str = Field(description="The redress verified.")
