from __future__ import annotations

from domain.complaint.events import ImmediateActionTaken, InitialAssessmentMade
from tests.domain.facts import ASSESSMENT, assessed
from tests.domain.scenario import fact, given, received


def test_all_six_parameters_are_judged() -> None:
    """The six parameters of ISO 10002 7.5 are present; a later judgement is a re-assessment."""
    scenario = given(received())
    scenario.when("assess", **ASSESSMENT).then(InitialAssessmentMade)
    scenario.and_(assessed()).when("assess", **ASSESSMENT).then(InitialAssessmentMade)
    scenario.when("assess").refused(
        "severity, safety, complexity, impact, immediate_action_needed, "
        "immediate_action_possible are missing"
    )


def test_judgements_are_on_the_scale() -> None:
    """Severity, complexity and impact are judged from 1 to 5."""
    wrong = ASSESSMENT | {"severity": 0, "complexity": 6, "impact": -1}
    given(received()).when("assess", **wrong).refused(
        "severity 0 is not on the scale", "complexity 6 is not", "impact -1 is not"
    )


def test_safety_calls_for_a_decision_on_acting_at_once() -> None:
    """Safety needs a word on immediate action, in this command or before it."""
    unsafe = ASSESSMENT | {"safety": True}
    scenario = given(received())
    scenario.when("assess", **unsafe).refused("concerns safety and nobody decided yet")
    scenario.when("assess", **unsafe, immediate_action_code="refused").then(
        InitialAssessmentMade, ImmediateActionTaken
    )
    acted = fact(ImmediateActionTaken, action_code="made_safe")
    scenario.and_(acted).when("assess", **unsafe).then(InitialAssessmentMade)
    scenario.when("assess", **unsafe, immediate_action_code="prayed").refused(
        "immediate_action_code 'prayed' is not a known code"
    )
