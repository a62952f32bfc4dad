"""Admission: the row form case by case, and the set form equal to it on hostile histories."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.complaint.events import ComplaintAcknowledged, ComplaintReceived
from domain.rules.partition_state import SAVE_WINDOW
from domain.stored import OpaqueStored
from tests.examples import examples
from tests.rules.controls import SECOND, SIGNERS, STRANGER, closing, operators, rules, source
from tests.rules.ledgerless import (
    OPERATOR,
    by_rows,
    by_sets,
    event,
    opening_values,
    pair,
    records_of,
    save,
)

S1 = "01930000-0000-7000-8000-0000000000a1"
S2 = "01930000-0000-7000-8000-0000000000a2"
S3 = "01930000-0000-7000-8000-0000000000a3"
FIRST = len(opening_values())


def outcomes(*items: Any) -> list[tuple[str, str | None]]:
    """Return outcome and reason of records that follow a ledger's opening, in both forms."""
    records = records_of([*opening_values(), *items])
    rows, state = by_rows(records)
    sets, set_state = by_sets(records, range(1, len(records)))
    assert rows == sets
    assert state.to_json() == set_state.to_json()
    return [(rows[FIRST + i].outcome, rows[FIRST + i].reason) for i in range(len(items))]


ACCEPTED = ("accepted", None)


def test_first_receipt_opens_a_stream_and_facts_follow() -> None:
    """An opening event opens, facts without expected version follow in any number."""
    assert (
        outcomes(
            pair(event(ComplaintReceived, S1, 1)),
            pair(event(ComplaintAcknowledged, S1, 2)),
            pair(event(ComplaintAcknowledged, S1, 3, expected_version=2)),
        )
        == [ACCEPTED] * 3
    )


def test_second_opening_and_event_without_opening_are_refused() -> None:
    """Rule 3: an opening event opens a new stream, any other needs an existing one."""
    assert outcomes(
        pair(event(ComplaintReceived, S1, 1)),
        pair(event(ComplaintReceived, S1, 2)),
        pair(event(ComplaintAcknowledged, S2, 3)),
    ) == [ACCEPTED, ("refused", "already-open"), ("refused", "unknown-stream")]


def test_same_bytes_are_a_duplicate_and_other_bytes_reuse_the_id() -> None:
    """Rule 2 compares the value bytes of an admitted event id."""
    first = event(ComplaintReceived, S1, 1)
    assert outcomes(
        pair(first), pair(first), pair(event(ComplaintReceived, S1, 1, reference="C-1"))
    ) == [ACCEPTED, ("duplicate", None), ("refused", "id-reused")]


def test_the_first_of_two_with_one_expected_version_wins() -> None:
    """Rule 4: a later record for the same version is refused, and its id may be tried again."""
    late = event(ComplaintAcknowledged, S1, 3, expected_version=1)
    assert outcomes(
        pair(event(ComplaintReceived, S1, 1, expected_version=0)),
        pair(event(ComplaintAcknowledged, S1, 2, expected_version=1)),
        pair(late),
        pair(event(ComplaintAcknowledged, S1, 3, expected_version=2)),
    ) == [ACCEPTED, ACCEPTED, ("refused", "version-conflict"), ACCEPTED]


def test_rights_and_signatures_are_rule_five() -> None:
    """An unregistered source, a type without right and an unsigned record are refused."""
    assert outcomes(
        pair(event(ComplaintReceived, S1, 1, source="stranger")),
        pair(event(ComplaintReceived, S1, 2, source="narrow")),
        pair(event(ComplaintAcknowledged, S1, 3, source="narrow")),
        pair(event(ComplaintAcknowledged, S1, 4, source="signing")),
        pair(event(ComplaintAcknowledged, S1, 5, source="signing"), signed=True),
    ) == [
        ("refused", "not-authorised"),
        ACCEPTED,
        ("refused", "not-authorised"),
        ("refused", "not-authorised"),
        ACCEPTED,
    ]


def test_rule_one_names_what_is_wrong_with_a_record() -> None:
    """Malformed, unknown schema, wrong key, too large: each has its reason."""
    key, value, _ = pair(event(ComplaintReceived, S1, 1))
    assert outcomes(
        (key, value[:-1]),
        (key, value + b"\x00"),
        (key, b"\xc3\x01" + b"12345678" + value[10:]),
        (S2.encode(), value),
        (None, value),
        (key, None),
        (key, b""),
        (key, b"\x00\x00\x00\x00\x07" + value[10:]),
        (key, value + b"\x00" * 70_000),
        (b"control", b"CLC1{}"),
    ) == [
        ("refused", "malformed"),
        ("refused", "malformed"),
        ("refused", "unknown-schema"),
        ("refused", "envelope-mismatch"),
        ("refused", "malformed"),
        ("refused", "malformed"),
        ("refused", "malformed"),
        ("refused", "unknown-schema"),
        ("refused", "too-large"),
        ("refused", "not-authorised"),
    ]


