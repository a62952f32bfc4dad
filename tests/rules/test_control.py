"""Operators, rule sets and the end of a partition: row form and set form judge them alike."""

from __future__ import annotations

from typing import Any, Final

import pytest

from complaints_ledger.operations import signed_control, source_body
from domain.complaint.events import ComplaintAcknowledged, ComplaintReceived
from domain.errors import OlderStateError, UnknownRuleSetError
from domain.rules import control
from domain.rules.admission import judge_rows
from domain.rules.admission_set import judge_set
from domain.rules.partition_state import PartitionState
from tests.rules.controls import (
    SECOND,
    STRANGER,
    closing,
    descriptor,
    operators,
    rules,
    source,
)
from tests.rules.ledgerless import (
    OPERATOR,
    AllStreams,
    Around,
    KeptStreams,
    by_rows,
    event,
    opening_values,
    pair,
    records_of,
    save,
)
from tests.rules.test_admission import ACCEPTED, FIRST, S1, S2, outcomes

COUNTS: Final = ("control", None)
REPEATED: Final = ("duplicate", None)
NOT_AUTHORISED: Final = ("refused", "not-authorised")
CLOSED: Final = ("refused", "closed")


def test_a_new_operator_signs_from_its_record_on() -> None:
    """Before it, the same signature is a stranger's; the old operator goes on beside it."""
    assert outcomes(
        source("early", SECOND),
        operators(1, OPERATOR, SECOND),
        source("late", SECOND),
        source("also"),
        pair(event(ComplaintReceived, S1, 1, source="late")),
    ) == [NOT_AUTHORISED, COUNTS, COUNTS, COUNTS, ACCEPTED]


def test_a_revoked_right_does_not_come_back_by_an_old_registration() -> None:
    """Anyone may append bytes that an operator signed once; only the next serial counts."""
    first = source("crm-eu")
    revoked = source_body("crm-eu", types=["*"], state="revoked", serial=1)
    again = source_body("crm-eu", types=["*"], serial=2)
    assert outcomes(
        first,
        first,
        signed_control("source", revoked, OPERATOR),
        first,
        pair(event(ComplaintReceived, S1, 1, source="crm-eu")),
        signed_control("source", again, OPERATOR),
        pair(event(ComplaintReceived, S1, 2, source="crm-eu")),
    ) == [COUNTS, REPEATED, COUNTS, NOT_AUTHORISED, NOT_AUTHORISED, COUNTS, ACCEPTED]


def test_a_removed_operator_signs_nothing_more() -> None:
    """Nor does it bring itself back, and the same record again changes nothing."""
    handed_over = operators(1, SECOND)
    assert outcomes(
        handed_over,
        source("late"),
        operators(2, OPERATOR),
        handed_over,
        operators(2, SECOND, STRANGER, by=SECOND),
        handed_over,
        operators(1, SECOND, by=SECOND),
    ) == [COUNTS, NOT_AUTHORISED, NOT_AUTHORISED, REPEATED, COUNTS, REPEATED, NOT_AUTHORISED]


def test_operators_follow_each_other_by_their_serial() -> None:
    """An old set never comes back, and none is skipped; nor does the descriptor bring one back."""
    assert outcomes(
        operators(0, OPERATOR),
        operators(2, OPERATOR, SECOND),
        operators(1, OPERATOR, SECOND),
        operators(1, OPERATOR),
        opening_values()[0],
        operators(2, SECOND, by=SECOND),
        opening_values()[0],
        source("late"),
    ) == [
        NOT_AUTHORISED,
        NOT_AUTHORISED,
        COUNTS,
        NOT_AUTHORISED,
        REPEATED,
        COUNTS,
        REPEATED,
        NOT_AUTHORISED,
    ]


_KEYS = sorted([OPERATOR.public_key.hex(), SECOND.public_key.hex()])


@pytest.mark.parametrize(
    "body",
    [
        {"keys": [], "serial": 1},
        {"keys": _KEYS[::-1], "serial": 1},
        {"keys": [_KEYS[0], _KEYS[0]], "serial": 1},
        {"keys": [_KEYS[0].upper()], "serial": 1},
        {"keys": [_KEYS[0][:-2]], "serial": 1},
        {"keys": [min(control.SMALL_ORDER).hex()], "serial": 1},
        {"keys": _KEYS, "serial": True},
        {"keys": _KEYS, "serial": "1"},
        {"keys": _KEYS, "serial": 1, "more": 1},
        {"keys": _KEYS},
        {"serial": 1},
        {"keys": _KEYS[0], "serial": 1},
        {"keys": [1], "serial": 1},
    ],
)
def test_operators_that_are_not_whole_are_refused(body: dict[str, Any]) -> None:
    """Keys are usable, sorted and unique, the serial a number, and nothing else is said."""
    assert outcomes(signed_control("operators", body, OPERATOR)) == [NOT_AUTHORISED]


