"""The access log: who read or erased sealed data, and on what grounds (DESIGN 6, domain 7.3, 7.4)."""

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


class SubjectErased(Event):
    """The keys of a complaint's personal data were ordered to be destroyed, for ever.

    Appended before the keys go, so that a kill in between, or a restored backup of the keys,
    can be made good from the log. What is not personal stays as it was.
    """

    TOPIC: ClassVar[str] = "complaints.subject_erased.v1"
    OPENS: ClassVar[bool] = True
    STREAM: ClassVar[str] = "access"

    erased_stream_id: str = Field(description="Stream whose sealed data nobody can read any more.")
    erased_classes: list[str] = Field(description="Classes of data that were erased, sorted.")
    destroyed_key_ids: list[str] = Field(description="Ids of the keys destroyed, by class.")
    erasure_basis: str = Field(description="Code of the ground for the erasure.")
    approved_by: str = Field(description="Opaque id of the second person, who approved it.")
