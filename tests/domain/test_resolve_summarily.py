from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.complaint.events import SummaryResolutionAgreed
from tests.domain.facts import decided, in_review, outside
from tests.domain.scenario import given, received

if TYPE_CHECKING:
    from domain.event import Event


def test_the_summary_path_needs_agreement() -> None:
    """Without the complainant's agreement the complaint is assessed (INV-20)."""
    scenario = given(received())
    said = {"resolution_code": "R04"}
    scenario.when("resolve-summarily", **said, agreed_by_complainant=True).then(
        SummaryResolutionAgreed
    )
    scenario.when("resolve-summarily", **said, agreed_by_complainant=False).refused(
        "did not agree; assess the complaint instead (complaints case assess C-17)"
    )
    scenario.when("resolve-summarily", resolution_code="hug", agreed_by_complainant=True).refused(
        "resolution_code 'hug' is not a known code"
    )


@pytest.mark.parametrize("later", [decided(), in_review(), outside()], ids=lambda e: e.TOPIC)
def test_first_contact_does_not_come_back(later: Event) -> None:
    """After a decision or an escalation the summary path is closed."""
    given(received(), later).when(
        "resolve-summarily", resolution_code="R04", agreed_by_complainant=True
    ).refused("is beyond first contact")
