"""Commands of the answer: decide, approve, communicate, record the reply, signpost (7.7 to 7.9)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from pydantic import Field

from domain.codes import OUTCOME
from domain.complaint.commands.command import (
    Command,
    CommandSpec,
    allow,
    draft,
    on_record,
    said_in,
    save,
)
from domain.complaint.commands.replies import REPLIES
from domain.complaint.events.decision import (
    DecisionApproved,
    DecisionCommunicated,
    DecisionMade,
    IssueOutcome,
    SignpostedToEdr,
    SummaryResolutionAgreed,
)
from domain.complaint.guards.answer import (
    approvable,
    basis_holds,
    communicable,
    decision_named,
    first_answer,
    not_a_first_decider,
)
from domain.complaint.guards.moments import not_earlier
from domain.complaint.guards.points import every_point_decided, points_decided
from domain.complaint.guards.standing import contactable, named, next_step, not_closed
from domain.complaint.guards.values import known_code, present
from domain.personal import PlaintextField

if TYPE_CHECKING:
    from domain.complaint.state import ComplaintState
    from domain.event import Event


class ResolveSummarily(Command):
    """Put it right at first contact, with the complainant's agreement."""

    resolution_code: str = said_in(SummaryResolutionAgreed, "resolution_code")
    agreed_by_complainant: bool = said_in(SummaryResolutionAgreed, "agreed_by_complainant")
    description: PlaintextField | None = said_in(SummaryResolutionAgreed, "description")


def decide_resolve_summarily(
    state: ComplaintState | None, command: ResolveSummarily
) -> tuple[Event, ...]:
    """Take the summary path if the complainant agrees; otherwise the complaint is assessed."""
    case = on_record("resolve-summarily", state, command)
    disagreed = None
    if not command.agreed_by_complainant:
        disagreed = (
            f"the complainant of {named(case)} did not agree; assess the complaint instead "
            f"{next_step(case, 'assess')}"
        )
    allow(
        "resolve-summarily",
        case,
        command,
        not_closed(case),
        first_answer(case),
        disagreed,
        known_code("resolution_code", command.resolution_code),
    )
    return save(case, command, draft(SummaryResolutionAgreed, command))


class DecideComplaint(Command):
    """Settle the answer."""

    outcome: str = said_in(DecisionMade, "outcome")
    issue_outcomes: list[str] = Field(
        default_factory=list,
        description="Outcome for each issue, written 'issue=outcome' or 'issue=outcome:reason'.",
    )
    decision_basis: str | None = Field(
        default=None,
        description="Code: investigation, summary or review; left out: by the stage.",
    )
    approval_required: bool | None = said_in(DecisionMade, "approval_required")
    redress_due: bool | None = said_in(DecisionMade, "redress_due")
    no_redress_reason: str | None = said_in(DecisionMade, "no_redress_reason")
    reasons: PlaintextField | None = said_in(DecisionMade, "reasons")


def decide_decision(state: ComplaintState | None, command: DecideComplaint) -> tuple[Event, ...]:
    """Decide with reasons on a basis that holds; a review is decided by somebody else."""
    case = on_record("decide", state, command)
    in_review = case.stage == "internal_review"
    basis = command.decision_basis or ("review" if in_review else "investigation")
    outcomes = [_issue_outcome(text) for text in command.issue_outcomes]
    unreasoned = None
    upheld = command.outcome in {"upheld", "partly_upheld"}
    if upheld and command.redress_due is False:
        unreasoned = present(no_redress_reason=command.no_redress_reason)
    allow(
        "decide",
        case,
        command,
        not_closed(case),
        known_code("outcome", command.outcome),
        known_code("decision_basis", command.decision_basis),
        *(_well_formed(outcome) for outcome in outcomes),
        *every_point_decided(case, [each.issue for each in outcomes if each is not None]),
        *basis_holds(case, basis),
        not_a_first_decider(case, command.actor, "reviewer") if in_review else None,
        present(reasons=command.reasons),
        unreasoned,
    )
    made = draft(DecisionMade, command, decision_basis=basis, issue_outcomes=outcomes)
    return save(case, command, made)


def _issue_outcome(text: str) -> IssueOutcome | None:
    issue, equals, answer = text.rpartition("=")
    outcome, _, reason = answer.partition(":")
    if not issue or not equals:
        return None
    return IssueOutcome(issue=issue, outcome=outcome, reason_code=reason or None)


def _well_formed(outcome: IssueOutcome | None) -> str | None:
    if outcome is not None and outcome.outcome in OUTCOME:
        return None
    return (
        "an issue outcome cannot be read; write 'issue=outcome' with an outcome of "
        f"{', '.join(OUTCOME)}"
    )