def test_the_rule_set_that_governs_may_be_activated_and_changes_nothing() -> None:
    """Only an operator activates, and only what is a rule set."""
    assert outcomes(
        rules(1),
        rules(1, STRANGER),
        rules(2, STRANGER),
        rules(0),
        rules(-1),
        rules(True),  # noqa: FBT003  JSON's true is no number
        rules("2"),
        signed_control("rules", {}, OPERATOR),
        pair(event(ComplaintReceived, S1, 1)),
    ) == [REPEATED, *[NOT_AUTHORISED] * 7, ACCEPTED]


@pytest.mark.parametrize("set_form", [False, True])
@pytest.mark.parametrize(
    ("values", "stop"),
    [
        ([*opening_values(), pair(event(ComplaintReceived, S1, 1)), rules(2)], FIRST + 1),
        ([*opening_values(), operators(1, SECOND), rules(7, SECOND)], FIRST + 1),
        ([rules(2), descriptor(2)], 1),
    ],
)
def test_an_unknown_rule_set_stops_every_reader_at_its_record(
    values: list[Any], stop: int, *, set_form: bool
) -> None:
    """What stands before it is judged; at it nothing is, however often it is tried."""
    after = pair(event(ComplaintReceived, S2, 2))
    records = records_of([*values, after])
    state = PartitionState(0)

    def judge(start: int) -> int:
        around = Around(records)
        if set_form:
            kept = KeptStreams()
            judged = judge_set(records[start:], state, kept, around=around, mark=b"\x07markmk\xff")
            return judged.verdicts.height
        return len(judge_rows(records[start:], state, AllStreams(), around))

    assert judge(0) == stop
    assert state.next_ordinal == stop
    before = state.to_json()
    for _ in range(2):
        with pytest.raises(UnknownRuleSetError, match=f"record {stop} of partition 0"):
            judge(stop)
        assert state.to_json() == before


def test_a_descriptor_of_unknown_rules_stops_nobody_once_there_is_one() -> None:
    """Anybody can sign a descriptor of their own."""
    assert outcomes(descriptor(2, STRANGER), pair(event(ComplaintReceived, S1, 1))) == [
        NOT_AUTHORISED,
        ACCEPTED,
    ]


def test_nothing_counts_after_the_closing_record() -> None:
    """Events, junk and control records alike are refused, whoever signed them."""
    received = pair(event(ComplaintReceived, S1, 1))
    assert outcomes(
        closing(STRANGER),
        received,
        closing(),
        received,
        pair(event(ComplaintAcknowledged, S1, 2)),
        (b"k", b"junk"),
        source("late"),
        rules(2),
        closing(),
        opening_values()[0],
        b"CLC1{}",
    ) == [NOT_AUTHORISED, ACCEPTED, COUNTS, *[CLOSED] * 8]


def test_a_save_that_waits_ends_with_its_partition() -> None:
    """Its last record could never count, so the closing record decides it."""
    members = save(
        [
            event(ComplaintReceived, S1, 1, expected_version=0),
            event(ComplaintAcknowledged, S1, 2, expected_version=0),
        ],
        command=9,
    )
    assert outcomes(pair(members[0]), closing(), pair(members[1])) == [
        ("refused", "incomplete-save"),
        COUNTS,
        CLOSED,
    ]
    records = records_of([*opening_values(), pair(members[0]), (b"k", b"junk"), closing()])
    verdicts, state = by_rows(records)
    assert verdicts[FIRST].judged_ordinal == FIRST + 2
    assert state.pending == {}


def test_the_kept_state_holds_all_that_control_records_said() -> None:
    """Whole or in two parts, it is read back as it was."""
    records = records_of([*opening_values(), operators(1, SECOND), closing(SECOND)])
    _, state = by_rows(records)
    assert state.closed
    assert state.operators == control.Operators((SECOND.public_key,), 1)
    assert PartitionState.from_json(state.to_json()) == state
    assert PartitionState.from_parts(state.reading_json(), state.control_json()) == state
    assert PartitionState.read_again(state.reading_json(), state) == state


@pytest.mark.parametrize("kept", ['{"shape":1}', '{"partition":0}', '{"shape":"2"}', "{}"])
def test_a_state_of_another_shape_is_told_from_this_one(kept: str) -> None:
    """A file of another version is derived again, never half understood."""
    reading, said = PartitionState(0).reading_json(), PartitionState(0).control_json()
    with pytest.raises(OlderStateError, match="from the log"):
        PartitionState.from_json(kept)
    with pytest.raises(OlderStateError, match="from the log"):
        PartitionState.from_parts(kept, said)
    with pytest.raises(OlderStateError, match="from the log"):
        PartitionState.from_parts(reading, kept)
    with pytest.raises(OlderStateError, match="from the log"):
        PartitionState.read_again(kept, PartitionState(0))
