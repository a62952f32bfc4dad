from __future__ import annotations

from domain.complaint.events import InvestigationOpened
from tests.domain.facts import assessed, investigated, opened
from tests.domain.scenario import given, received


def test_what_was_not_assessed_is_not_investigated() -> None:
    """An investigation follows an assessment."""
    given(received(), assessed()).when("open-investigation").then(InvestigationOpened)
    given(received()).when("open-investigation").refused(
        "complaint 'C-17' has no assessment yet; assess it first (complaints case assess C-17)"
    )


def test_one_investigation_runs_at_a_time() -> None:
    """A second one opens when the first is complete."""
    given(received(), assessed(), opened()).when("open-investigation").refused(
        "has an open investigation"
    )
    investigated().when("open-investigation").then(InvestigationOpened)
