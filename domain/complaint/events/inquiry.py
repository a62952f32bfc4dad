"""What is found and learned: issues, staff heard, causes, actions, quality (7.6, 8.2, annex D)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from domain.event import Event
from domain.personal import Narrative


class IssueRaised(Event):
    """A point of the complaint that asks for an answer of its own."""

    TOPIC: ClassVar[str] = "complaints.issue_raised.v1"

    issue_id: str = Field(description="Opaque id of the issue within its complaint.")
    issue: str = Field(description="Issue, in the source's taxonomy.")
    sub_issue: str | None = Field(default=None, description="Finer issue.")
    issue_from: str | None = Field(
        default=None, description="Opaque id of who raised it; null: the complainant."
    )
    statement: Narrative = Field(default=None, description="The point in words.")


class IssueAmended(Event):
    """A point was put differently; the earlier wording stays in its event."""

    TOPIC: ClassVar[str] = "complaints.issue_amended.v1"

    issue_id: str = Field(description="The issue amended.")
    issue: str = Field(description="Issue, in the source's taxonomy.")
    sub_issue: str | None = Field(default=None, description="Finer issue.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")
    statement: Narrative = Field(default=None, description="The point in words.")


class IssueEnded(Event):
    """A point ended without a finding on it: settled, withdrawn or not ours to decide."""

    TOPIC: ClassVar[str] = "complaints.issue_ended.v1"

    issue_id: str = Field(description="The point that ended; issue-0 is the receipt's own issue.")
    issue_ending: str = Field(description="Code of how it ended.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")
    explanation: Narrative = Field(default=None, description="How it ended, in words.")


class SubjectInformed(Event):
    """A member of staff complained about was told, fully and at once (annex D)."""

    TOPIC: ClassVar[str] = "complaints.subject_informed.v1"

    subject_id: str = Field(description="Opaque id of the member of staff.")
    medium: str | None = Field(default=None, description="Channel code.")


class SubjectStatementTaken(Event):
    """A member of staff complained about was heard; discipline is no matter of this log (INV-19)."""

    TOPIC: ClassVar[str] = "complaints.subject_statement_taken.v1"

    subject_id: str = Field(description="The member of staff who was heard.")
    statement: Narrative = Field(default=None, description="What they said.")


class RootCauseRecorded(Event):
    """Why it happened, as found; apart from what the complainant says (domain.md 3.8)."""

    TOPIC: ClassVar[str] = "complaints.root_cause_recorded.v1"

    cause_id: str = Field(description="Opaque id of the cause within its complaint.")
    cause_code: str = Field(description="Code of the kind of cause.")
    cause_detail: str | None = Field(default=None, description="Finer code, in the house's list.")
    cause_confidence: str | None = Field(default=None, description="Code: low, medium or high.")
    issue_id: str | None = Field(default=None, description="The issue that it caused.")
    systemic: bool | None = Field(default=None, description="Whether the cause is systemic.")
    also_affects_others: bool | None = Field(
        default=None, description="Whether others who did not complain are affected."
    )
    no_action_reason: str | None = Field(
        default=None, description="Code of why nothing is done about it."
    )
    explanation: Narrative = Field(default=None, description="The cause in words.")


class ActionRaised(Event):
    """Something is to be done about a cause (ISO 10002 8.7)."""

    TOPIC: ClassVar[str] = "complaints.action_raised.v1"

    action_id: str = Field(description="Opaque id of the action within its complaint.")
    cause_id: str | None = Field(default=None, description="The cause that it is about.")
    action_kind: str = Field(description="Code of what is to be done.")
    action_owner: str | None = Field(default=None, description="Opaque id of who must do it.")
    due_on: date | None = Field(default=None, description="Local date by which it is wanted.")
    description: Narrative = Field(default=None, description="What is to be done, in words.")


class ActionImplemented(Event):
    """An action was carried out; whether it helps is another question."""

    TOPIC: ClassVar[str] = "complaints.action_implemented.v1"

    action_id: str = Field(description="The action carried out.")


class ActionEffectivenessVerified(Event):
    """Somebody looked whether the action took the cause away."""

    TOPIC: ClassVar[str] = "complaints.action_effectiveness_verified.v1"

    action_id: str = Field(description="The action whose effect was looked at.")
    effective: bool = Field(description="Whether the cause is gone.")


class PromiseBreachLinked(Event):
    """The complaint is about a promise that was in force and not kept (ISO 10001)."""

    TOPIC: ClassVar[str] = "complaints.promise_breach_linked.v1"

    promise_ref: str = Field(description="Code of the promise.")
    promise_version: str | None = Field(
        default=None, description="Version in force on the day of the incident."
    )
    breached_on: date | None = Field(default=None, description="Local date of the breach.")


class QaSampleDrawn(Event):
    """The complaint was drawn into a sample of quality control (annex D)."""

    TOPIC: ClassVar[str] = "complaints.qa_sample_drawn.v1"

    sample_id: str = Field(description="Opaque id of the sample.")
    sampling_rule: str | None = Field(default=None, description="Code of how it was drawn.")


class QaSampleScored(Event):
    """Its handling was judged; the outcome of the complaint is not touched."""

    TOPIC: ClassVar[str] = "complaints.qa_sample_scored.v1"

    sample_id: str = Field(description="The sample.")
    score: int = Field(description="Points of 100.")
    defects: list[str] = Field(default_factory=list, description="Codes of what was wanting.")