def test_a_refused_record_keeps_what_its_key_and_its_frame_claim() -> None:
    """A receipt that nobody can read is a complaint all the same; a key that is no UUID stays out."""
    key, value, _ = pair(event(ComplaintReceived, S1, 1))
    items = [
        (key, value[:-1]),
        (S2.encode(), value),
        (b"Quackenbush", value[:-1]),
        (key, b"\xc3\x01" + b"12345678" + value[10:]),
        (key, b"in clear"),
        (key, None),
        (None, value),
    ]
    topic = ComplaintReceived.TOPIC
    expected = [
        (S1, topic),
        (S2, topic),
        (None, topic),
        (S1, None),
        (S1, None),
        (None, None),
        (None, topic),
    ]
    records = records_of([*opening_values(), *items])
    for verdicts, _ in (by_rows(records), by_sets(records, [])):
        said = [(v.stream_id, v.event_type) for _, v in sorted(verdicts.items())]
        assert said[-len(items) :] == expected


def test_a_save_counts_when_its_last_record_came() -> None:
    """Members are pending, then admitted in index order, at the version that they carry."""
    members = save(
        [
            event(ComplaintReceived, S1, 1, expected_version=0),
            event(ComplaintAcknowledged, S1, 2, expected_version=0),
        ],
        command=9,
    )
    records = records_of(
        [
            *opening_values(),
            pair(members[1]),
            pair(event(ComplaintReceived, S2, 3)),
            pair(members[0]),
        ]
    )
    rows, _ = by_rows(records)
    assert rows == by_sets(records, range(len(records)))[0]
    assert [rows[FIRST + i].outcome for i in range(3)] == ["accepted"] * 3
    assert rows[FIRST].version == 2
    assert rows[FIRST].position == 3
    assert rows[FIRST].judged_ordinal == FIRST + 2
    assert rows[FIRST + 2].position == 2


def test_a_save_that_lost_its_race_is_refused_whole() -> None:
    """A fact between the members moves the version: no member counts."""
    members = save(
        [
            event(ComplaintAcknowledged, S1, 2, expected_version=1),
            event(ComplaintAcknowledged, S1, 3, expected_version=1),
        ],
        command=9,
    )
    conflict = ("refused", "version-conflict")
    assert outcomes(
        pair(event(ComplaintReceived, S1, 1)),
        pair(members[0]),
        pair(event(ComplaintAcknowledged, S1, 4)),
        pair(members[1]),
    ) == [ACCEPTED, conflict, ACCEPTED, conflict]


@pytest.mark.parametrize("gap", [SAVE_WINDOW - 1, SAVE_WINDOW])
def test_a_save_runs_out_after_its_window(gap: int) -> None:
    """Complete within the next 10,000 records counts; one more and it is refused at that record."""
    members = save(
        [
            event(ComplaintReceived, S1, 1, expected_version=0),
            event(ComplaintAcknowledged, S1, 2, expected_version=0),
        ],
        command=9,
    )
    junk = [(b"k", b"junk")] * gap
    records = records_of([*opening_values(), pair(members[0]), *junk, pair(members[1])])
    rows, state = by_rows(records)
    sets, set_state = by_sets(records, [FIRST + 1, FIRST + 5000, FIRST + 9_999, FIRST + 10_001])
    assert rows == sets
    assert state.to_json() == set_state.to_json()
    expected = ("accepted", None) if gap < SAVE_WINDOW else ("refused", "incomplete-save")
    assert (rows[FIRST].outcome, rows[FIRST].reason) == expected
    assert rows[FIRST].judged_ordinal == FIRST + SAVE_WINDOW


def test_records_before_the_descriptor_are_refused() -> None:
    """Nothing counts before the descriptor, not even a whole event."""
    records = records_of([pair(event(ComplaintReceived, S1, 1)), *opening_values()])
    rows, state = by_rows(records)
    assert rows[0].reason == "before-descriptor"
    assert rows == by_sets(records, [])[0]
    assert state.descriptor is not None


def test_control_records_need_an_operator() -> None:
    """A control record that no named operator signed changes nothing."""
    stranger = type(OPERATOR)(b"\x09" * 32)
    from complaints_ledger.operations import signed_control, source_body  # noqa: PLC0415

    value = signed_control("source", source_body("evil", types=["*"]), stranger)
    assert outcomes(value, pair(event(ComplaintReceived, S1, 1, source="evil"))) == [
        ("refused", "not-authorised"),
        ("refused", "not-authorised"),
    ]


