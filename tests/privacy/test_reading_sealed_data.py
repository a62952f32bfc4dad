"""Reading with a purpose: no access event, no plaintext."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from domain.access import SealedDataRead
from domain.errors import InputError, OutcomeUnknownError
from domain.sealing import (
    PURPOSES,
    DataKey,
    Place,
    Reading,
    Sealer,
    read_request,
    read_sealed,
    seal_events,
)
from tests.privacy.surroundings import CANARY, EVENT, STREAM, InMemoryDataKeys, a_sealer, received

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.event import Event
    from domain.personal import Sealed

OTHER_EVENT = UUID("018f4e2a-7b1c-7d3e-8f40-123456789abd")
OTHER_STREAM = "3b241101-e2bb-8255-8caf-4136c566a962"


class CountingCipher:
    """Opens by another cipher and counts how often."""

    def __init__(self, sealer: Sealer) -> None:
        self.opened = 0
        self._cipher = sealer.cipher

    def seal(self, text: str, *, place: Place, key: DataKey) -> Sealed:
        """Seal by the other cipher."""
        return self._cipher.seal(text, place=place, key=key)

    def open(self, sealed: Sealed, *, place: Place, key: DataKey) -> str:
        """Open by the other cipher."""
        self.opened += 1
        return self._cipher.open(sealed, place=place, key=key)

    def mark(self, text: str, key: DataKey) -> bytes:
        """Mark by the other cipher."""
        return self._cipher.mark(text, key)


def _reading(*, purpose: str = "handling", fields: frozenset[str] | None = None) -> Reading:
    return Reading(
        purpose=purpose,
        actor="handler-3",
        actor_role="handler",
        source="ledger",
        occurred_on=date(2024, 3, 5),
        occurred_at=datetime(2024, 3, 5, 9, 30, tzinfo=UTC),
        occurred_zone="Europe/London",
        fields=fields,
    )


def _ids() -> Callable[[], UUID]:
    numbers = count(1)
    return lambda: UUID(int=next(numbers), version=4)


def _two_complaints(sealer: Sealer) -> list[Event]:
    return seal_events(
        [
            received(name=CANARY, narrative="first"),
            received(event_id=OTHER_EVENT, stream_id=OTHER_STREAM, narrative="second"),
        ],
        sealer,
    )


def test_what_is_read_comes_by_event_and_field() -> None:
    """Every sealed field of the events is opened, and nothing else is in the answer."""
    sealer, log = a_sealer(), list[SealedDataRead]()
    texts = read_sealed(
        _two_complaints(sealer), reading=_reading(), new_id=_ids(), append=log.append, opener=sealer
    )
    assert texts == {
        (EVENT, "complainant_name"): CANARY,
        (EVENT, "narrative"): "first",
        (OTHER_EVENT, "narrative"): "second",
    }


def test_each_stream_read_has_its_access_event() -> None:
    """The access event says who read which fields of which events, when and for what."""
    sealer, log = a_sealer(), list[SealedDataRead]()
    read_sealed(
        _two_complaints(sealer), reading=_reading(), new_id=_ids(), append=log.append, opener=sealer
    )
    first, second = log
    assert first == SealedDataRead(
        event_id=UUID(int=1, version=4),
        stream_id=str(UUID(int=1, version=4)),
        occurred_on=date(2024, 3, 5),
        occurred_at=datetime(2024, 3, 5, 9, 30, tzinfo=UTC),
        occurred_zone="Europe/London",
        actor="handler-3",
        actor_role="handler",
        source="ledger",
        read_stream_id=STREAM,
        read_event_ids=[str(EVENT)],
        read_fields=["complainant_name", "narrative"],
        purpose_code="handling",
    )
    assert second.read_stream_id == OTHER_STREAM


@pytest.mark.parametrize("failing", [1, 2])
def test_nothing_is_opened_if_an_access_event_is_not_appended(failing: int) -> None:
    """No append, no plaintext: not even that of a stream whose own access event went in."""
    sealer = a_sealer()
    events = _two_complaints(sealer)
    cipher = CountingCipher(sealer)
    calls = count(1)

    def append(_event: SealedDataRead) -> None:
        if next(calls) == failing:
            msg = "nobody knows whether it was appended"
            raise OutcomeUnknownError(msg)

    with pytest.raises(OutcomeUnknownError):
        read_sealed(
            events,
            reading=_reading(),
            new_id=_ids(),
            append=append,
            opener=Sealer(sealer.keys, cipher),
        )
    assert cipher.opened == 0


def test_only_the_fields_wanted_are_opened_and_told() -> None:
    """Who needs the narrative does not see the name, and the access event says so."""
    sealer, log = a_sealer(), list[SealedDataRead]()
    texts = read_sealed(
        _two_complaints(sealer)[:1],
        reading=_reading(fields=frozenset({"narrative"})),
        new_id=_ids(),
        append=log.append,
        opener=sealer,
    )
    assert texts == {(EVENT, "narrative"): "first"}
    assert log[0].read_fields == ["narrative"]


def test_nothing_sealed_means_no_access_event() -> None:
    """The access log has no line for a reading that shows nobody's data."""
    log: list[SealedDataRead] = []
    texts = read_sealed(
        [received()], reading=_reading(), new_id=_ids(), append=log.append, opener=a_sealer()
    )
    assert (texts, log) == ({}, [])


def test_an_erased_field_is_absent() -> None:
    """What was erased does not keep the rest from being read."""
    sealer, log = a_sealer(), list[SealedDataRead]()
    events = _two_complaints(sealer)
    assert isinstance(sealer.keys, InMemoryDataKeys)
    sealer.keys.destroy([sealer.keys.key_for([(STREAM, "identity")])[0].key_id])
    texts = read_sealed(
        events[:1], reading=_reading(), new_id=_ids(), append=log.append, opener=sealer
    )
    assert texts == {(EVENT, "narrative"): "first"}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_purpose_of_the_code_list_reads(purpose: str) -> None:
    """The code goes into the access event as it is."""
    place = Place(EVENT, STREAM, "narrative")
    request = read_request(
        _reading(purpose=purpose), [place], event_id=OTHER_EVENT, stream_id="access"
    )
    assert request.purpose_code == purpose


def test_curiosity_is_no_purpose() -> None:
    """A purpose that the code list does not know is refused before anything happens."""
    with pytest.raises(InputError, match="use one of handling, quality, privacy_request"):
        _reading(purpose="curiosity")


def test_an_access_event_tells_of_one_stream() -> None:
    """Places of two streams, or none, are two access events, or none."""
    places = [Place(EVENT, STREAM, "narrative"), Place(OTHER_EVENT, OTHER_STREAM, "narrative")]
    for wanted in (places, []):
        with pytest.raises(InputError, match="one stream"):
            read_request(_reading(), wanted, event_id=OTHER_EVENT, stream_id="access")
