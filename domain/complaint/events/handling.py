"""How a complaint is worked on: assessment, assignment, investigation (ISO 10002 7.3, 7.5, 7.6)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from domain.event import Event
from domain.personal import Narrative


class InitialAssessmentMade(Event):
    """The six parameters of ISO 10002 7.5 were judged; a later one is a re-assessment."""

    TOPIC: ClassVar[str] = "complaints.initial_assessment_made.v1"

    severity: int | None = Field(default=None, description="Harm if true, 1 to 5.")
    safety: bool | None = Field(default=None, description="Whether safety is concerned.")
    safety_kind: str | None = Field(default=None, description="Code of the kind of danger.")
    complexity: int | None = Field(default=None, description="1 to 5.")
    impact: int | None = Field(default=None, description="People, money and duration, 1 to 5.")
    immediate_action_needed: bool | None = Field(
        default=None, description="Whether something must be done at once."
    )
    immediate_action_possible: bool | None = Field(
        default=None, description="Whether something can be done at once."
    )
    formula_version: str | None = Field(
        default=None, description="Version of the formula that derives the priority."
    )
    rationale: Narrative = Field(default=None, description="Reasons in words.")


class ImmediateActionTaken(Event):
    """Something was done at once to stop harm or put it right (ISO 10002 7.2, 7.5)."""

    TOPIC: ClassVar[str] = "complaints.immediate_action_taken.v1"

    action_code: str = Field(
        description="Code of what was done; none_needed and refused are codes too."
    )
    description: Narrative = Field(default=None, description="What was done, in words.")


class ComplaintAssigned(Event):
    """Somebody became responsible for the complaint; clocks do not move."""

    TOPIC: ClassVar[str] = "complaints.complaint_assigned.v1"

    owner: str = Field(description="Opaque id of who is responsible from now on.")
    owner_role: str | None = Field(default=None, description="Role of the owner.")
    team: str | None = Field(default=None, description="Code of the team.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")


class InvestigationOpened(Event):
    """Somebody began to look into the circumstances (ISO 10002 7.6)."""

    TOPIC: ClassVar[str] = "complaints.investigation_opened.v1"

    investigator: str | None = Field(
        default=None, description="Opaque id of the investigator; null: the actor."
    )
    depth: str | None = Field(default=None, description="Code of the depth.")
    plan: Narrative = Field(default=None, description="What will be looked into.")


class FindingRecorded(Event):
    """The investigation established something about one issue."""

    TOPIC: ClassVar[str] = "complaints.finding_recorded.v1"

    finding_issue: str = Field(description="Issue that the finding is about.")
    finding: str = Field(
        description="Code: substantiated, partly_substantiated, not_substantiated, not_determinable."
    )
    basis: Narrative = Field(default=None, description="What it rests on.")


class InvestigationCompleted(Event):
    """The investigation ended (ISO 10002 7.6)."""

    TOPIC: ClassVar[str] = "complaints.investigation_completed.v1"

    cause_found: str | None = Field(default=None, description="Cause code that was found.")
    systemic: bool | None = Field(default=None, description="Whether it may happen to others.")
    also_affects_others: bool | None = Field(
        default=None, description="Whether others are known to be affected."
    )
    summary: Narrative = Field(default=None, description="What was found, in words.")


class ProgressUpdateSent(Event):
    """The complainant was told how far it is (ISO 10002 7.3)."""

    TOPIC: ClassVar[str] = "complaints.progress_update_sent.v1"

    medium: str | None = Field(default=None, description="Channel code.")
    reason_code: str | None = Field(default=None, description="Code of the reason for the wait.")
    next_update_by: date | None = Field(
        default=None, description="Local date by which the next news was promised."
    )
    message: Narrative = Field(default=None, description="Text that was sent or said.")
