"""How each event moves the facets of a complaint, one small function per event.

A fact is held as it came, in any order and against every rule of the life cycle: nothing
here refuses, and nothing reads a facet but the one that it moves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from domain.complaint import events as e
from domain.complaint import redress_moves
from domain.complaint.corrections import corrected
from domain.complaint.facets.answer import Communication, Decision, Reply, Signpost
from domain.complaint.facets.course import Closure, Forwarding, SourceReport
from domain.complaint.facets.handling import Assessment, Eligibility, Ownership
from domain.complaint.points import RECEIPTS_OWN
from domain.complaint.state import ComplaintState
from domain.complaint.strands import STRAND_OF, moved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from domain.complaint.facets.answer import ReplyKind
    from domain.event import Event

    Move = Callable[[ComplaintState, Any], ComplaintState]


def evolve(state: ComplaintState | None, event: Event) -> ComplaintState:
    """Return the state after `event`; an event that no facet knows is only counted."""
    before = ComplaintState(stream_id=event.stream_id) if state is None else state
    counted = replace(before, version=before.version + 1)
    move = MOVES.get(type(event))
    return counted if move is None else move(counted, event)


def history(events: Iterable[Event]) -> ComplaintState | None:
    """Return the state after `events`; null if there are none."""
    state: ComplaintState | None = None
    for event in events:
        state = evolve(state, event)
    return state


def _received(state: ComplaintState, event: e.ComplaintReceived) -> ComplaintState:
    if state.receipt is not None:
        return state
    named = () if event.issue is None else ((RECEIPTS_OWN, event.issue),)
    return replace(state, receipt=event, issue_texts=(*state.issue_texts, *named))


def _acknowledged(state: ComplaintState, event: e.ComplaintAcknowledged) -> ComplaintState:
    return replace(state, acknowledged_on=event.occurred_on)


def _eligibility(state: ComplaintState, event: e.EligibilityDetermined) -> ComplaintState:
    facet = Eligibility(event.eligible, event.reason_code, state.version)
    return replace(state, eligibility=facet)


def _forwarded(state: ComplaintState, event: e.ComplaintForwarded) -> ComplaintState:
    facet = Forwarding(
        event.forwarded_to, keeps_part=event.keeps_part is True, version=state.version
    )
    return replace(state, forwarding=facet)


def _assessed(state: ComplaintState, event: e.InitialAssessmentMade) -> ComplaintState:
    facet = Assessment(
        severity=event.severity,
        safety=event.safety,
        complexity=event.complexity,
        impact=event.impact,
        immediate_action_needed=event.immediate_action_needed,
        immediate_action_possible=event.immediate_action_possible,
        on=event.occurred_on,
        version=state.version,
    )
    return replace(state, assessment=facet)


def _acted_at_once(state: ComplaintState, event: e.ImmediateActionTaken) -> ComplaintState:
    return replace(state, immediate_action=event.action_code)


def _assigned(state: ComplaintState, event: e.ComplaintAssigned) -> ComplaintState:
    facet = Ownership(event.owner, event.owner_role, event.team, state.version)
    return replace(state, ownership=facet)


def _investigation_opened(state: ComplaintState, event: e.InvestigationOpened) -> ComplaintState:
    facet = replace(
        state.investigation,
        investigator=event.investigator or event.actor,
        opened_version=state.version,
    )
    return replace(state, investigation=facet)


def _found(state: ComplaintState, event: e.FindingRecorded) -> ComplaintState:
    findings = (*state.investigation.findings, (event.finding_issue, event.finding))
    return replace(state, investigation=replace(state.investigation, findings=findings))


def _investigation_completed(
    state: ComplaintState, event: e.InvestigationCompleted
) -> ComplaintState:
    facet = replace(
        state.investigation, completed_version=state.version, cause_found=event.cause_found
    )
    return replace(state, investigation=facet)


def _progress_told(state: ComplaintState, _event: e.ProgressUpdateSent) -> ComplaintState:
    return replace(state, progress_updates=state.progress_updates + 1)


def _evidence_added(state: ComplaintState, _event: e.EvidenceAdded) -> ComplaintState:
    return replace(state, evidence=state.evidence + 1)


def _letter_filed(state: ComplaintState, _event: e.LetterFiled) -> ComplaintState:
    return replace(state, letters=state.letters + 1)


def _summary_agreed(state: ComplaintState, event: e.SummaryResolutionAgreed) -> ComplaintState:
    return replace(state, summary_version=state.version) if event.agreed_by_complainant else state


def _decided(state: ComplaintState, event: e.DecisionMade) -> ComplaintState:
    decision = Decision(
        event_id=event.event_id,
        decider=event.actor,
        stage=state.stage,
        outcome=event.outcome,
        basis=event.decision_basis,
        approval_required=event.approval_required is True,
        redress_due=event.redress_due,
        issue_outcomes=tuple((each.issue, each.outcome) for each in event.issue_outcomes),
        no_redress_reason=event.no_redress_reason,
        on=event.occurred_on,
        version=state.version,
    )
    return replace(state, decisions=(*state.decisions, decision))


def _approved(state: ComplaintState, event: e.DecisionApproved) -> ComplaintState:
    return _with_decision(state, event.decision_event_id, approved_by=event.actor, returned_by=None)


def _returned(state: ComplaintState, event: e.DecisionReturned) -> ComplaintState:
    return _with_decision(state, event.decision_event_id, approved_by=None, returned_by=event.actor)


def _communicated(state: ComplaintState, event: e.DecisionCommunicated) -> ComplaintState:
    told = Communication(
        event.occurred_on,
        event.reply_by,
        tuple(event.notices),
        state.version,
        tuple(event.issue_ids),
    )
    last = state.decision.event_id if state.decision is not None else None
    named = event.decision_event_id or last
    told_so_far = (*state.communications, told)
    return replace(
        _with_decision(state, named, communicated=told),
        communication=told,
        communications=told_so_far,
    )


def _with_decision(
    state: ComplaintState,
    event_id: UUID | None,
    **changes: Any,
) -> ComplaintState:
    decisions = tuple(
        replace(decision, **changes) if decision.event_id == event_id else decision
        for decision in state.decisions
    )
    return replace(state, decisions=decisions)


def _replied(kind: ReplyKind) -> Move:
    def move(state: ComplaintState, event: Event) -> ComplaintState:
        party_id = getattr(event, "party_id", None)
        reply = Reply(kind, event.occurred_on, state.version, party_id)
        return replace(state, last_reply=reply, replies=(*state.replies, reply))

    return move


def _signposted(state: ComplaintState, event: e.SignpostedToEdr) -> ComplaintState:
    facet = Signpost(event.edr_body, event.refer_by, event.occurred_on, state.version)
    return replace(state, signpost=facet)


def _to_review(state: ComplaintState, event: e.EscalatedInternally) -> ComplaintState:
    return replace(
        state,
        stage="internal_review",
        internal_version=state.version,
        reviewer=event.reviewer,
    )


def _to_outside(state: ComplaintState, _event: e.EscalatedExternally) -> ComplaintState:
    return replace(state, stage="external")


def _attention(state: ComplaintState, event: e.AttentionRaised) -> ComplaintState:
    return replace(state, attention=max(state.attention, event.level))


def _closed(state: ComplaintState, event: e.ComplaintClosed) -> ComplaintState:
    closure = Closure(basis=event.closure_basis, on=event.occurred_on)
    return replace(state, closure=closure, closed_or_reopened=True)


def _reopened(state: ComplaintState, _event: e.ComplaintReopened) -> ComplaintState:
    return replace(
        state,
        closure=None,
        closed_or_reopened=True,
        reopen_count=state.reopen_count + 1,
        reopened_version=state.version,
    )


def _withdrawn(state: ComplaintState, _event: e.ComplaintWithdrawn) -> ComplaintState:
    return replace(state, withdrawn_version=state.version)


def _corrected(state: ComplaintState, event: e.CorrectionRecorded) -> ComplaintState:
    if state.receipt is None:
        return state
    receipt = corrected(state.receipt, event)
    is_new = receipt.issue is not None and receipt.issue != state.receipt.issue
    named = ((RECEIPTS_OWN, receipt.issue or ""),) if is_new else ()
    return replace(state, receipt=receipt, issue_texts=(*state.issue_texts, *named))


def _reported(state: ComplaintState, event: e.CfpbRowReported) -> ComplaintState:
    report = state.source_report or SourceReport(as_of_on=event.as_of_on)
    changes: dict[str, Any] = {"as_of_on": max(report.as_of_on, event.as_of_on)}
    for column in ("response", "timely", "disputed"):
        cell = getattr(event, f"cfpb_{column}")
        known_as_of = getattr(report, f"{column}_as_of")
        if cell is not None and (known_as_of is None or known_as_of <= event.as_of_on):
            changes |= {column: cell, f"{column}_as_of": event.as_of_on}
    return replace(state, source_report=replace(report, **changes))


def _identified(state: ComplaintState, _event: e.ComplainantIdentified) -> ComplaintState:
    return replace(state, identified=True)


def _in_a_strand(state: ComplaintState, event: Event) -> ComplaintState:
    return replace(state, strands=moved(state.strands, event, state.version))


def _point_put(state: ComplaintState, event: e.IssueRaised | e.IssueAmended) -> ComplaintState:
    named = (*state.issue_texts, (event.issue_id, event.issue))
    return replace(_in_a_strand(state, event), issue_texts=named)


def _point_ended(state: ComplaintState, event: e.IssueEnded) -> ComplaintState:
    ended = (event.issue_id, event.issue_ending, state.version)
    return replace(state, issue_endings=(*state.issue_endings, ended))


def _counted(state: ComplaintState, _event: Event) -> ComplaintState:
    return state


MOVES: Final[dict[type[Event], Move]] = {
    e.ComplaintReceived: _received,
    e.ComplaintAcknowledged: _acknowledged,
    e.EligibilityDetermined: _eligibility,
    e.ComplaintForwarded: _forwarded,
    e.InitialAssessmentMade: _assessed,
    e.ImmediateActionTaken: _acted_at_once,
    e.ComplaintAssigned: _assigned,
    e.InvestigationOpened: _investigation_opened,
    e.FindingRecorded: _found,
    e.InvestigationCompleted: _investigation_completed,
    e.ProgressUpdateSent: _progress_told,
    e.EvidenceAdded: _evidence_added,
    e.LetterFiled: _letter_filed,
    e.SummaryResolutionAgreed: _summary_agreed,
    e.DecisionMade: _decided,
    e.DecisionApproved: _approved,
    e.DecisionCommunicated: _communicated,
    e.ComplainantAccepted: _replied("accepted"),
    e.ComplainantRejected: _replied("rejected"),
    e.ComplainantDidNotReply: _replied("no_reply"),
    e.SignpostedToEdr: _signposted,
    e.RedressOffered: redress_moves.offered,
    e.RedressAccepted: redress_moves.accepted,
    e.RedressDeclined: redress_moves.declined,
    e.RedressFulfilled: redress_moves.fulfilled,
    e.RedressVerified: redress_moves.verified,
    e.EscalatedInternally: _to_review,
    e.EscalatedExternally: _to_outside,
    e.AttentionRaised: _attention,
    e.ComplaintClosed: _closed,
    e.ComplaintReopened: _reopened,
    e.ComplaintWithdrawn: _withdrawn,
    e.CorrectionRecorded: _corrected,
    e.CfpbRowReported: _reported,
    e.DecisionReturned: _returned,
    e.RedressApproved: redress_moves.approved,
    e.ComplainantIdentified: _identified,
    **dict.fromkeys(STRAND_OF, _in_a_strand),
    e.IssueRaised: _point_put,
    e.IssueAmended: _point_put,
    e.IssueEnded: _point_ended,
    **dict.fromkeys(
        (
            e.VulnerabilityRecorded,
            e.ComplainantDied,
            e.DisclosureMade,
            e.DelayNoticeSent,
            e.DeadlineExtended,
            e.CommunicationFailed,
            e.PromiseBreachLinked,
            e.ComplaintClassified,
            e.ReclassifiedAsNotComplaint,
            e.RegimeAssigned,
            e.SignificantComplaintEscalated,
        ),
        _counted,
    ),
}
"""The move of every event of the catalogue; a test holds it total."""
