"""Sealing events: every plaintext goes, and a complaint has one subject."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import SealedDataRead
from domain.catalogue import EVENT_TYPES
from domain.complaint.events import CfpbRowReported, ComplaintReceived, DecisionApproved
from domain.errors import DamagedError, KeyDestroyedError
from domain.event import Event, Part
from domain.personal import PersonalData, Plaintext, Sealed
from domain.sealing import (
    NarrativeMeasures,
    Place,
    Sealer,
    marks_of,
    measure,
    open_field,
    personal_fields,
    seal_events,
    subject_of,
)
from tests.privacy.surroundings import (
    CANARY,
    EVENT,
    STREAM,
    InMemoryDataKeys,
    a_sealer,
    received,
)

OTHER_STREAM = "3b241101-e2bb-8255-8caf-4136c566a962"


def _cfpb_row(narrative: str, *, event_id: UUID = EVENT) -> CfpbRowReported:
    return CfpbRowReported(
        event_id=event_id,
        stream_id=STREAM,
        occurred_on=date(2020, 3, 19),
        actor="import",
        actor_role="system",
        source="cfpb",
        as_of_on=date(2020, 3, 19),
        as_of_basis="given",
        cfpb_complaint_id="3571115",
        narrative=Plaintext(narrative),
    )


def _keys_of(sealer: Sealer) -> InMemoryDataKeys:
    assert isinstance(sealer.keys, InMemoryDataKeys)
    return sealer.keys


def test_the_marks_of_the_schema_name_the_personal_fields() -> None:
    """What is sealed, and by which class of key, is read off the event type."""
    assert personal_fields(ComplaintReceived) == {
        "complainant_name": "identity",
        "complainant_contact": "identity",
        "narrative": "narrative",
    }
    assert personal_fields(DecisionApproved) == {}


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda each: each.__name__)
def test_no_personal_data_hides_where_the_sealer_does_not_look(event_type: type[Event]) -> None:
    """Every field that can hold a plaintext bears a mark, and no record inside an event has one."""
    marked = personal_fields(event_type)
    for name, info in event_type.model_fields.items():
        assert ("Plaintext" in repr(info.annotation)) == (name in marked), name
    for part in Part.__subclasses__():
        for info in part.model_fields.values():
            assert not any(isinstance(each, PersonalData) for each in info.metadata)


def test_every_plaintext_is_sealed_and_the_rest_stays() -> None:
    """Sealing changes the personal fields and what is measured of them, nothing else."""
    event = received(name=CANARY, narrative="They XXXX me.\nTwice.")
    (sealed,) = seal_events([event], a_sealer())
    assert isinstance(sealed, ComplaintReceived)
    assert isinstance(sealed.complainant_name, Sealed)
    assert isinstance(sealed.narrative, Sealed)
    assert sealed.complainant_contact is None
    changed = {
        name for name in type(event).model_fields if getattr(event, name) != getattr(sealed, name)
    }
    assert changed == {
        "complainant_name",
        "narrative",
        "narrative_characters",
        "narrative_lines",
        "narrative_redactions",
        "narrative_mark",
    }


def test_a_narrative_is_measured_when_it_is_sealed() -> None:
    """Characters, lines and redactions are known without a purpose."""
    (sealed,) = seal_events([received(narrative="They XXXX me.\nTwice.")], a_sealer())
    assert isinstance(sealed, ComplaintReceived)
    assert sealed.narrative_characters == 20
    assert sealed.narrative_lines == 2
    assert sealed.narrative_redactions == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", NarrativeMeasures(0, 0, 0)),
        ("one line", NarrativeMeasures(8, 1, 0)),
        ("a\r\nb\nc\rd", NarrativeMeasures(8, 4, 0)),
        ("ends\n", NarrativeMeasures(5, 2, 0)),
        ("XX/XX/2018, XXXXX; X and xx are none", NarrativeMeasures(36, 1, 3)),
        ("💧\u2028é", NarrativeMeasures(3, 1, 0)),
    ],
)
def test_measures_follow_their_definition(text: str, expected: NarrativeMeasures) -> None:
    """Code points; CRLF, LF and CR end lines, nothing else does; runs of two or more X."""
    assert measure(text) == expected


def test_the_key_store_is_asked_once_for_all_events() -> None:
    """A bulk of events costs one question, whatever its size."""
    sealer = a_sealer()
    events = [
        received(event_id=UUID(int=n), stream_id=f"stream-{n}", name="A", narrative="B")
        for n in range(50)
    ]
    seal_events(events, sealer)
    assert _keys_of(sealer).asked == 1


def test_events_without_plaintext_ask_for_no_key() -> None:
    """Nothing is made for a complaint that holds nothing personal."""
    sealer = a_sealer()
    events = [received()]
    assert seal_events(events, sealer) == events
    assert _keys_of(sealer).asked == 0


@given(st.text("abXÿ\n "), st.text("abXÿ\n "))
def test_sealing_what_is_sealed_changes_nothing(name: str, narrative: str) -> None:
    """Events pass through the sealer any number of times."""
    sealer = a_sealer()
    once = seal_events([received(name=name, narrative=narrative)], sealer)
    assert seal_events(once, sealer) == once
    assert seal_events([received(name=name, narrative=narrative)], sealer) == once


def test_a_complaint_has_one_subject() -> None:
    """All events of a stream share its keys, so erasing is per complaint."""
    sealer = a_sealer()
    first, second = seal_events([received(narrative="a"), _cfpb_row("b")], sealer)
    assert isinstance(first, ComplaintReceived)
    assert isinstance(second, CfpbRowReported)
    assert isinstance(first.narrative, Sealed)
    assert isinstance(second.narrative, Sealed)
    assert first.narrative.subject == second.narrative.subject == subject_of(first) == STREAM
    assert first.narrative.key_id == second.narrative.key_id


def test_classes_of_data_have_keys_of_their_own() -> None:
    """Who somebody is can be erased while what was told stays."""
    (sealed,) = seal_events([received(name="A", narrative="A")], a_sealer())
    assert isinstance(sealed, ComplaintReceived)
    assert isinstance(sealed.complainant_name, Sealed)
    assert isinstance(sealed.narrative, Sealed)
    assert sealed.complainant_name.key_id != sealed.narrative.key_id


def test_marks_find_the_same_text_again() -> None:
    """A later extract is compared with a stored narrative by mark, within its stream only."""
    sealer = a_sealer()
    (stored,) = seal_events([_cfpb_row("the same words")], sealer)
    assert isinstance(stored, CfpbRowReported)
    same, other, elsewhere = marks_of(
        [(STREAM, "the same words"), (STREAM, "other words"), (OTHER_STREAM, "the same words")],
        data_class="narrative",
        sealer=sealer,
    )
    assert same == stored.narrative_mark
    assert stored.narrative_mark not in {other, elsewhere}


def test_erased_subjects_are_not_sealed_again() -> None:
    """After an erasure the same data does not come back under a new key; the error says whose."""
    sealer = a_sealer()
    (sealed,) = seal_events([received(narrative=CANARY)], sealer)
    assert isinstance(sealed, ComplaintReceived)
    assert isinstance(sealed.narrative, Sealed)
    _keys_of(sealer).destroy([sealed.narrative.key_id])
    with pytest.raises(KeyDestroyedError, match="leave the field out") as caught:
        seal_events([received(narrative=CANARY)], sealer)
    assert caught.value.destroyed == ((STREAM, "narrative"),)


def test_an_unknown_key_is_damage() -> None:
    """A value whose key the store never held is not shown as empty."""
    (sealed,) = seal_events([received(narrative=CANARY)], a_sealer(1))
    assert isinstance(sealed, ComplaintReceived)
    assert isinstance(sealed.narrative, Sealed)
    place = Place(EVENT, STREAM, "narrative")
    with pytest.raises(DamagedError, match="never held"):
        open_field(sealed.narrative, place=place, sealer=a_sealer(2))


def test_access_events_hold_nothing_personal() -> None:
    """The access log names events and fields, never what they say."""
    assert personal_fields(SealedDataRead) == {}
