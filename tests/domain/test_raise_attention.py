from __future__ import annotations

from dataclasses import replace

from domain.complaint.events import AttentionRaised
from tests.domain.facts import answered
from tests.domain.scenario import given, received


def test_attention_changes_nothing_else() -> None:
    """Telling the line moves attention, and neither stage nor owner nor anything else."""
    scenario = answered()
    before = scenario.state
    assert before is not None
    after = scenario.and_(*scenario.when("raise-attention", level=3).then(AttentionRaised)).state
    assert after == replace(before, attention=3, version=before.version + 1)


def test_the_level_is_one_of_the_line() -> None:
    """Levels run from 1 to 5, reasons are of the list."""
    given(received()).when("raise-attention", level=6, reason_code="whim").refused(
        "level 6 is not on the scale", "reason_code 'whim'"
    )
