"""Every event type that this version of the ledger defines, by its stored topic."""

from __future__ import annotations

from domain.access import SealedDataRead
from domain.complaint.events import COMPLAINT_EVENTS
from domain.event import Event
from domain.stored import OpaqueStored

EVENT_TYPES: tuple[type[Event], ...] = (*COMPLAINT_EVENTS, SealedDataRead, OpaqueStored)

BY_TOPIC: dict[str, type[Event]] = {event.TOPIC: event for event in EVENT_TYPES}