class ApproveDecision(Command):
    """Approve a decision as the second person."""

    decision_event_id: UUID | None = Field(
        default=None, description="The decision approved; left out: the last one."
    )


def decide_approve(state: ComplaintState | None, command: ApproveDecision) -> tuple[Event, ...]:
    """Approve once, before the decision is told, and never one's own."""
    case = on_record("approve-decision", state, command)
    allow(
        "approve-decision",
        case,
        command,
        not_closed(case),
        *approvable(case, command.decision_event_id, command.actor),
    )
    decision = decision_named(case, command.decision_event_id)
    approved = None if decision is None else decision.event_id
    return save(case, command, draft(DecisionApproved, command, decision_event_id=approved))


class CommunicateDecision(Command):
    """Tell the complainant the decision."""

    decision_event_id: UUID | None = Field(
        default=None, description="The decision communicated; left out: the last one."
    )
    medium: str | None = said_in(DecisionCommunicated, "medium")
    content_items: list[str] = said_in(DecisionCommunicated, "content_items")
    notices: list[str] = said_in(DecisionCommunicated, "notices")
    language: str | None = said_in(DecisionCommunicated, "language")
    reply_by: date | None = said_in(DecisionCommunicated, "reply_by")
    issue_ids: list[str] = said_in(DecisionCommunicated, "issue_ids")
    enclosed_letters: list[str] = said_in(DecisionCommunicated, "enclosed_letters")
    message: PlaintextField | None = said_in(DecisionCommunicated, "message")


def decide_communicate(
    state: ComplaintState | None, command: CommunicateDecision
) -> tuple[Event, ...]:
    """Tell a decision once, after the approval that it needs, to somebody who can be reached."""
    case = on_record("communicate-decision", state, command)
    allow(
        "communicate-decision",
        case,
        command,
        not_closed(case),
        contactable(case),
        *communicable(case, command.decision_event_id),
        *points_decided(case, command.issue_ids),
        known_code("medium", command.medium),
        not_earlier(
            command.reply_by,
            command.occurred_on,
            later_name="reply_by",
            earlier_name="occurred_on",
        ),
    )
    decision = decision_named(case, command.decision_event_id)
    told = None if decision is None else decision.event_id
    return save(case, command, draft(DecisionCommunicated, command, decision_event_id=told))


class SignpostComplainant(Command):
    """Tell the complainant where to go outside, with the notice."""

    edr_body: str = said_in(SignpostedToEdr, "edr_body")
    notices: list[str] = said_in(SignpostedToEdr, "notices")
    medium: str | None = said_in(SignpostedToEdr, "medium")
    refer_by: date | None = said_in(SignpostedToEdr, "refer_by")
    message: PlaintextField | None = said_in(SignpostedToEdr, "message")


def decide_signpost(
    state: ComplaintState | None, command: SignpostComplainant
) -> tuple[Event, ...]:
    """Signpost with a notice, to somebody who can be reached."""
    case = on_record("signpost", state, command)
    allow(
        "signpost",
        case,
        command,
        not_closed(case),
        contactable(case),
        present(edr_body=command.edr_body, notices=command.notices),
        known_code("medium", command.medium),
        not_earlier(
            command.refer_by,
            command.occurred_on,
            later_name="refer_by",
            earlier_name="occurred_on",
        ),
    )
    return save(case, command, draft(SignpostedToEdr, command))


DECISION: Final = (
    CommandSpec(
        "resolve-summarily",
        ResolveSummarily,
        decide_resolve_summarily,
        "Put it right at first contact, with the complainant's agreement.",
        "complaints case resolve-summarily C-17 --resolution-code R04 --agreed-by-complainant",
    ),
    CommandSpec(
        "decide",
        DecideComplaint,
        decide_decision,
        "Settle the answer.",
        "complaints case decide C-17 --outcome upheld --reasons 'the parcel came late'",
    ),
    CommandSpec(
        "approve-decision",
        ApproveDecision,
        decide_approve,
        "Approve a decision as the second person.",
        "complaints case approve-decision C-17",
    ),
    CommandSpec(
        "communicate-decision",
        CommunicateDecision,
        decide_communicate,
        "Tell the complainant the decision.",
        "complaints case communicate-decision C-17 --medium post --reply-by 2024-07-31",
    ),
    *REPLIES,
    CommandSpec(
        "signpost",
        SignpostComplainant,
        decide_signpost,
        "Tell the complainant where to go outside.",
        "complaints case signpost C-17 --edr-body ombudsman --notices N02",
    ),
)
