"""How a complaint is answered: decision, its approval and its communication (ISO 10002 7.7, 7.8)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from domain.event import Event, Part
from domain.personal import Narrative


class IssueOutcome(Part):
    """What was decided about one issue of the complaint."""

    issue: str = Field(description="Issue decided.")
    outcome: str = Field(description="Code: upheld, partly_upheld, not_upheld or not_determined.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")


class SummaryResolutionAgreed(Event):
    """It was put right at first contact and the complainant agreed (summary path)."""

    TOPIC: ClassVar[str] = "complaints.summary_resolution_agreed.v1"

    resolution_code: str = Field(description="Code of what put it right.")
    agreed_by_complainant: bool = Field(description="Whether the complainant agreed.")
    description: Narrative = Field(default=None, description="What was done, in words.")


class DecisionMade(Event):
    """The organisation settled its answer (ISO 10002 7.7)."""

    TOPIC: ClassVar[str] = "complaints.decision_made.v1"

    outcome: str = Field(description="Code: upheld, partly_upheld, not_upheld or not_determined.")
    issue_outcomes: list[IssueOutcome] = Field(
        default_factory=list, description="Outcome for each issue."
    )
    decision_basis: str | None = Field(
        default=None, description="Code: investigation, summary or review."
    )
    approval_required: bool | None = Field(
        default=None, description="Whether a second person must approve it."
    )
    redress_due: bool | None = Field(
        default=None, description="Whether redress is owed; false is an explicit none."
    )
    no_redress_reason: str | None = Field(
        default=None, description="Code of why an upheld complaint has no redress."
    )
    reasons: Narrative = Field(default=None, description="Reasons in words.")


class DecisionApproved(Event):
    """A second person approved a decision (four eyes)."""

    TOPIC: ClassVar[str] = "complaints.decision_approved.v1"

    decision_event_id: UUID = Field(description="The decision approved.")


class DecisionReturned(Event):
    """The checker sent a decision back; it is decided anew before it is told."""

    TOPIC: ClassVar[str] = "complaints.decision_returned.v1"

    decision_event_id: UUID = Field(description="The decision sent back.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")
    comments: Narrative = Field(default=None, description="What is to be changed, in words.")


class DecisionCommunicated(Event):
    """The complainant was told the decision (ISO 10002 7.8)."""

    TOPIC: ClassVar[str] = "complaints.decision_communicated.v2"

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
    issue_ids: list[str] = Field(
        default_factory=list, description="Points that it answers; none: all that are decided."
    )
    enclosed_letters: list[str] = Field(
        default_factory=list, description="Digests of the filed letters that went with it."
    )


class ComplainantAccepted(Event):
    """The complainant accepted the answer (ISO 10002 7.9)."""

    TOPIC: ClassVar[str] = "complaints.complainant_accepted.v2"

    medium: str | None = Field(default=None, description="Channel code of the reply.")
    redress_ids: list[str] = Field(
        default_factory=list, description="Offers that it is about; none: all that are open."
    )
    issue_ids: list[str] = Field(
        default_factory=list, description="Points that it is about; none: all that are answered."
    )
    party_id: str | None = Field(
        default=None, description="Joint complainant who replied; null: the complainant."
    )


class ComplainantRejected(Event):
    """The complainant rejected the answer; the complaint stays open (ISO 10002 7.9)."""

    TOPIC: ClassVar[str] = "complaints.complainant_rejected.v2"

    medium: str | None = Field(default=None, description="Channel code of the reply.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")
    reasons: Narrative = Field(default=None, description="Reasons in words.")
    redress_ids: list[str] = Field(
        default_factory=list, description="Offers that it is about; none: all that are open."
    )
    issue_ids: list[str] = Field(
        default_factory=list, description="Points that it is about; none: all that are answered."
    )
    party_id: str | None = Field(
        default=None, description="Joint complainant who replied; null: the complainant."
    )


class ComplainantDidNotReply(Event):
    """The window for a reply that the letter named ended without one."""

    TOPIC: ClassVar[str] = "complaints.complainant_did_not_reply.v2"

    window_ended_on: date = Field(description="Last local date of the window.")
    redress_ids: list[str] = Field(
        default_factory=list, description="Offers that it is about; none: all that are open."
    )
    issue_ids: list[str] = Field(
        default_factory=list, description="Points that it is about; none: all that are answered."
    )
    party_id: str | None = Field(
        default=None, description="Joint complainant who replied; null: the complainant."
    )


class SignpostedToEdr(Event):
    """The complainant was told where to go outside, with the notice (ISO 10002 7.9)."""

    TOPIC: ClassVar[str] = "complaints.signposted_to_edr.v1"

    edr_body: str = Field(description="Body outside, code or name.")
    notices: list[str] = Field(default_factory=list, description="Codes of the notices given.")
    medium: str | None = Field(default=None, description="Channel code.")
    refer_by: date | None = Field(default=None, description="Last local date for going there.")
    message: Narrative = Field(default=None, description="Text that was sent or said.")
