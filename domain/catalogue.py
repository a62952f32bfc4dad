"""Every event type that this version of the ledger defines, by its stored topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access import SealedDataRead, SubjectErased
from domain.complaint.events import COMPLAINT_EVENTS
from domain.door.events import DOOR_EVENTS
from domain.stored import OpaqueStored

if TYPE_CHECKING:
    from domain.event import Event

EVENT_TYPES: tuple[type[Event], ...] = (
    *COMPLAINT_EVENTS,
    *DOOR_EVENTS,
    SealedDataRead,
    SubjectErased,
    OpaqueStored,
)

BY_TOPIC: dict[str, type[Event]] = {event.TOPIC: event for event in EVENT_TYPES}
