from __future__ import annotations

from domain.complaint.events import InvestigationCompleted
from tests.domain.facts import assessed, found, investigated, opened
from tests.domain.scenario import given, received


def test_every_issue_has_a_finding_at_the_end() -> None:
    """An issue without a finding keeps the investigation open; not determinable is a finding."""
    begun = (assessed(), opened())
    given(received(), *begun, found()).when("complete-investigation").then(InvestigationCompleted)
    given(received(), *begun).when("complete-investigation").refused("has no finding yet")
    given(received(issue="rude staff"), *begun, found()).when("complete-investigation").refused(
        "has no finding on the issue of its receipt"
    )


def test_only_an_open_investigation_is_completed() -> None:
    """What was not opened cannot end."""
    investigated().when("complete-investigation").refused("has no open investigation")
