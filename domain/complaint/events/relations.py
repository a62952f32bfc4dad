"""How complaints belong together: links, merges, splits; each has a half in both streams."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from domain.event import Event


class ComplaintLinked(Event):
    """Another complaint has to do with this one; no clock moves by it."""

    TOPIC: ClassVar[str] = "complaints.complaint_linked.v1"

    linked_stream_id: str = Field(description="Stream of the other complaint.")
    link_kind: str = Field(description="Code of what they have to do with each other.")


class ComplaintUnlinked(Event):
    """The link should not be there any longer; its interval stays visible."""

    TOPIC: ClassVar[str] = "complaints.complaint_unlinked.v1"

    linked_stream_id: str = Field(description="Stream of the other complaint.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")


class ComplaintMerged(Event):
    """The same matter of the same complainant is handled in another complaint (INV-23, INV-30)."""

    TOPIC: ClassVar[str] = "complaints.complaint_merged.v1"

    into_stream_id: str = Field(description="Stream of the complaint that survives.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")


class ComplaintUnmerged(Event):
    """The merge was wrong; both complaints stand for themselves again."""

    TOPIC: ClassVar[str] = "complaints.complaint_unmerged.v1"

    into_stream_id: str = Field(description="Stream of the complaint that it was merged into.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")


class ComplaintSplit(Event):
    """A part of the complaint became a complaint of its own, with its own clocks."""

    TOPIC: ClassVar[str] = "complaints.complaint_split.v1"

    part_stream_id: str = Field(description="Stream of the part.")
    issue: str | None = Field(default=None, description="Issue that went with it.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")
