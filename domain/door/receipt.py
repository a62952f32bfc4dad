"""A receipt at the door as an aggregate: refused or set aside, assigned, dismissed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from domain.aggregate import StreamAggregate
from domain.door.events import RefusedReceiptAssigned, RefusedReceiptDismissed

if TYPE_CHECKING:
    from datetime import date

    from domain.event import Event


@dataclass(frozen=True, slots=True)
class DoorState:
    """What is known of one receipt at the door."""

    version: int = 0
    owner: str | None = None
    dismissed_on: date | None = None


def evolve(state: DoorState | None, event: Event) -> DoorState:
    """Return the state after `event`; what the door does not know is only counted."""
    before = DoorState() if state is None else state
    counted = replace(before, version=before.version + 1)
    if isinstance(event, RefusedReceiptAssigned):
        return replace(counted, owner=event.owner)
    if isinstance(event, RefusedReceiptDismissed):
        return replace(counted, dismissed_on=event.occurred_on)
    return counted


class RefusedReceipt(StreamAggregate[DoorState]):
    """One receipt at the door: what happened so far, and the events that wait to be saved."""

    NOUN: ClassVar[str] = "refused receipt"

    __slots__ = ()

    @staticmethod
    def evolved(state: DoorState | None, event: Event) -> DoorState:
        """Return what is known after `event`."""
        return evolve(state, event)
