"""How it is looked at and kept in bounds: classes, regimes, restrictions, charges (3.5, 4.8)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from domain.event import Event
from domain.personal import Narrative


class ComplaintClassified(Event):
    """Kind, product and issue were settled in a taxonomy of its version."""

    TOPIC: ClassVar[str] = "complaints.complaint_classified.v1"

    kind: str | None = Field(
        default=None, description="Code: complaint, claim, service_request, query or feedback."
    )
    taxonomy: str = Field(description="Name of the taxonomy.")
    taxonomy_version: str | None = Field(default=None, description="Its version.")
    product: str | None = Field(default=None, description="Product, in that taxonomy.")
    issue: str | None = Field(default=None, description="Issue, in that taxonomy.")
    issue_id: str | None = Field(default=None, description="The issue that was classified.")


class ReclassifiedAsNotComplaint(Event):
    """It turned out to be something else; the complainant is told."""

    TOPIC: ClassVar[str] = "complaints.reclassified_as_not_complaint.v1"

    kind: str = Field(description="Code: claim, service_request, query or feedback.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")
    complainant_told: bool | None = Field(
        default=None, description="Whether the complainant was told."
    )
    rationale: Narrative = Field(default=None, description="Reasons in words.")


class RegimeAssigned(Event):
    """The rules that apply were named, as decided by a person; verdicts are derived."""

    TOPIC: ClassVar[str] = "complaints.regime_assigned.v1"

    regimes: list[str] = Field(description="Names of the policy packs.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")


class SignificantComplaintEscalated(Event):
    """A serious case was told to top management at once (ISO 10002 5.4)."""

    TOPIC: ClassVar[str] = "complaints.significant_complaint_escalated.v1"

    significance_code: str = Field(description="Code of what makes it serious.")
    told: str = Field(description="Opaque id or role of who was told.")


class ContactRestrictionImposed(Event):
    """Contact was limited because of conduct; the complaint is still decided on its merits."""

    TOPIC: ClassVar[str] = "complaints.contact_restriction_imposed.v1"

    restriction_id: str = Field(description="Opaque id of the restriction within its complaint.")
    restriction_kind: str = Field(description="Code of how contact is limited.")
    conduct_kind: str = Field(description="Code of the conduct.")
    review_by: date | None = Field(
        default=None, description="Local date by which it is looked at again."
    )
    ends_on: date | None = Field(default=None, description="Last local date of the restriction.")
    approved_by: str | None = Field(
        default=None, description="Opaque id of the senior person who decided it."
    )
    told_in_writing: bool | None = Field(
        default=None, description="Whether the complainant was told in writing, with the appeal."
    )
    grounds: Narrative = Field(default=None, description="Grounds in words.")


class ContactRestrictionReviewed(Event):
    """A restriction was looked at and goes on."""

    TOPIC: ClassVar[str] = "complaints.contact_restriction_reviewed.v1"

    restriction_id: str = Field(description="The restriction reviewed.")
    review_by: date | None = Field(
        default=None, description="Local date by which it is looked at again."
    )
    grounds: Narrative = Field(default=None, description="Grounds in words.")


class ContactRestrictionLifted(Event):
    """A restriction ended; its interval stays visible."""

    TOPIC: ClassVar[str] = "complaints.contact_restriction_lifted.v1"

    restriction_id: str = Field(description="The restriction that ended.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")


class ChargeRecorded(Event):
    """The complainant was charged for complaining, which must never be (INV-14)."""

    TOPIC: ClassVar[str] = "complaints.charge_recorded.v1"

    charge_id: str = Field(description="Opaque id of the charge within its complaint.")
    amount_minor: int = Field(description="Amount charged in minor units.")
    currency: str = Field(description="ISO 4217 code.")
    charge_kind: str | None = Field(default=None, description="Code of what it was charged for.")


class ChargeRefunded(Event):
    """A charge was paid back; that it was made stays a breach."""

    TOPIC: ClassVar[str] = "complaints.charge_refunded.v1"

    charge_id: str = Field(description="The charge paid back.")
    amount_minor: int = Field(description="Amount paid back in minor units.")
    currency: str = Field(description="ISO 4217 code.")
