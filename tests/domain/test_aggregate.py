from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.persistence import IntegrityError, Mapper, StoredEvent

from domain.catalogue import BY_TOPIC
from domain.complaint.aggregate import Complaint, StreamEvent
from domain.complaint.events import ComplaintAcknowledged, ComplaintReceived
from domain.errors import CommandRefusedError, InputError
from tests.domain.scenario import SPECS, STREAM, command_of, fact, received

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eventsourcing.domain import DomainEventProtocol


class EventMapper(Mapper[UUID]):
    """Stores an event as its own JSON under its own topic."""

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """Write it as JSON."""
        assert isinstance(domain_event, StreamEvent)
        return StoredEvent(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=domain_event.event.TOPIC,
            state=domain_event.event.model_dump_json().encode(),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """Read the JSON."""
        assert isinstance(stored_event.originator_id, UUID)
        event = BY_TOPIC[stored_event.topic].model_validate_json(stored_event.state)
        return StreamEvent(stored_event.originator_id, stored_event.originator_version, event)


class Complaints(Application[UUID]):
    """Complaints in memory."""

    env = {"AGGREGATE_CACHE_MAXSIZE": "10"}  # noqa: RUF012  declared so by the library

    def construct_mapper(self) -> Mapper[UUID]:
        """Use ours."""
        return EventMapper(transcoder=self.construct_transcoder())

    def act(self, name: str, **said: Any) -> None:
        """Decide a command on the stored complaint and save its events."""
        try:
            complaint = self.get()
        except AggregateNotFoundError:
            complaint = Complaint.opened(STREAM)
        complaint.handle(SPECS[name], command_of(SPECS[name], **said))
        self.save(complaint)

    def get(self) -> Complaint:
        """Read the complaint back."""
        return self.repository.get(UUID(STREAM), projector_func=Complaint.project)


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """An application that forgets everything when it is closed."""
    with Complaints() as application:
        yield application


def test_a_complaint_is_saved_and_read_back(complaints: Complaints) -> None:
    """The library stores what a command decided and folds it again by our projector."""
    complaints.act("log", reference="C-17")
    complaints.act("acknowledge")
    complaint = complaints.get()
    assert complaint.version == 2
    assert complaint.state is not None
    assert complaint.state.reference == "C-17"
    assert complaint.pending == ()


def test_a_refused_command_saves_nothing(complaints: Complaints) -> None:
    """What a guard refuses leaves the stored complaint as it was."""
    complaints.act("log")
    complaints.act("acknowledge")
    with pytest.raises(CommandRefusedError):
        complaints.act("acknowledge")
    assert complaints.get().version == 2


def test_the_later_of_two_writers_gets_the_conflict(complaints: Complaints) -> None:
    """Two decisions on one version are one too many (INV-02)."""
    complaints.act("log")
    early, late = complaints.get(), complaints.get()
    for complaint in (early, late):
        complaint.handle(SPECS["acknowledge"], command_of(SPECS["acknowledge"]))
    complaints.save(early)
    with pytest.raises(IntegrityError):
        complaints.save(late)


def test_events_are_handed_over_once() -> None:
    """Pending events carry gapless versions and are collected once."""
    complaint = Complaint.opened(STREAM)
    complaint.handle(SPECS["log"], command_of(SPECS["log"]))
    complaint.handle(SPECS["acknowledge"], command_of(SPECS["acknowledge"]))
    pending = complaint.collect_events()
    assert [type(each.event) for each in pending] == [ComplaintReceived, ComplaintAcknowledged]
    assert [each.originator_version for each in pending] == [1, 2]
    assert complaint.collect_events() == ()


def test_projecting_leaves_the_complaint_that_it_starts_from() -> None:
    """A cached complaint is never moved under its readers."""
    first = Complaint.project(None, [StreamEvent(UUID(STREAM), 1, received())])
    assert first is not None
    later = StreamEvent(UUID(STREAM), 2, fact(ComplaintAcknowledged))
    second = Complaint.project(first, [later])
    assert second is not None
    assert (first.version, second.version) == (1, 2)
    assert Complaint.project(None, []) is None
    assert copy.deepcopy(second).state is second.state


@pytest.mark.parametrize("stream_id", ["C-17", STREAM.upper(), f"{{{STREAM}}}"])
def test_a_stream_is_named_canonically(stream_id: str) -> None:
    """A complaint's stream id is a UUID in canonical lower case (RULES 1)."""
    with pytest.raises(InputError, match="canonical lower case"):
        Complaint.opened(stream_id)


def test_a_command_for_another_complaint_is_not_handled() -> None:
    """A command acts on the stream that it names."""
    other = Complaint.opened("018f0000-0000-7000-8000-000000000018")
    with pytest.raises(InputError, match="is for stream"):
        other.handle(SPECS["log"], command_of(SPECS["log"]))
