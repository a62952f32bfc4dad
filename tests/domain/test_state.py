from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given as over

from domain.complaint.events import (
    COMPLAINT_EVENTS,
    AttentionRaised,
    CfpbRowReported,
    ComplainantAccepted,
    ComplainantDidNotReply,
    ComplainantRejected,
    ComplaintAcknowledged,
    ComplaintClosed,
    ComplaintReopened,
    CorrectionRecorded,
    DecisionCommunicated,
    DecisionMade,
    EscalatedExternally,
    EscalatedInternally,
    InitialAssessmentMade,
    InvestigationCompleted,
    InvestigationOpened,
    RedressAccepted,
    RedressVerified,
    SummaryResolutionAgreed,
)
from domain.complaint.evolution import MOVES, evolve, history
from domain.complaint.facets.course import REPORTED
from domain.complaint.state import lifecycle_label
from domain.stored import OpaqueStored
from tests.domain import facts as f
from tests.domain.random_facts import HISTORIES
from tests.domain.scenario import STREAM, Scenario, event_id, fact, given, received

if TYPE_CHECKING:
    from domain.complaint.state import ComplaintState, Lifecycle
    from domain.event import Event

REPLIES = (ComplainantAccepted, ComplainantRejected, ComplainantDidNotReply)


def reported(on: date, response: str | None, **said: str) -> Event:
    """A row of an extract of that date."""
    return fact(
        CfpbRowReported,
        as_of_on=on,
        as_of_basis="given",
        cfpb_complaint_id="1",
        cfpb_response=response,
        **said,
    )


def state_of(*events: Event) -> ComplaintState:
    """The state after these events."""
    state = history(events)
    assert state is not None
    return state


def test_every_event_of_the_catalogue_has_its_move() -> None:
    """The dispatch is total over the complaint's events."""
    assert set(MOVES) == set(COMPLAINT_EVENTS)


def test_an_unknown_event_is_only_counted() -> None:
    """A stored event that no facet knows leaves every facet as it is."""
    stored = fact(
        OpaqueStored,
        **{
            name: (b"" if field.annotation is bytes else 1 if field.annotation is int else "x")
            for name, field in OpaqueStored.model_fields.items()
            if field.is_required() and name not in {"event_id", "stream_id", "occurred_on"}
        },
    )
    before = state_of(received())
    after = evolve(before, stored)
    assert (after.version, after.receipt) == (2, before.receipt)
    assert evolve(None, stored).version == 1


@over(HISTORIES)
def test_facts_in_any_order_are_taken(events: list[Event]) -> None:
    """Facts against every rule of the life cycle are held, and the label is always one."""
    state: ComplaintState | None = None
    for count, event in enumerate(events, start=1):
        state = evolve(state, event)
        assert state.version == count
        assert state.stream_id == STREAM
        assert (lifecycle_label(state) == "closed") is not state.is_open


def label_by_versions(events: list[Event]) -> Lifecycle:
    """The rules of `lifecycle_label`'s docstring, over the events themselves."""

    def v(*event_types: type[Event]) -> int:
        return max(
            (n for n, event in enumerate(events, start=1) if isinstance(event, event_types)),
            default=0,
        )

    reports = [
        (event.as_of_on, number, event.cfpb_response)
        for number, event in enumerate(events)
        if isinstance(event, CfpbRowReported) and event.cfpb_response is not None
    ]
    last_own = v(ComplaintClosed, ComplaintReopened)
    by_source = bool(reports) and (max(reports)[2] or "").startswith("Closed")
    r, told, reply = v(ComplaintReopened), v(DecisionCommunicated), v(*REPLIES)
    stands = reply > max(told, r)
    kind = type(events[reply - 1]) if stands else None
    taken = {event.redress_id for event in events if isinstance(event, RedressAccepted)}
    checked = {event.redress_id for event in events if isinstance(event, RedressVerified)}
    agreed = max(
        (
            number
            for number, event in enumerate(events, start=1)
            if isinstance(event, SummaryResolutionAgreed) and event.agreed_by_complainant
        ),
        default=0,
    )
    ended = v(InvestigationCompleted)
    rules: list[tuple[bool, Lifecycle]] = [
        (last_own > r or (last_own == 0 and by_source), "closed"),
        (v(EscalatedExternally) > v(EscalatedInternally), "in_edr"),
        (v(EscalatedInternally) > told, "in_review"),
        (kind is ComplainantRejected, "unresolved"),
        (kind is ComplainantAccepted and bool(taken - checked), "resolving"),
        (stands or told > r or agreed > r, "decided"),
        (v(DecisionMade) > r or ended > max(r, v(InvestigationOpened)), "deciding"),
        (v(InvestigationOpened) > r, "investigating"),
        (v(InitialAssessmentMade) > 0, "assessed"),
        (v(ComplaintAcknowledged) > 0, "acknowledged"),
        (True, "received"),
    ]
    return next(label for holds, label in rules if holds)


