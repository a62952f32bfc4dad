"""The access log: who read sealed data of whom, for what purpose (DESIGN 6, domain 7.4)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from domain.event import Event


class SealedDataRead(Event):
    """Sealed fields were opened for a purpose; appended before the plaintext is shown."""

    TOPIC: ClassVar[str] = "complaints.sealed_data_read.v1"
    OPENS: ClassVar[bool] = True
    STREAM: ClassVar[str] = "access"

    read_stream_id: str = Field(description="Stream whose sealed fields were opened.")
    read_event_ids: list[str] = Field(description="Events whose sealed fields were opened.")
    read_fields: list[str] = Field(description="Names of the fields opened.")
    purpose_code: str = Field(description="Code of the purpose, for example handling or audit.")
