r"""Identifiers that are derived and not drawn: equal parts give an equal id, on every machine.

The byte layout, for other implementations:

1. Every part is bytes; a text part is its UTF-8 bytes, as given, without normalisation.
2. framed(x) = length of x as 4 bytes, big endian, followed by x.
3. message = framed(tag) + framed(part 1) + … + framed(part n); the tag is ASCII.
4. digest = SHA-256(message); take its first 16 bytes, b[0] to b[15].
5. b[6] = (b[6] & 0x0f) | 0x80 (version 8); b[8] = (b[8] & 0x3f) | 0x80 (RFC 9562 variant).
6. The id is the UUID of these 16 bytes; as text, its canonical lower case form.

Tags keep the families apart: `complaints.stream.v1` takes exactly two parts (source, external
id), `complaints.event.v1` takes one or more, `complaints.door.v1` takes three: `refused`,
partition and ordinal, or `set-aside`, digest of the extract and line; numbers are decimal. The message of the stream of source
`cfpb`, external id `3571115`, for example, is, without the spaces::

    00000014 636f6d706c61696e74732e73747265616d2e7631
    00000004 63667062
    00000007 33353731313135
"""

from __future__ import annotations

import hashlib
from struct import Struct
from typing import Final
from uuid import UUID

STREAM_TAG: Final = b"complaints.stream.v1"
EVENT_TAG: Final = b"complaints.event.v1"
DOOR_TAG: Final = b"complaints.door.v1"
_LENGTH: Final = Struct(">I")
_SHORT: Final = 256
_LENGTHS: Final = tuple(_LENGTH.pack(size) for size in range(_SHORT))
"""The lengths of nearly all parts."""
_VERSION_8: Final = 0x80
_VARIANT: Final = 0x80


def derived_stream_id(source: str, external_id: str) -> str:
    """Return the stream id of the complaint that `source` knows as `external_id`."""
    return str(_uuid8(STREAM_TAG, (source, external_id)))


def derived_event_id(*parts: str | bytes) -> UUID:
    """Return the id of the event that `parts` tell apart from every other event.

    Whatever decides the bytes of the event belongs into the parts (RULES 1).
    """
    return _uuid8(EVENT_TAG, parts)


def refused_receipt_stream_id(partition: int, ordinal: int) -> str:
    """Return the id of the stream about the refused record in that place of the log."""
    return str(_uuid8(DOOR_TAG, ("refused", str(partition), str(ordinal))))


def set_aside_stream_id(extract_digest: str, line: int) -> str:
    """Return the id of the stream about the row that was set aside from that line."""
    return str(_uuid8(DOOR_TAG, ("set-aside", extract_digest, str(line))))


def _uuid8(tag: bytes, parts: tuple[str | bytes, ...]) -> UUID:
    # One join and one hash: an import derives several ids a row, of twenty parts and more.
    pieces = [_LENGTH.pack(len(tag)), tag]
    for part in parts:
        text = part.encode() if isinstance(part, str) else part
        size = len(text)
        pieces += (_LENGTHS[size] if size < _SHORT else _LENGTH.pack(size), text)
    raw = bytearray(hashlib.sha256(b"".join(pieces)).digest()[:16])
    raw[6] = (raw[6] & 0x0F) | _VERSION_8
    raw[8] = (raw[8] & 0x3F) | _VARIANT
    return UUID(bytes=bytes(raw))
