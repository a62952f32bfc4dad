"""What the `eventsourcing` library stores without a schema of ours (RULES 5, `opaque.v1`)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from domain.event import Event


class OpaqueStored(Event):
    """An event of the library's own: a topic and a state that only its application reads."""

    TOPIC: ClassVar[str] = "complaints.opaque.v1"
    STREAM: ClassVar[str] = "opaque"

    topic: str = Field(description="Topic under which the library stored it.")
    originator_version: int = Field(description="Version that the library gave it.")
    state: bytes = Field(description="State that the library stored.")
