"""The course of a complaint: escalation, closing, reopening, withdrawal, correction (ISO 10002 7.9)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from domain.event import Event
from domain.personal import Narrative


class EscalatedInternally(Event):
    """The complaint went to internal review at somebody's request: the stage moves."""

    TOPIC: ClassVar[str] = "complaints.escalated_internally.v1"

    requested_by: str | None = Field(
        default=None, description="Code: complainant, representative or procedure."
    )
    reviewer: str | None = Field(
        default=None, description="Opaque id of who reviews; not the first decider (INV-11)."
    )
    reason_code: str | None = Field(default=None, description="Code of the reason.")
    reasons: Narrative = Field(default=None, description="Reasons in words.")


class EscalatedExternally(Event):
    """The complaint went to a body outside: the stage moves (ISO 10003)."""

    TOPIC: ClassVar[str] = "complaints.escalated_externally.v1"

    edr_body: str = Field(description="Body outside, code or name.")
    edr_ref: str | None = Field(default=None, description="Opaque reference of the case there.")
    requested_by: str | None = Field(
        default=None, description="Code: complainant, representative or procedure."
    )
    consent: bool | None = Field(
        default=None,
        description="Whether the complainant consented, if the organisation referred it.",
    )


class AttentionRaised(Event):
    """Somebody higher in the line was told: attention moves, nothing else does (DESIGN 3)."""

    TOPIC: ClassVar[str] = "complaints.attention_raised.v1"

    level: int = Field(description="Level told, 1 (team lead) to 5 (board).")
    told: str | None = Field(default=None, description="Opaque id or role of who was told.")
    reason_code: str | None = Field(
        default=None,
        description="Code: deadline_risk, severity, safety, value, legal, media, repeat or systemic.",
    )


class ComplaintClosed(Event):
    """The organisation ended its handling (ISO 10002 7.9)."""

    TOPIC: ClassVar[str] = "complaints.complaint_closed.v1"

    closure_basis: str = Field(
        description=(
            "Code: summary_resolved, accepted, no_reply_after_final, edr_settled, edr_determined, "
            "withdrawn, ineligible, forwarded, merged, not_a_complaint, court or time_barred."
        )
    )
    note: Narrative = Field(default=None, description="Note in words.")


class ComplaintReopened(Event):
    """A closed complaint is being handled again; both intervals stay visible (INV-25)."""

    TOPIC: ClassVar[str] = "complaints.complaint_reopened.v1"

    reason_code: str = Field(
        description=(
            "Code: new_evidence, redress_failed, complainant_disputes, closed_in_error, "
            "edr_referral or regulator_order."
        )
    )
    note: Narrative = Field(default=None, description="Note in words.")


class ComplaintWithdrawn(Event):
    """The complainant took the complaint back; not a resolution."""

    TOPIC: ClassVar[str] = "complaints.complaint_withdrawn.v1"

    withdrawn_by: str = Field(description="Code: complainant or representative (INV-22).")
    reason_code: str | None = Field(default=None, description="Code of the reason.")
    confirmed_in_writing: bool | None = Field(
        default=None, description="Whether it was confirmed in writing."
    )


class CorrectionRecorded(Event):
    """A field of the receipt was corrected; the earlier value stays in its event (INV-01)."""

    TOPIC: ClassVar[str] = "complaints.correction_recorded.v1"

    target_event_id: UUID | None = Field(
        default=None, description="The event corrected; null: the receipt."
    )
    corrected_field: str = Field(description="Name of the field corrected.")
    new_value: str | None = Field(
        default=None,
        description=(
            "The value from now on as canonical text: ISO date or instant, true or false, digits, "
            "a code; items of a list one per line; null: not asked, or see unknown."
        ),
    )
    unknown: bool = Field(default=False, description="True if it was asked and is not known.")
    new_personal_value: Narrative = Field(
        default=None, description="The value from now on, if the field is personal data."
    )
    reason_code: str = Field(description="Code of the reason.")
    approved_by: str | None = Field(
        default=None, description="Opaque id of the second person, for dates that move a clock."
    )
