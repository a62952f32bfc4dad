"""What was put on file: evidence, and letters that came or went (ISO 10002 7.2, 7.6, 7.8).

The file itself is sealed and lies in the file store beside the key store; the event names it
by the SHA-256 of its sealed bytes, so that nobody can put another in its place.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from domain.event import Event
from domain.personal import Narrative

_DIGEST = "SHA-256 of the sealed file, in lower case hexadecimal: its name in the file store."
_SIZE = "Size of the file as it was given, in bytes."
_MEDIA_TYPE = "Media type of the file (RFC 6838), for example application/pdf."
_CLASS = "Class of data whose key seals the file: identity, narrative or special."
_KEY_ID = "Name of the data key that seals the file."
_NAME = "Name that the file had."


class EvidenceAdded(Event):
    """A file that bears on the complaint was put into the file store (domain.md 7.6)."""

    TOPIC: ClassVar[str] = "complaints.evidence_added.v1"

    evidence_kind: str | None = Field(default=None, description="Code of what kind of thing it is.")
    media_type: str = Field(description=_MEDIA_TYPE)
    file_size: int = Field(description=_SIZE)
    file_digest: str = Field(description=_DIGEST)
    file_class: str = Field(description=_CLASS)
    file_key_id: str = Field(description=_KEY_ID)
    file_name: Narrative = Field(default=None, description=_NAME)
    description: Narrative = Field(default=None, description="What it shows, in words.")


class LetterFiled(Event):
    """A letter that came or went was put into the file store."""

    TOPIC: ClassVar[str] = "complaints.letter_filed.v1"

    letter_kind: str | None = Field(default=None, description="Code of what the letter is.")
    letter_on: date | None = Field(default=None, description="Local date that the letter bears.")
    media_type: str = Field(description=_MEDIA_TYPE)
    file_size: int = Field(description=_SIZE)
    file_digest: str = Field(description=_DIGEST)
    file_class: str = Field(description=_CLASS)
    file_key_id: str = Field(description=_KEY_ID)
    file_name: Narrative = Field(default=None, description=_NAME)
