"""Every event type that this version of the ledger defines, by its stored topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access import SealedDataRead, SubjectErased
from domain.complaint.events import COMPLAINT_EVENTS
from domain.complaint.events.earlier import EARLIER_EVENTS
from domain.door.events import DOOR_EVENTS
from domain.stored import OpaqueStored
from domain.upcasting import topic_version

if TYPE_CHECKING:
    from domain.event import Event

EVENT_TYPES: tuple[type[Event], ...] = (
    *COMPLAINT_EVENTS,
    *EARLIER_EVENTS,
    *DOOR_EVENTS,
    SealedDataRead,
    SubjectErased,
    OpaqueStored,
)

BY_TOPIC: dict[str, type[Event]] = {event.TOPIC: event for event in EVENT_TYPES}

CURRENT: dict[str, type[Event]] = {
    event.TOPIC: max(
        (
            each
            for each in EVENT_TYPES
            if topic_version(each.TOPIC)[0] == topic_version(event.TOPIC)[0]
        ),
        key=lambda each: topic_version(each.TOPIC)[1],
    )
    for event in EVENT_TYPES
}
"""The newest version of the event of each topic: how a record of any version is read."""
