from __future__ import annotations

from domain.complaint.events import CfpbRowReported, ComplaintAcknowledged, ComplaintReopened
from tests.domain.facts import closed
from tests.domain.scenario import TODAY, fact, given, received


def test_only_what_is_closed_is_reopened() -> None:
    """A closed complaint is reopened for a reason of the list, and keeps count."""
    scenario = given(received(), closed())
    events = scenario.when("reopen", reason_code="new_evidence").then(ComplaintReopened)
    state = scenario.and_(*events).state
    assert state is not None
    assert (state.is_open, state.reopen_count) == (True, 1)
    given(received()).when("reopen", reason_code="new_evidence").refused("'C-17' is not closed")
    scenario.when("reopen", reason_code="boredom").refused("reason_code 'boredom'")


def test_what_the_source_reports_closed_can_be_reopened() -> None:
    """Our own reopening overrules the source's report from then on."""
    reported = fact(
        CfpbRowReported,
        as_of_on=TODAY,
        as_of_basis="given",
        cfpb_complaint_id="1",
        cfpb_response="Closed with explanation",
    )
    scenario = given(received(), reported)
    events = scenario.when("reopen", reason_code="complainant_disputes").then(ComplaintReopened)
    state = scenario.and_(*events, reported).state
    assert state is not None
    assert state.is_open
    scenario.when("acknowledge").then(ComplaintAcknowledged)
