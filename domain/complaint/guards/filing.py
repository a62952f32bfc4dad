"""Guards on a file that is put on record: what names it, what it is, under whose key it lies."""

from __future__ import annotations

import re
from typing import Final

_DIGEST: Final = re.compile("[0-9a-f]{64}")
_KEY_ID: Final = re.compile("[0-9a-f]{32}")
_TYPE: Final = re.compile("[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")


def file_digest(digest: str | None) -> str | None:
    """A file is named by the SHA-256 of its sealed bytes."""
    if digest is None or _DIGEST.fullmatch(digest):
        return None
    return "file_digest is no SHA-256; give 64 hexadecimal digits in lower case"


def file_key_id(key_id: str | None) -> str | None:
    """A data key is named by 32 hexadecimal digits."""
    if key_id is None or _KEY_ID.fullmatch(key_id):
        return None
    return "file_key_id names no data key; give 32 hexadecimal digits in lower case"


def file_size(size: int | None) -> str | None:
    """A file has no less than no bytes."""
    if size is None or size >= 0:
        return None
    return f"file_size {size} is no size; give a number from 0"


def media_type(name: str | None) -> str | None:
    """A media type is a type and a subtype in small letters (RFC 6838)."""
    if name is None or _TYPE.fullmatch(name):
        return None
    return "media_type is not one; write for example application/pdf"