def test_opaque_streams_open_at_any_version_and_stay_gapless() -> None:
    """What the library stores may open at any version; a gap is a conflict."""

    def stored(number: int, version: int) -> Any:
        return pair(
            event(
                OpaqueStored, "stream-x", number,
                expected_version=version - 1, topic="t", originator_version=version, state=b"s",
            )
        )  # fmt: skip

    assert outcomes(stored(1, 0), stored(2, 1), stored(3, 3), stored(4, 1)) == [
        ACCEPTED,
        ACCEPTED,
        ("refused", "version-conflict"),
        ("refused", "version-conflict"),
    ]


def _step() -> st.SearchStrategy[Any]:
    streams = st.sampled_from([S1, S2, S3, "not-a-uuid"])
    numbers = st.integers(1, 12)
    expected = st.sampled_from([None, None, None, 0, 1, 2, 3])
    sources = st.sampled_from(["crm", "crm", "crm", "narrow", "signing", "stranger"])
    kinds = st.sampled_from([ComplaintReceived, ComplaintAcknowledged, ComplaintAcknowledged])

    def single(drawn: tuple[Any, ...]) -> Any:
        kind, stream, number, seen, source, signed = drawn
        return pair(
            event(kind, stream, number, expected_version=seen, source=source), signed=signed
        )

    singles = st.tuples(kinds, streams, numbers, expected, sources, st.booleans()).map(single)

    def member(drawn: tuple[Any, ...]) -> Any:
        kind, stream, number, seen, command, index = drawn
        pairs = save([event(kind, stream, number, expected_version=seen)] * 2, command=command)
        return pair(pairs[index])

    members = st.tuples(
        kinds,
        streams,
        numbers,
        st.sampled_from([0, 1, 2, None]),
        st.integers(1, 3),
        st.integers(0, 1),
    ).map(member)

    def mutated(drawn: tuple[Any, int, int]) -> Any:
        (key, value, signature), place, byte = drawn
        changed = bytearray(value)
        changed[place % len(changed)] ^= byte
        return key, bytes(changed), signature

    mutations = st.tuples(singles, st.integers(0, 10_000), st.integers(1, 255)).map(mutated)
    cut = st.tuples(singles, st.integers(1, 30)).map(lambda d: (d[0][0], d[0][1][: -d[1]], d[0][2]))
    junk = st.tuples(
        st.one_of(st.none(), st.binary(max_size=8)), st.one_of(st.none(), st.binary(max_size=40))
    )
    opaque = st.tuples(numbers, st.integers(0, 4), st.integers(-1, 4)).map(
        lambda d: pair(
            event(
                OpaqueStored, "stream-x", d[0],
                expected_version=d[2], topic="t", originator_version=d[1], state=b"s",
            )
        )
    )  # fmt: skip
    controls = _control()
    return st.one_of(*[singles] * 3, members, mutations, cut, junk, opaque, controls, controls)


def _control() -> st.SearchStrategy[Any]:
    """Control records that are right, wrongly signed, repeated, too early, or by removed keys."""
    signers = st.sampled_from(SIGNERS)
    named = st.lists(signers, min_size=0, max_size=3, unique=True)
    changes = st.tuples(st.integers(0, 4), named, signers).map(
        lambda d: operators(d[0], *d[1], by=d[2])
    )
    handed_over = st.sampled_from(
        [operators(1, OPERATOR, SECOND), operators(1, SECOND), operators(2, SECOND, by=SECOND)]
    )
    rule_sets = st.one_of(signers.map(lambda s: rules(1, s)), st.just(rules(2, STRANGER)))
    sources = st.tuples(st.sampled_from(["stranger", "narrow"]), signers).map(lambda d: source(*d))
    endings = st.tuples(st.integers(0, 9), signers).map(
        lambda d: closing(d[1]) if d[0] == 0 else source("narrow", d[1])
    )
    return st.one_of(changes, handed_over, handed_over, rule_sets, sources, endings)


@examples(50)
@given(st.lists(_step(), min_size=1, max_size=40), st.lists(st.integers(0, 60), max_size=6))
def test_set_form_equals_row_form_whatever_the_split(steps: list[Any], ends: list[int]) -> None:
    """Hostile bytes, conflicts, duplicates and unfinished saves come to the same, in any batches."""
    records = records_of([*opening_values(), *steps])
    rows, state = by_rows(records)
    sets, set_state = by_sets(records, ends)
    assert rows == sets
    assert state.to_json() == set_state.to_json()
    assert sorted(rows) == list(range(state.next_ordinal))
