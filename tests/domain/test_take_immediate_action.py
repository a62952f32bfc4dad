from __future__ import annotations

from domain.complaint.events import ImmediateActionTaken
from tests.domain.scenario import given, received


def test_somebody_acts_at_once_before_the_assessment() -> None:
    """Immediate action needs no assessment, but a known code."""
    scenario = given(received())
    scenario.when("take-immediate-action", action_code="made_safe").then(ImmediateActionTaken)
    scenario.when("take-immediate-action", action_code="prayed").refused(
        "action_code 'prayed' is not a known code"
    )
