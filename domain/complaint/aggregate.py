"""The complaint as `eventsourcing` knows it: an aggregate that commands move, event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from domain.aggregate import StreamAggregate, StreamEvent
from domain.complaint.evolution import evolve
from domain.complaint.state import ComplaintState

if TYPE_CHECKING:
    from domain.event import Event

__all__ = ["Complaint", "StreamEvent"]


class Complaint(StreamAggregate[ComplaintState]):
    """One complaint: what happened so far, and the events that wait to be saved."""

    NOUN: ClassVar[str] = "complaint"

    __slots__ = ()

    @staticmethod
    def evolved(state: ComplaintState | None, event: Event) -> ComplaintState:
        """Return the facets after `event`."""
        return evolve(state, event)
