"""Commands of handling: assess, act at once, assign, investigate, tell news (7.3 to 7.6)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from pydantic import Field

from domain.complaint.commands.command import (
    Command,
    CommandSpec,
    allow,
    draft,
    on_record,
    said_in,
    save,
)
from domain.complaint.events.handling import (
    ComplaintAssigned,
    FindingRecorded,
    ImmediateActionTaken,
    InitialAssessmentMade,
    InvestigationCompleted,
    InvestigationOpened,
    ProgressUpdateSent,
)
from domain.complaint.guards.moments import not_earlier
from domain.complaint.guards.standing import (
    assessed,
    contactable,
    every_issue_has_a_finding,
    investigating,
    named,
    not_closed,
    not_investigating,
)
from domain.complaint.guards.values import known_code, on_scale, present
from domain.personal import PlaintextField

if TYPE_CHECKING:
    from domain.complaint.state import ComplaintState
    from domain.event import Event


class AssessComplaint(Command):
    """Judge the six parameters of ISO 10002 7.5, for the first time or anew."""

    severity: int | None = said_in(InitialAssessmentMade, "severity")
    safety: bool | None = said_in(InitialAssessmentMade, "safety")
    safety_kind: str | None = said_in(InitialAssessmentMade, "safety_kind")
    complexity: int | None = said_in(InitialAssessmentMade, "complexity")
    impact: int | None = said_in(InitialAssessmentMade, "impact")
    immediate_action_needed: bool | None = said_in(InitialAssessmentMade, "immediate_action_needed")
    immediate_action_possible: bool | None = said_in(
        InitialAssessmentMade, "immediate_action_possible"
    )
    formula_version: str | None = said_in(InitialAssessmentMade, "formula_version")
    rationale: PlaintextField | None = said_in(InitialAssessmentMade, "rationale")
    immediate_action_code: str | None = Field(
        default=None, description="Code of what was done at once; recorded with the assessment."
    )


def decide_assess(state: ComplaintState | None, command: AssessComplaint) -> tuple[Event, ...]:
    """Judge all six parameters; where safety is concerned, with a decision on acting at once."""
    case = on_record("assess", state, command)
    undecided = None
    acted = case.immediate_action or command.immediate_action_code
    if command.safety is True and acted is None:
        undecided = (
            f"{named(case)} concerns safety and nobody decided yet what to do at "
            "once; say it with --immediate-action-code, none_needed and refused are codes too"
        )
    allow(
        "assess",
        case,
        command,
        not_closed(case),
        present(
            severity=command.severity,
            safety=command.safety,
            complexity=command.complexity,
            impact=command.impact,
            immediate_action_needed=command.immediate_action_needed,
            immediate_action_possible=command.immediate_action_possible,
        ),
        on_scale("severity", command.severity),
        on_scale("complexity", command.complexity),
        on_scale("impact", command.impact),
        undecided,
        known_code("immediate_action_code", command.immediate_action_code, "action_code"),
    )
    drafts = [draft(InitialAssessmentMade, command)]
    if command.immediate_action_code is not None:
        code = command.immediate_action_code
        drafts.append(draft(ImmediateActionTaken, command, action_code=code))
    return save(case, command, *drafts)


class TakeImmediateAction(Command):
    """Record what was done at once to stop harm or put it right."""

    action_code: str = said_in(ImmediateActionTaken, "action_code")
    description: PlaintextField | None = said_in(ImmediateActionTaken, "description")


def decide_immediate_action(
    state: ComplaintState | None, command: TakeImmediateAction
) -> tuple[Event, ...]:
    """Act at once at any time before closing, even before the assessment."""
    case = on_record("take-immediate-action", state, command)
    allow(
        "take-immediate-action",
        case,
        command,
        not_closed(case),
        known_code("action_code", command.action_code),
    )
    return save(case, command, draft(ImmediateActionTaken, command))


class AssignComplaint(Command):
    """Make somebody responsible; clocks do not move."""

    owner: str = said_in(ComplaintAssigned, "owner")
    owner_role: str | None = said_in(ComplaintAssigned, "owner_role")
    team: str | None = said_in(ComplaintAssigned, "team")
    reason_code: str | None = said_in(ComplaintAssigned, "reason_code")


def decide_assign(state: ComplaintState | None, command: AssignComplaint) -> tuple[Event, ...]:
    """Assign an open complaint, for the first time or anew."""
    case = on_record("assign", state, command)
    allow("assign", case, command, not_closed(case))
    return save(case, command, draft(ComplaintAssigned, command))


class OpenInvestigation(Command):
    """Begin to look into the circumstances."""

    investigator: str | None = said_in(InvestigationOpened, "investigator")
    depth: str | None = said_in(InvestigationOpened, "depth")
    plan: PlaintextField | None = said_in(InvestigationOpened, "plan")


def decide_open_investigation(
    state: ComplaintState | None, command: OpenInvestigation
) -> tuple[Event, ...]:
    """Investigate what was assessed, one investigation at a time."""
    case = on_record("open-investigation", state, command)
    allow(
        "open-investigation",
        case,
        command,
        not_closed(case),
        assessed(case),
        not_investigating(case),
    )
    return save(case, command, draft(InvestigationOpened, command))


class RecordFinding(Command):
    """Record what the investigation established about one issue."""

    finding_issue: str | None = Field(
        default=None, description="Issue that the finding is about; left out: the receipt's issue."
    )
    finding: str = said_in(FindingRecorded, "finding")
    basis: PlaintextField | None = said_in(FindingRecorded, "basis")


def decide_record_finding(
    state: ComplaintState | None, command: RecordFinding
) -> tuple[Event, ...]:
    """Find something about an issue while the investigation is open."""
    case = on_record("record-finding", state, command)
    issue = command.finding_issue or (case.receipt.issue if case.receipt is not None else None)
    allow(
        "record-finding",
        case,
        command,
        not_closed(case),
        investigating(case),
        present(finding_issue=issue),
        known_code("finding", command.finding),
    )
    return save(case, command, draft(FindingRecorded, command, finding_issue=issue))


class CompleteInvestigation(Command):
    """End the investigation."""

    cause_found: str | None = said_in(InvestigationCompleted, "cause_found")
    systemic: bool | None = said_in(InvestigationCompleted, "systemic")
    also_affects_others: bool | None = said_in(InvestigationCompleted, "also_affects_others")
    summary: PlaintextField | None = said_in(InvestigationCompleted, "summary")


def decide_complete_investigation(
    state: ComplaintState | None, command: CompleteInvestigation
) -> tuple[Event, ...]:
    """End an open investigation when each issue has a finding."""
    case = on_record("complete-investigation", state, command)
    allow(
        "complete-investigation",
        case,
        command,
        not_closed(case),
        investigating(case),
        every_issue_has_a_finding(case),
    )
    return save(case, command, draft(InvestigationCompleted, command))


class SendProgressUpdate(Command):
    """Tell the complainant how far it is."""

    medium: str | None = said_in(ProgressUpdateSent, "medium")
    reason_code: str | None = said_in(ProgressUpdateSent, "reason_code")
    next_update_by: date | None = said_in(ProgressUpdateSent, "next_update_by")
    message: PlaintextField | None = said_in(ProgressUpdateSent, "message")


def decide_progress_update(
    state: ComplaintState | None, command: SendProgressUpdate
) -> tuple[Event, ...]:
    """Tell news to somebody who can be reached, before closing."""
    case = on_record("send-progress-update", state, command)
    allow(
        "send-progress-update",
        case,
        command,
        not_closed(case),
        contactable(case),
        known_code("medium", command.medium),
        not_earlier(
            command.next_update_by,
            command.occurred_on,
            later_name="next_update_by",
            earlier_name="occurred_on",
        ),
    )
    return save(case, command, draft(ProgressUpdateSent, command))


HANDLING: Final = (
    CommandSpec(
        "assess",
        AssessComplaint,
        decide_assess,
        "Judge severity, safety, complexity, impact and immediate action.",
        "complaints case assess C-17 --severity 3 --no-safety --complexity 2 --impact 2 "
        "--no-immediate-action-needed --immediate-action-possible",
    ),
    CommandSpec(
        "take-immediate-action",
        TakeImmediateAction,
        decide_immediate_action,
        "Record what was done at once.",
        "complaints case take-immediate-action C-17 --action-code stopped_charge",
    ),
    CommandSpec(
        "assign",
        AssignComplaint,
        decide_assign,
        "Make somebody responsible.",
        "complaints case assign C-17 --owner staff-12",
    ),
    CommandSpec(
        "open-investigation",
        OpenInvestigation,
        decide_open_investigation,
        "Begin to look into it.",
        "complaints case open-investigation C-17 --investigator staff-12",
    ),
    CommandSpec(
        "record-finding",
        RecordFinding,
        decide_record_finding,
        "Record what was established about an issue.",
        "complaints case record-finding C-17 --finding substantiated "
        "--finding-issue 'late delivery'",
    ),
    CommandSpec(
        "complete-investigation",
        CompleteInvestigation,
        decide_complete_investigation,
        "End the investigation.",
        "complaints case complete-investigation C-17 --cause-found process.hand_off",
    ),
    CommandSpec(
        "send-progress-update",
        SendProgressUpdate,
        decide_progress_update,
        "Tell the complainant how far it is.",
        "complaints case send-progress-update C-17 --medium email --next-update-by 2024-06-14",
    ),
)
