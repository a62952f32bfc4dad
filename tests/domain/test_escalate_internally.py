from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.complaint.events import EscalatedInternally
from tests.domain.facts import answered, in_review, outside

if TYPE_CHECKING:
    from domain.event import Event


def test_somebody_asks_for_the_review() -> None:
    """The stage moves by a request, for a reason of the list."""
    scenario = answered()
    events = scenario.when("escalate-internally", requested_by="complainant").then(
        EscalatedInternally
    )
    state = scenario.and_(*events).state
    assert state is not None
    assert state.stage == "internal_review"
    scenario.when("escalate-internally", reason_code="whim").refused(
        "requested_by is missing", "reason_code 'whim'"
    )
    scenario.when("escalate-internally", requested_by="press").refused("requested_by 'press'")


def test_the_first_decider_does_not_review() -> None:
    """The reviewer did not give the first answer (INV-11)."""
    answered().when("escalate-internally", requested_by="complainant", reviewer="staff-2").refused(
        "'staff-2' gave the first answer"
    )


@pytest.mark.parametrize(
    ("later", "where"), [(in_review(), "in internal review"), (outside(), "outside")]
)
def test_the_stage_moves_one_way(later: Event, where: str) -> None:
    """A complaint in review or outside does not go to review again."""
    answered().and_(later).when("escalate-internally", requested_by="complainant").refused(
        f"is {where} already"
    )