@over(HISTORIES.filter(bool))
def test_the_label_is_what_its_docstring_says(events: list[Event]) -> None:
    """The label of the facets equals the documented rules over the events alone."""
    assert lifecycle_label(state_of(*events)) == label_by_versions(events)


@pytest.mark.parametrize(
    ("scenario", "label"),
    [
        (given(received()), "received"),
        (given(received(), fact(ComplaintAcknowledged)), "acknowledged"),
        (given(received(), f.assessed()), "assessed"),
        (given(received(), f.assessed(), f.opened()), "investigating"),
        (f.investigated(), "deciding"),
        (f.investigated().and_(f.decided()), "deciding"),
        (f.answered(), "decided"),
        (f.answered().and_(f.accepted()), "decided"),
        (f.answered().and_(f.accepted(), f.offered(), f.redress_accepted()), "resolving"),
        (f.answered().and_(f.rejected()), "unresolved"),
        (f.answered().and_(f.rejected(), f.in_review()), "in_review"),
        (f.answered().and_(f.in_review(), f.decided()), "in_review"),
        (f.answered().and_(f.in_review(), f.decided(), f.communicated()), "decided"),
        (f.answered().and_(f.outside()), "in_edr"),
        (f.answered().and_(f.accepted(), f.closed()), "closed"),
        (f.answered().and_(f.accepted(), f.closed(), f.reopened()), "assessed"),
        (given(received(), f.summary_agreed()), "decided"),
    ],
)
def test_the_label_follows_the_main_line(scenario: Scenario, label: str) -> None:
    """A complaint is called what people call it at each step of its life."""
    assert scenario.state is not None
    assert lifecycle_label(scenario.state) == label


def test_an_old_report_that_arrives_late_does_not_overrule() -> None:
    """What the source says is what its latest extract says, column by column."""
    closed = reported(date(2024, 6, 1), "Closed with relief", cfpb_timely="Yes")
    old = reported(date(2024, 5, 1), "In progress", cfpb_disputed="No")
    narrow = reported(date(2024, 7, 1), None)
    state = state_of(received(), closed, old, narrow)
    assert state.source_report is not None
    said = state.source_report
    assert (said.as_of_on, said.response) == (date(2024, 7, 1), "Closed with relief")
    assert (said.timely, said.disputed) == ("Yes", "No")


@pytest.mark.parametrize("response", ["In progress", "Untimely response"])
def test_a_reported_complaint_is_open_until_reported_closed(response: str) -> None:
    """A reported closing has no date, and binds only while we closed or reopened nothing."""
    waiting = state_of(received(), reported(date(2024, 6, 1), response))
    assert waiting.is_open
    ended = evolve(waiting, reported(date(2024, 6, 2), "Closed with explanation"))
    assert ended.current_closure is not None
    assert (ended.current_closure.basis, ended.current_closure.on) == (REPORTED, None)
    assert evolve(ended, f.reopened()).is_open
    own = evolve(ended, f.closed()).current_closure
    assert own is not None
    assert own.basis == "accepted"


def test_an_approval_belongs_to_the_decision_that_it_names() -> None:
    """Approval and communication move the named decision and no other."""
    other = event_id(72)
    state = state_of(received(), f.decided(), f.decided(event_id=other), f.approved())
    assert [decision.approved_by for decision in state.decisions] == ["staff-3", None]
    told = evolve(state, f.communicated())
    assert [decision.communicated is None for decision in told.decisions] == [True, False]


def test_attention_is_the_highest_level_told() -> None:
    """Telling somebody lower later takes nothing back."""
    raised = (fact(AttentionRaised, level=3), fact(AttentionRaised, level=2))
    assert state_of(received(), *raised).attention == 3


def test_parts_of_a_payment_add_up() -> None:
    """Redress is fulfilled when the parts reach its amount."""
    part = f.fulfilled(amount_minor=1000)
    state = state_of(received(), f.offered(), f.redress_accepted(), part)
    assert state.redress[0].is_owed
    rest = evolve(state, f.fulfilled(amount_minor=1500))
    assert rest.redress[0].is_fulfilled
    assert rest.redress[0].is_unsettled


@pytest.mark.parametrize(
    "correction",
    [
        {"corrected_field": "received_on", "new_value": "soon"},
        {"corrected_field": "received_on"},
        {"corrected_field": "reference", "new_value": "C-18"},
        {"corrected_field": "narrative_mark", "new_value": "x"},
        {"corrected_field": "product", "new_value": "x", "target_event_id": event_id(9)},
    ],
)
def test_a_correction_that_cannot_be_is_only_kept(correction: dict[str, object]) -> None:
    """A fact that corrects nothing leaves the receipt as it was."""
    before = state_of(received())
    after = evolve(before, fact(CorrectionRecorded, reason_code="other", **correction))
    assert after.receipt == before.receipt
