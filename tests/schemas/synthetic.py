"""Versions of an event that no ledger has, to prove the machinery while all are version 1."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from domain.event import Event, Part
from domain.personal import Narrative


class LineV1(Part):
    """A line of a note."""

    reason_code: str = Field(description="Code of the line.")


class LineV2(Part):
    """A line of a note."""

    reason_code: str = Field(description="Code of the line.")
    weight: int | None = Field(default=None, description="Weight, 1 to 5.")


class NoteTaken(Event):
    """Somebody took a note."""

    TOPIC: ClassVar[str] = "complaints.note_taken.v1"

    redress_id: str = Field(description="Opaque id of the redress that it is about.")
    note: Narrative = Field(default=None, description="The note.")
    lines: list[LineV1] = Field(default_factory=list, description="Its lines.")
    outdated: bool | None = Field(default=None, description="Whether it was outdated at once.")


class NoteTakenV2(Event):
    """Somebody took a note; version 2 says in which language."""

    TOPIC: ClassVar[str] = "complaints.note_taken.v2"

    language: str | None = Field(default=None, description="BCP 47 tag of the note's language.")
    redress_id: str = Field(description="Opaque id of the redress, which the note is about.")
    note: Narrative = Field(default=None, description="The note.")
    lines: list[LineV2] = Field(default_factory=list, description="Its lines.")


class NoteTakenRedrafted(NoteTakenV2):
    """Another class under the topic of version 1."""

    TOPIC: ClassVar[str] = "complaints.note_taken.v1"


class NoteTakenLost(Event):
    """A version 2 that lost a field which version 1 cannot do without."""

    TOPIC: ClassVar[str] = "complaints.note_taken.v2"
