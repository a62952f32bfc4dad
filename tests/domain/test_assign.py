from __future__ import annotations

from domain.complaint.events import ComplaintAssigned
from tests.domain.scenario import TODAY, given, received


def test_the_owner_is_an_opaque_id() -> None:
    """Who is responsible is said by an id that is no name."""
    scenario = given(received())
    scenario.when("assign", owner="staff-12").then(ComplaintAssigned)
    scenario.when("assign", owner="Jane Roe").refused("field 'owner' is not an opaque identifier")


def test_the_owner_changes_and_clocks_do_not() -> None:
    """Assigning anew moves the owner alone."""
    scenario = given(received(respond_by=TODAY))
    events = scenario.when("assign", owner="staff-12").then(ComplaintAssigned)
    state = scenario.and_(*events).state
    assert state is not None
    assert state.owner == "staff-12"
    assert state.receipt is not None
    assert state.receipt.respond_by == TODAY
