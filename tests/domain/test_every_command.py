from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any, get_args
from uuid import UUID

import pytest

from domain.complaint.after_closing import POSSIBLE_AFTER_CLOSING
from domain.complaint.commands import COMMAND_ENVELOPE, COMMANDS, CommandSpec
from domain.complaint.events import AttentionRaised
from domain.errors import CommandRefusedError
from domain.personal import PlaintextField
from tests.domain.facts import WORKING, closed
from tests.domain.scenario import SPECS, Scenario, command_of, fact, given

each = pytest.mark.parametrize("name", SPECS)
on_a_complaint = pytest.mark.parametrize("name", [name for name in SPECS if name != "log"])
LATER = {topic for each in POSSIBLE_AFTER_CLOSING for topic in [each.TOPIC]}
STILL_REFUSED = {"fulfil-redress", "signpost", "escalate-externally"}
"""Facts that may follow a closing, whose commands reopen first all the same."""


def _ends_with_closing(name: str) -> bool:
    before, said = WORKING[name]
    topics = {event.TOPIC for event in before.when(name, **said).events()}
    return name in STILL_REFUSED or topics.isdisjoint(LATER)


while_open = pytest.mark.parametrize(
    "name", [name for name in SPECS if name != "log" and _ends_with_closing(name)]
)
FLAT = {str, int, bool, date, datetime, UUID, PlaintextField, list[str], type(None)}


def working(name: str, **said: Any) -> Scenario:
    """Return the scenario in which the command works, but for what is `said`."""
    before, usual = WORKING[name]
    return before.when(name, **(usual | said))


@each
def test_each_command_works_where_its_guards_are_met(name: str) -> None:
    """Every command has facts on which it is allowed, and gives at least one event."""
    events = working(name).events()
    assert events
    working(name).then(*(type(event) for event in events))


@each
def test_the_same_decision_gives_the_same_events(name: str) -> None:
    """An id depends on command, version and place alone, so a retry repeats its events."""
    assert working(name).events() == working(name).events()


@on_a_complaint
def test_a_decision_on_another_version_gives_other_ids(name: str) -> None:
    """A command that is decided again on a fresh state never reuses an id (RULES 5)."""
    before, said = WORKING[name]
    grown = before.and_(fact(AttentionRaised, level=1))
    once = {event.event_id for event in before.when(name, **said).events()}
    again = {event.event_id for event in grown.when(name, **said).events()}
    assert once.isdisjoint(again)


@on_a_complaint
def test_nothing_is_done_about_an_unknown_complaint(name: str) -> None:
    """A command on a stream without events says how to log the complaint."""
    given().when(name, **WORKING[name][1]).refused("is not known; log it first")


@while_open
def test_nothing_is_done_after_closing(name: str) -> None:
    """What our own closing ended is reopened first."""
    before, said = WORKING[name]
    with pytest.raises(CommandRefusedError, match=r"'C-17' is closed; reopen it first"):
        before.and_(closed()).when(name, **said).events()


@each
def test_nothing_happens_in_the_future(name: str) -> None:
    """An act is recorded when it has happened."""
    with pytest.raises(CommandRefusedError, match="occurred_on 2024-06-12 is in the future"):
        working(name, occurred_on=date(2024, 6, 12)).events()
    at = datetime(2024, 6, 10, 12, 1, tzinfo=UTC)
    with pytest.raises(CommandRefusedError, match=r"occurred_at .* is in the future"):
        working(name, occurred_at=at).events()


@on_a_complaint
def test_nothing_happens_before_receipt(name: str) -> None:
    """No act is dated before first contact (INV-06)."""
    with pytest.raises(CommandRefusedError, match="was received on 2024-06-03, after 2024-06-02"):
        working(name, occurred_on=date(2024, 6, 2)).events()


@each
def test_date_instant_and_zone_tell_one_story(name: str) -> None:
    """An instant lies on its local date, in a zone that exists."""
    at = datetime(2024, 6, 9, 23, 30, tzinfo=UTC)
    working(name, occurred_at=at, occurred_zone="Europe/Berlin").events()
    with pytest.raises(CommandRefusedError, match="is not on 2024-06-10 in UTC"):
        working(name, occurred_at=at, occurred_zone="UTC").events()
    with pytest.raises(CommandRefusedError, match="occurred_zone is not a time zone"):
        working(name, occurred_zone="Mars/Olympus").events()


@each
def test_identifiers_are_opaque_and_refusals_do_not_repeat_them(name: str) -> None:
    """No e-mail address gets in as an id, and none comes out in an error (INV-13)."""
    with pytest.raises(CommandRefusedError, match="field 'actor' is not an opaque id") as caught:
        working(name, actor="jane.roe@example.org").events()
    assert "jane" not in str(caught.value)


@each
def test_a_future_date_and_a_bad_actor_are_refused_together(name: str) -> None:
    """A refusal names every obstacle at once, so that nobody learns them one by one."""
    with pytest.raises(CommandRefusedError) as caught:
        working(name, actor="Jane Roe", occurred_on=date(2024, 6, 12)).events()
    text = "\n".join(caught.value.obstacles)
    assert "in the future" in text
    assert "opaque" in text


@pytest.mark.parametrize("spec", COMMANDS, ids=lambda spec: spec.name)
def test_a_command_can_become_a_command_line(spec: CommandSpec) -> None:
    """Fields are flat and described; the example names the command and fields that exist."""
    fields = {
        name: field
        for name, field in spec.model.model_fields.items()
        if name not in COMMAND_ENVELOPE
    }
    for name, field in fields.items():
        parts = {field.annotation}
        if field.annotation not in FLAT:
            parts = set(get_args(field.annotation))
        assert parts <= FLAT, name
        assert field.description
    assert spec.summary.endswith(".")
    assert spec.example.startswith(f"complaints case {spec.name}")
    options = re.findall(r"--(?:no-)?([a-z-]+)", spec.example)
    assert {option.replace("-", "_") for option in options} <= set(fields)
    assert all(
        field.annotation is bool or name.replace("_", "-") in options
        for name, field in fields.items()
        if field.is_required()
    )


def test_names_are_unique_and_every_command_has_a_scenario() -> None:
    """One name, one command, one scenario in which it works."""
    assert len(SPECS) == len(COMMANDS)
    assert set(WORKING) == set(SPECS)


def test_a_command_that_cannot_be_read_does_not_show_what_was_typed() -> None:
    """A validation error never repeats its input: it may be about a person."""
    with pytest.raises(ValueError, match="eligible") as caught:
        command_of(SPECS["determine-eligibility"], eligible="Jane Roe says no")
    assert "Jane" not in str(caught.value)
