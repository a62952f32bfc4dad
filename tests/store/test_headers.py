"""CloudEvents headers: copies beside each event's record, for routers and people (RULES 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import given
from hypothesis import strategies as st

from adapters.avro_codec import encode_event, headers_in
from adapters.local_log import read_headers, stored_headers
from adapters.recorder import LedgerAggregateRecorder
from complaints_ledger.desk import ComplaintsApplication
from complaints_ledger.ledger import create_ledger
from complaints_ledger.publishing import append_facts
from domain.catalogue import BY_TOPIC
from domain.cloudevents import headers_for
from domain.complaint.events import ComplaintReceived
from domain.identity import derived_event_id, derived_stream_id
from domain.samples import complete_sample, minimal_sample
from tests.domain.scenario import SPECS, command_of, received

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from complaints_ledger.ledger import Ledger
    from domain.event import Event

SOURCE: Final = "complaints-desk"
STREAM: Final = derived_stream_id(SOURCE, "headers")
CANARY: Final = "Canary Longfellow"
ENCODED: Final = encode_event(minimal_sample(ComplaintReceived))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A fresh ledger."""
    with create_ledger(tmp_path / "ledger") as made:
        yield made


def test_a_fact_is_stored_with_its_attributes(ledger: Ledger) -> None:
    """What routers read of a published fact is what its CloudEvents form says."""
    opening = received(
        event_id=derived_event_id("headers"), stream_id=STREAM, source=SOURCE, narrative=CANARY
    )
    head = ledger.log.head(0)
    (verdict,) = append_facts(ledger, [opening])
    assert (verdict.outcome, verdict.ordinal) == ("accepted", head)
    stored = ledger.log.headers(0, head)
    assert stored == headers_for(opening)
    assert dict(stored)["ce_subject"] == STREAM.encode()
    assert CANARY not in repr(stored)


def test_a_command_stores_the_attributes_of_its_events(ledger: Ledger) -> None:
    """Events that handlers decide have the same headers as facts from elsewhere."""
    head = ledger.log.head(0)
    command = command_of(SPECS["log"], stream_id=STREAM, source=SOURCE, narrative=CANARY)
    outcome = ComplaintsApplication(ledger).handle(SPECS["log"], command)
    for place, event in enumerate(outcome.events):
        assert ledger.log.headers(0, head + place) == headers_for(event)
        assert CANARY not in repr(ledger.log.headers(0, head + place))


def test_what_the_library_stores_has_headers_too(ledger: Ledger) -> None:
    """An event of the library's own is named by its stream and our type for it."""
    head, stream = ledger.log.head(0), UUID(STREAM)
    LedgerAggregateRecorder(ledger.store()).insert_events(
        [StoredEvent(stream, 1, "library:Topic", b"state")]
    )
    headers = dict(ledger.log.headers(0, head))
    assert headers["ce_type"] == b"complaints.opaque.v1"
    assert headers["ce_subject"] == STREAM.encode()


def test_control_records_have_no_headers(ledger: Ledger) -> None:
    """A control record is no event."""
    assert ledger.log.headers(0, 0) == ()
    assert ledger.log.headers(0, 10_000) == ()


@pytest.mark.parametrize("event_type", BY_TOPIC.values(), ids=lambda t: t.__name__)
def test_encoded_events_say_their_headers(event_type: type[Event]) -> None:
    """The library hands over bytes only; they tell the same headers as the event."""
    for event in (complete_sample(event_type), minimal_sample(event_type)):
        assert headers_in(encode_event(event), event_type.TOPIC) == headers_for(event)


@pytest.mark.parametrize("spoil", [b"", b"\xff", ENCODED[10:14]])
def test_bytes_that_are_no_event_have_no_headers(spoil: bytes) -> None:
    """Admission refuses them; headers are not what stops them."""
    framed = ENCODED[:10] + spoil
    assert headers_in(framed, ComplaintReceived.TOPIC) == ()
    assert headers_in(framed, "nobody.knows.v1") == ()


@given(
    st.lists(
        st.tuples(st.text("abc_-", min_size=1, max_size=9), st.binary(max_size=20)), max_size=5
    ).map(tuple)
)
def test_headers_come_back_as_they_were(headers: tuple[tuple[str, bytes], ...]) -> None:
    """Line ends and percent signs in a value cannot forge another header."""
    assert read_headers(stored_headers(headers)) == headers
