from __future__ import annotations

from domain.complaint.events import DecisionApproved
from tests.domain.facts import DECISION, answered, approved, decided, investigated
from tests.domain.scenario import event_id


def test_a_second_person_approves() -> None:
    """Nobody approves their own decision (four eyes)."""
    scenario = investigated().and_(decided(actor="staff-2"))
    (event,) = scenario.when("approve-decision", actor="staff-3").then(DecisionApproved)
    assert isinstance(event, DecisionApproved)
    assert event.decision_event_id == DECISION
    scenario.when("approve-decision", actor="staff-2").refused(
        "'staff-2' decided complaint 'C-17' and cannot approve it too"
    )


def test_there_is_something_to_approve() -> None:
    """What was not decided, or is another decision, cannot be approved."""
    investigated().when("approve-decision").refused("has no decision yet; decide it first")
    investigated().and_(decided()).when("approve-decision", decision_event_id=event_id(99)).refused(
        "has no decision '00000000-0000-0000-0000-000000000063'"
    )


def test_approval_comes_once_and_before_telling() -> None:
    """An approved or communicated decision is not approved again."""
    investigated().and_(decided(), approved()).when("approve-decision").refused(
        "was approved by 'staff-3' already"
    )
    answered().when("approve-decision").refused("was communicated on 2024-06-05 already")
