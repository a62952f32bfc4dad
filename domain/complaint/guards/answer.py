"""Guards on the answer: decision, approval, communication, reply, escalation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.complaint.guards.standing import assessed, named, next_step, not_investigating
from domain.opaque import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from uuid import UUID

    from domain.complaint.facets.answer import Communication, Decision, ReplyKind
    from domain.complaint.state import ComplaintState


def basis_holds(state: ComplaintState, basis: str) -> Iterator[str | None]:
    """A decision rests on an investigation, on a review, or on the summary path (INV-06)."""
    if basis == "summary":
        yield _summary_path(state)
        return
    yield assessed(state)
    if basis == "review":
        yield not_investigating(state)
        yield _in_review(state)
    elif basis == "investigation":
        yield _investigated(state)


def _investigated(state: ComplaintState) -> str | None:
    if state.investigation.is_completed:
        return None
    step = "complete-investigation" if state.investigation.is_running else "open-investigation"
    return (
        f"{named(state)} has no completed investigation; investigate it first "
        f"{next_step(state, step)}"
    )


def _in_review(state: ComplaintState) -> str | None:
    if state.stage == "internal_review":
        return None
    return (
        f"{named(state)} is not in internal review; escalate it first "
        f"{next_step(state, 'escalate-internally')}, or decide on another basis"
    )


def _summary_path(state: ComplaintState) -> str | None:
    if state.summary_agreed:
        return None
    return (
        f"{named(state)} has no summary resolution that the complainant agreed to; record it "
        f"first {next_step(state, 'resolve-summarily')}, or decide on another basis"
    )


def first_answer(state: ComplaintState) -> str | None:
    """The summary path is open before any decision and any escalation."""
    if state.stage == "first_answer" and state.decision is None:
        return None
    return (
        f"{named(state)} is beyond first contact; answer it with a decision "
        f"{next_step(state, 'decide')}"
    )


def not_a_first_decider(state: ComplaintState, who: str | None, role: str) -> str | None:
    """Whoever gave the first answer does not review it (INV-11)."""
    first = {decision.decider for decision in state.decisions if decision.stage == "first_answer"}
    if who is None or who not in first:
        return None
    return (
        f"{quoted(who)} gave the first answer to {named(state)} and cannot be its {role} "
        "(INV-11); let somebody else do it"
    )


def decision_named(state: ComplaintState, event_id: UUID | None) -> Decision | None:
    """Return the decision with that event id, or the last one if none is named."""
    if event_id is None:
        return state.decision
    return next((d for d in state.decisions if d.event_id == event_id), None)


def decided(state: ComplaintState, event_id: UUID | None) -> str | None:
    """What was not decided is neither approved nor communicated."""
    if decision_named(state, event_id) is not None:
        return None
    which = "no decision yet" if event_id is None else f"no decision '{event_id}'"
    return f"{named(state)} has {which}; decide it first {next_step(state, 'decide')}"


def approvable(state: ComplaintState, event_id: UUID | None, approver: str) -> Iterator[str | None]:
    """A decision is approved once, before it is told, by somebody else (four eyes)."""
    yield decided(state, event_id)
    decision = decision_named(state, event_id)
    if decision is None:
        return
    if decision.decider == approver:
        yield (
            f"{quoted(approver)} decided {named(state)} and cannot approve it too; let somebody "
            "else approve it"
        )
    if decision.approved_by is not None:
        yield (
            f"the decision on {named(state)} was approved by {quoted(decision.approved_by)} "
            f"already; communicate it {next_step(state, 'communicate-decision')}"
        )
    yield _not_told(state, decision)
    yield _not_returned(state, decision)


def returnable(state: ComplaintState, event_id: UUID | None, checker: str) -> Iterator[str | None]:
    """A decision is sent back before it is told, by somebody else (four eyes)."""
    yield decided(state, event_id)
    decision = decision_named(state, event_id)
    if decision is None:
        return
    if decision.decider == checker:
        yield (
            f"{quoted(checker)} decided {named(state)} and cannot send it back; decide it anew "
            f"{next_step(state, 'decide')}"
        )
    yield _not_told(state, decision)
    yield _not_returned(state, decision)


def _not_returned(state: ComplaintState, decision: Decision) -> str | None:
    if decision.returned_by is None:
        return None
    return (
        f"the decision on {named(state)} was sent back by {quoted(decision.returned_by)}; decide "
        f"it anew first {next_step(state, 'decide')}"
    )


def _not_told(state: ComplaintState, decision: Decision) -> str | None:
    if decision.communicated is None:
        return None
    return (
        f"the decision on {named(state)} was communicated on {decision.communicated.on} "
        f"already; decide anew if it was wrong {next_step(state, 'decide')}"
    )


def communicable(state: ComplaintState, event_id: UUID | None) -> Iterator[str | None]:
    """A decision is told once, after its approval where one is required."""
    yield decided(state, event_id)
    decision = decision_named(state, event_id)
    if decision is None:
        return
    if decision.approval_required and decision.approved_by is None:
        yield (
            f"the decision on {named(state)} is not approved yet; have it approved first "
            f"{next_step(state, 'approve-decision')}"
        )
    yield _not_returned(state, decision)
    if decision.communicated is not None:
        yield (
            f"the decision on {named(state)} was communicated on {decision.communicated.on} "
            f"already; record the reply to it {next_step(state, 'record-acceptance')}"
        )


def communicated(state: ComplaintState) -> str | None:
    """A reply answers a decision that was told."""
    if state.communication is not None:
        return None
    return (
        f"no decision on {named(state)} was communicated yet; communicate it first "
        f"{next_step(state, 'communicate-decision')}"
    )


def not_replied(state: ComplaintState, *kinds: ReplyKind) -> str | None:
    """The same reply is recorded once for each communication."""
    reply = state.reply
    if reply is None or reply.kind not in kinds:
        return None
    return (
        f"{named(state)} has the reply {reply.kind} of {reply.on} already; go on from there "
        f"{next_step(state, 'close')}"
    )


def window_ended(state: ComplaintState, on: date) -> str | None:
    """Nobody is silent before the window that the letter named has ended (INV-21)."""
    told = state.communication
    if told is None:
        return communicated(state)
    if told.reply_by is None:
        return (
            f"the decision on {named(state)} named no window for a reply; communicate it with "
            f"--reply-by {next_step(state, 'decide')}"
        )
    return _still_running(state, told, on)


def _still_running(state: ComplaintState, told: Communication, on: date) -> str | None:
    if told.reply_by is None or on > told.reply_by:
        return None
    return (
        f"the window for a reply on {named(state)} runs until {told.reply_by}; wait until it has "
        "ended (INV-21)"
    )


def may_go_to_review(state: ComplaintState) -> str | None:
    """Internal review follows the first answer; the stage moves one way."""
    if state.stage == "first_answer":
        return None
    where = "in internal review" if state.stage == "internal_review" else "outside"
    return f"{named(state)} is {where} already; decide it there {next_step(state, 'decide')}"


def may_go_outside(
    state: ComplaintState, requested_by: str | None, *, consent: bool | None
) -> str | None:
    """Outside goes what the complainant took there, or agreed to."""
    if consent is True or requested_by in {"complainant", "representative"}:
        return None
    return (
        f"{named(state)} goes outside at the complainant's request or with their consent; ask "
        "for it and record --consent, or --requested-by complainant"
    )
