"""A receipt at the door: noted at the first act, assigned, dismissed with a reason, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import pytest

from domain.door.commands import ASSIGN, DISMISS
from domain.door.events import (
    ReceiptSetAside,
    RefusedReceiptAssigned,
    RefusedReceiptDismissed,
    RefusedReceiptNoted,
)
from domain.door.receipt import DoorState, RefusedReceipt, evolve
from domain.errors import CommandRefusedError
from domain.event import ENVELOPE
from domain.identity import refused_receipt_stream_id, set_aside_stream_id
from domain.personal import Plaintext
from tests.domain.scenario import TODAY, command_of, fact

if TYPE_CHECKING:
    from domain.complaint.commands import CommandSpec
    from domain.event import Event

PLACE: Final = {"refused_partition": 0, "refused_ordinal": 417, "refused_reason": "malformed"}
SET_ASIDE: Final = fact(
    ReceiptSetAside,
    extract_digest="ab" * 32,
    extract_line=23,
    set_aside_reason="cell_unfit",
    claimed_source="cfpb",
)


def _decided(spec: CommandSpec, *before: Event, **said: Any) -> tuple[Event, ...]:
    state: DoorState | None = None
    for event in before:
        state = evolve(state, event)
    return spec.decide(state, command_of(spec, **said))


def _refused(spec: CommandSpec, *before: Event, **said: Any) -> str:
    with pytest.raises(CommandRefusedError) as caught:
        _decided(spec, *before, **said)
    return str(caught.value)


def test_the_first_act_notes_what_was_refused() -> None:
    """A refused record has no stream until somebody takes it up; then one save says both."""
    noted, assigned = _decided(ASSIGN, owner="staff-17", **PLACE)
    assert isinstance(noted, RefusedReceiptNoted)
    assert (noted.refused_partition, noted.refused_ordinal) == (0, 417)
    assert isinstance(assigned, RefusedReceiptAssigned)
    assert assigned.owner == "staff-17"
    assert [(e.expected_version, e.command and e.command.count) for e in (noted, assigned)] == [
        (0, 2),
        (0, 2),
    ]


def test_a_row_set_aside_is_noted_already() -> None:
    """An import notes what it sets aside; whoever takes it up adds to that."""
    (dismissed,) = _decided(DISMISS, SET_ASIDE, reason_code="test_data")
    assert isinstance(dismissed, RefusedReceiptDismissed)
    assert dismissed.expected_version == 1


def test_the_owner_is_not_made_owner_again() -> None:
    """An assignment that changes nothing is no event; one to somebody else is."""
    mine = fact(RefusedReceiptAssigned, owner="staff-17")
    assert _decided(ASSIGN, SET_ASIDE, mine, owner="staff-17") == ()
    assert len(_decided(ASSIGN, SET_ASIDE, mine, owner="staff-18")) == 1


def test_nothing_is_done_about_a_place_that_nobody_named() -> None:
    """A stream of the door is about a place in the log."""
    assert "door list" in _refused(ASSIGN, owner="staff-17")


@pytest.mark.parametrize("spec", [ASSIGN, DISMISS])
def test_what_was_dismissed_stays_dismissed(spec: CommandSpec) -> None:
    """A dismissal ends the stream; a later record opens another."""
    gone = fact(RefusedReceiptDismissed, reason_code="duplicate")
    said = {"owner": "staff-17"} if spec is ASSIGN else {"reason_code": "duplicate"}
    assert f"dismissed on {gone.occurred_on}" in _refused(spec, SET_ASIDE, gone, **said)


def test_a_dismissal_has_a_reason_of_the_list() -> None:
    """A word that is in no list is refused and not quoted if it might be about a person."""
    said = _refused(DISMISS, SET_ASIDE, reason_code="Zoë said so")
    assert "reason_code what was given is not a known code" in said
    assert "Zoë" not in said


def test_another_reason_is_said_in_words() -> None:
    """The code `other` alone explains nothing."""
    assert "in words" in _refused(DISMISS, SET_ASIDE, reason_code="other")
    words = Plaintext("rang twice")
    (event,) = _decided(DISMISS, SET_ASIDE, reason_code="other", reasons=words)
    assert isinstance(event, RefusedReceiptDismissed)
    assert event.reasons == words


def test_an_owner_is_an_opaque_id() -> None:
    """Nobody's name gets into the log by way of the door."""
    said = _refused(ASSIGN, SET_ASIDE, owner="Zoë Example")
    assert "'owner' is not an opaque identifier" in said
    assert "Zoë" not in said


def test_every_obstacle_is_named_at_once() -> None:
    """Who mends one thing need not come back for the next."""
    not_yet = TODAY + timedelta(days=2)
    command = command_of(DISMISS, reason_code="nonsense", occurred_on=not_yet)
    with pytest.raises(CommandRefusedError) as caught:
        DISMISS.decide(None, command)
    assert len(caught.value.obstacles) == 3


def test_the_state_is_that_of_the_last_events() -> None:
    """The aggregate folds what it decides."""
    command = command_of(ASSIGN, owner="staff-17", **PLACE)
    receipt = RefusedReceipt.opened(command.stream_id)
    receipt.handle(ASSIGN, command)
    later = command_of(DISMISS, reason_code="duplicate", command_id=UUID(int=7, version=4))
    receipt.handle(DISMISS, later)
    assert receipt.state == DoorState(version=3, owner="staff-17", dismissed_on=TODAY)
    assert [each.originator_version for each in receipt.collect_events()] == [1, 2, 3]


def test_the_streams_of_the_door_are_derived() -> None:
    """One place in the log, or one line of one extract, is one stream (frozen values)."""
    assert refused_receipt_stream_id(0, 417) == "58759b52-7434-84ec-88e2-c761846063b5"
    assert set_aside_stream_id("ab" * 32, 23) == "0fac575f-2bb7-8d55-a736-553a1dc31b4f"
    assert set_aside_stream_id("ab" * 32, 24) != set_aside_stream_id("ab" * 32, 23)


def test_no_event_of_the_door_holds_a_cell_or_a_record() -> None:
    """What was kept out is named by its place; only an id, a date and codes are copied."""
    payload = set(ReceiptSetAside.model_fields) | set(RefusedReceiptNoted.model_fields)
    assert payload - set(ENVELOPE) == {
        "extract_digest",
        "extract_line",
        "set_aside_reason",
        "set_aside_field",
        "claimed_source",
        "claimed_external_id",
        "claimed_stream_id",
        "claimed_received_on",
        "refused_partition",
        "refused_ordinal",
        "refused_reason",
        "refused_event_id",
    }
