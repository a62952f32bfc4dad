from __future__ import annotations

from domain.complaint.events import FindingRecorded
from tests.domain.facts import assessed, investigated, opened
from tests.domain.scenario import given, received


def test_a_finding_belongs_to_an_open_investigation() -> None:
    """Nothing is found before looking or after having looked."""
    said = {"finding": "substantiated", "finding_issue": "late delivery"}
    given(received(), assessed(), opened()).when("record-finding", **said).then(FindingRecorded)
    given(received(), assessed()).when("record-finding", **said).refused("no open investigation")
    investigated().when("record-finding", **said).refused("no open investigation")


def test_the_issue_of_the_receipt_is_meant_by_default() -> None:
    """A finding names its issue; the receipt's is the default, and there may be none."""
    begun = (assessed(), opened())
    scenario = given(received(issue="late delivery"), *begun)
    (event,) = scenario.when("record-finding", finding="substantiated").then(FindingRecorded)
    assert isinstance(event, FindingRecorded)
    assert event.finding_issue == "late delivery"
    given(received(), *begun).when("record-finding", finding="maybe").refused(
        "finding_issue is missing", "finding 'maybe' is not a known code"
    )
