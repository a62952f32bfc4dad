from __future__ import annotations

from datetime import date

from domain.complaint.events import DecisionCommunicated
from tests.domain.facts import DECISION, answered, approved, decided, investigated
from tests.domain.scenario import given, received


def test_only_a_decision_is_told() -> None:
    """What was not decided cannot be communicated."""
    scenario = investigated()
    (event,) = (
        scenario.and_(decided())
        .when("communicate-decision", medium="post")
        .then(DecisionCommunicated)
    )
    assert isinstance(event, DecisionCommunicated)
    assert event.decision_event_id == DECISION
    scenario.when("communicate-decision").refused("has no decision yet; decide it first")


def test_required_approval_comes_first() -> None:
    """A decision that needs approval waits for it."""
    scenario = investigated().and_(decided(approval_required=True))
    scenario.when("communicate-decision").refused("is not approved yet; have it approved first")
    scenario.and_(approved()).when("communicate-decision").then(DecisionCommunicated)


def test_a_decision_is_told_once_to_somebody() -> None:
    """No decision is told twice, none to nobody."""
    answered().when("communicate-decision").refused("was communicated on 2024-06-05 already")
    given(received(anonymous=True), decided()).when("communicate-decision").refused("is anonymous")


def test_the_window_ends_after_the_letter() -> None:
    """A window for the reply is not over when the letter goes out; the medium is known."""
    investigated().and_(decided()).when(
        "communicate-decision", medium="owl", reply_by=date(2024, 6, 9)
    ).refused("medium 'owl'", "reply_by 2024-06-09 is before occurred_on")
