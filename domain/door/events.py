"""The events of the door: what was kept out, who looks after it, and why it was dismissed."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from domain.event import Event
from domain.personal import Narrative


class ReceiptSetAside(Event):
    """An import set a row aside that says that a complaint was received."""

    TOPIC: ClassVar[str] = "complaints.receipt_set_aside.v1"
    OPENS: ClassVar[bool] = True
    STREAM: ClassVar[str] = "door"

    extract_digest: str = Field(
        description="SHA-256 of the extract's bytes, 64 hexadecimal digits in lower case."
    )
    extract_line: int = Field(description="Line of the extract on which the row begins.")
    set_aside_reason: str = Field(description="Code of why it does not go in.")
    set_aside_field: str | None = Field(
        default=None, description="Column at fault, by the importer's own name; null: the row."
    )
    claimed_source: str = Field(description="Name of the source whose extract it is.")
    claimed_external_id: str | None = Field(
        default=None, description="Opaque id of the complaint in that source, if it can be read."
    )
    claimed_stream_id: str | None = Field(
        default=None, description="Stream that the row would open, if its id can be read."
    )
    claimed_received_on: date | None = Field(
        default=None, description="Local date of first contact that the row claims."
    )


class RefusedReceiptNoted(Event):
    """Somebody took up a record that admission refused and that looks like a receipt."""

    TOPIC: ClassVar[str] = "complaints.refused_receipt_noted.v1"
    OPENS: ClassVar[bool] = True
    STREAM: ClassVar[str] = "door"

    refused_partition: int = Field(description="Partition of the refused record.")
    refused_ordinal: int = Field(description="Number of the refused record in its partition.")
    refused_reason: str = Field(description="Reason for which admission refused it.")
    refused_event_id: UUID | None = Field(
        default=None, description="Event id of the refused record, if it can be read."
    )
    claimed_stream_id: str | None = Field(
        default=None, description="Stream that the refused record names, if that can be read."
    )
    claimed_received_on: date | None = Field(
        default=None, description="Local date that the refused record claims."
    )


class RefusedReceiptAssigned(Event):
    """Somebody became responsible for a receipt that waits at the door."""

    TOPIC: ClassVar[str] = "complaints.refused_receipt_assigned.v1"
    STREAM: ClassVar[str] = "door"

    owner: str = Field(description="Opaque id of who is responsible from now on.")


class RefusedReceiptDismissed(Event):
    """It was decided that no complaint waits behind a refused receipt, or none any more."""

    TOPIC: ClassVar[str] = "complaints.refused_receipt_dismissed.v1"
    STREAM: ClassVar[str] = "door"

    reason_code: str = Field(description="Code of the reason.")
    reasons: Narrative = Field(default=None, description="Reasons in words.")


DOOR_EVENTS: tuple[type[Event], ...] = (
    ReceiptSetAside,
    RefusedReceiptNoted,
    RefusedReceiptAssigned,
    RefusedReceiptDismissed,
)
"""The catalogue of the door, in the order of a refused receipt's life."""
