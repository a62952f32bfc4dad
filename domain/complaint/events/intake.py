"""How a complaint comes in: receipt, acknowledgement, eligibility (ISO 10002 7.2 to 7.4)."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from pydantic import Field

from domain.event import Event
from domain.personal import Identity, Narrative


class ComplaintReceived(Event):
    """Somebody said that they are dissatisfied and an answer is expected (ISO 10002 7.2).

    A null field was not asked; a null field that `unknown_fields` names was asked and not known.
    """

    TOPIC: ClassVar[str] = "complaints.complaint_received.v1"
    OPENS: ClassVar[bool] = True

    reference: str | None = Field(
        default=None, description="Human reference, unique for ever (INV-05)."
    )
    external_id: str | None = Field(
        default=None, description="Opaque id of the complaint in the source system."
    )
    received_on: date = Field(description="Local date of first contact, whichever way it came.")
    received_at: datetime | None = Field(
        default=None, description="Instant of first contact (UTC); null if only the date is known."
    )
    received_zone: str | None = Field(
        default=None, description="IANA time zone in which received_on is a date."
    )
    received_by: str | None = Field(
        default=None, description="Opaque id of who or what took it in."
    )
    aware_on: date | None = Field(
        default=None, description="Local date on which the complainant became aware of the matter."
    )
    incident_on: date | None = Field(
        default=None, description="First local date of the matter complained about."
    )
    incident_until: date | None = Field(
        default=None, description="Last local date of the matter; null if one day or not asked."
    )
    recurring: bool | None = Field(
        default=None, description="Whether the complainant says that it happened before."
    )
    channel: str | None = Field(
        default=None, description="Channel code, for example web, phone, post, e-mail, referral."
    )
    oral: bool | None = Field(default=None, description="True if spoken, false if written.")
    kind: str | None = Field(
        default=None,
        description="Code: complaint, claim, service_request, query or feedback.",
    )
    kind_classified_by: str | None = Field(
        default=None, description="Opaque id of who chose the kind."
    )
    organisation: str | None = Field(
        default=None, description="Organisation complained about, as the source names it."
    )
    legal_entity: str | None = Field(
        default=None, description="Code or name of the responsible legal entity."
    )
    brand: str | None = Field(default=None, description="Brand under which it was sold.")
    org_unit: str | None = Field(default=None, description="Unit or branch concerned.")
    product: str | None = Field(default=None, description="Product, in the source's taxonomy.")
    sub_product: str | None = Field(default=None, description="Kind of product.")
    practice: str | None = Field(
        default=None, description="Practice complained about, for example sale, charge, claim."
    )
    issue: str | None = Field(default=None, description="Issue, in the source's taxonomy.")
    sub_issue: str | None = Field(default=None, description="Finer issue.")
    cause_alleged: str | None = Field(
        default=None, description="Cause code as the complainant sees it."
    )
    complainant_ref: str | None = Field(
        default=None, description="Pseudonym of the complainant, opaque."
    )
    complainant_category: str | None = Field(
        default=None,
        description=(
            "Code: consumer, micro_enterprise, small_business, charity, professional, "
            "prospect or non_customer."
        ),
    )
    complainant_jurisdiction: str | None = Field(
        default=None, description="ISO 3166 code of the complainant's country or region."
    )
    anonymous: bool | None = Field(
        default=None, description="True if the complainant did not say who they are."
    )
    referred_by: str | None = Field(default=None, description="Body that passed the complaint on.")
    remedy_sought: list[str] | None = Field(
        default=None, description="Codes of what would put it right; empty: asked, nothing wanted."
    )
    respond_by: date | None = Field(
        default=None, description="Local date by which an answer was promised or is owed."
    )
    unknown_fields: list[str] = Field(
        default_factory=list,
        description="Names of fields of this event that were asked and are not known.",
    )
    coverage: list[str] | None = Field(
        default=None,
        description="Steps that the source could report; null: every step. The rest is not observable.",
    )
    complainant_name: Identity = Field(default=None, description="Name of the complainant.")
    complainant_contact: Identity = Field(default=None, description="How to reach the complainant.")
    narrative: Narrative = Field(default=None, description="What the complainant said.")
    narrative_characters: int | None = Field(
        default=None, description="Characters of the narrative; null if there is none."
    )
    narrative_lines: int | None = Field(default=None, description="Lines of the narrative.")
    narrative_redactions: int | None = Field(
        default=None, description="Redaction marks (runs of XX or more) in the narrative."
    )
    narrative_mark: bytes | None = Field(
        default=None,
        description="Keyed digest of the narrative; equal text of one subject, equal mark.",
    )


class ComplaintAcknowledged(Event):
    """The complainant was told that the complaint had come in (ISO 10002 7.4)."""

    TOPIC: ClassVar[str] = "complaints.complaint_acknowledged.v1"

    medium: str | None = Field(default=None, description="Channel code of the acknowledgement.")
    content_items: list[str] = Field(
        default_factory=list, description="Codes of what the acknowledgement contained."
    )
    message: Narrative = Field(default=None, description="Text that was sent or said.")


class EligibilityDetermined(Event):
    """It was settled whether the organisation must handle it as a complaint."""

    TOPIC: ClassVar[str] = "complaints.eligibility_determined.v1"

    eligible: bool = Field(description="Whether it will be handled as a complaint.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")
    explanation_sent: bool | None = Field(
        default=None, description="Whether the reason was explained in writing."
    )
    outside_options: list[str] | None = Field(
        default=None, description="Bodies outside that the complainant was told of."
    )
    rationale: Narrative = Field(default=None, description="Reasons in words.")


class ComplaintForwarded(Event):
    """The complaint was passed to the organisation that must answer it."""

    TOPIC: ClassVar[str] = "complaints.complaint_forwarded.v1"

    forwarded_to: str = Field(description="Organisation it was passed to.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")
    complainant_told: bool | None = Field(
        default=None, description="Whether the complainant was told."
    )
    keeps_part: bool | None = Field(
        default=None, description="Whether the forwarder goes on answering a part."
    )
