"""What can be done next is what the commands accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given as over

from domain.complaint.evolution import history
from domain.complaint.legal_actions import Action, legal_actions
from domain.errors import CommandRefusedError
from tests.domain.facts import WORKING, answered, case
from tests.domain.random_facts import HISTORIES
from tests.domain.scenario import NOW, SPECS, TODAY, command_of, received
from tests.examples import examples

if TYPE_CHECKING:
    from domain.complaint.state import ComplaintState
    from domain.event import Event

NAMES = [name for name in SPECS if name != "log"]


def actions_of(state: ComplaintState | None, actor: str = "staff-1") -> dict[str, Action]:
    """Every action on a state, by its command."""
    assert state is not None
    found = legal_actions(state, actor=actor, actor_role="handler", on=TODAY, now=NOW)
    return {each.command: each for each in found}


@pytest.mark.parametrize("name", NAMES)
def test_what_works_is_possible(name: str) -> None:
    """Each command is possible where its scenario works."""
    before, said = WORKING[name]
    assert actions_of(before.state, said.get("actor", "staff-1"))[name].possible


@examples(12)
@over(facts=HISTORIES)
def test_whatever_a_command_accepts_is_possible(facts: list[Event]) -> None:
    """After any facts, in any order, no command is accepted that is said to be impossible."""
    state = history([received(), *facts])
    possible = {name for name, each in actions_of(state).items() if each.possible}
    for name in NAMES:
        said = {key: value for key, value in WORKING[name][1].items() if key != "actor"}
        try:
            SPECS[name].decide(state, command_of(SPECS[name], **said))
        except CommandRefusedError:
            continue
        assert name in possible


def test_what_is_not_possible_says_what_to_do_first() -> None:
    """An obstacle names the complaint, the rule and the next step."""
    found = actions_of(case().state)
    assert not found["release-hold"].possible
    assert found["release-hold"].obstacles == (
        "complaint 'C-17' has no hold that runs; record it first (complaints case place-hold C-17)",
    )
    assert not found["decide"].possible
    assert "has no assessment yet" in " ".join(found["decide"].obstacles)


def test_who_asks_matters() -> None:
    """Whoever decided cannot approve."""
    state = WORKING["approve-decision"][0].state
    assert actions_of(state, "staff-3")["approve-decision"].possible
    (obstacle,) = actions_of(state, "staff-2")["approve-decision"].obstacles
    assert "'staff-2' decided complaint 'C-17' and cannot approve it too" in obstacle


def test_an_answered_complaint_waits_for_its_reply() -> None:
    """After the answer was told the reply is what can be recorded."""
    found = actions_of(answered().state)
    assert found["record-acceptance"].possible
    assert not found["communicate-decision"].possible
