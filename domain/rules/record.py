"""The record and its entry: the bytes that are hashed, signed and proved (RULES 1).

The entry, all integers big endian:

| bytes | what |
| --- | --- |
| 4 | `CLE1` |
| 1 | flags: 1 key present, 2 value present, 4 signed, 8 too large |
| 16 | ledger id |
| 4 | partition |
| 8 | append time in ms since 1970, signed |
| 4 + n | length of the key, then the key (too large: its SHA-256) |
| 4 + n | length of the value, then the value (too large: its SHA-256) |
| 64 | signature, if signed |

An absent key or value has length 0 and its flag unset.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from uuid import UUID

ENTRY_LIMIT: Final = 65_535
"""The largest entry that a tile of C2SP tlog-tiles can hold (its length is 16 bits)."""
SIGNATURE_BYTES: Final = 64

_HEAD = struct.Struct(">4sB16sIq")
_LENGTH = struct.Struct(">I")
_LARGE = 8


@dataclass(frozen=True, slots=True)
class Record:
    """One record of one partition, as the log holds it."""

    partition: int
    ordinal: int
    """Dense number in the partition, from 0; every data record has one."""
    append_ms: int
    """The log's own time of appending, in ms since 1970 (UTC)."""
    key: bytes | None
    value: bytes | None
    signature: bytes | None = None
    """The header `ledger-signature`, if there is one of 64 bytes."""
    known_hash: bytes | None = field(default=None, compare=False, repr=False)
    """SHA-256 of the entry, where the log has just computed it."""


def entry_of(record: Record, ledger_id: UUID) -> bytes:
    """Return the entry of a record: its canonical bytes."""
    key, value, signature = record.key or b"", record.value or b"", record.signature or b""
    flags = (record.key is not None) | (record.value is not None) << 1 | bool(signature) << 2
    size = _HEAD.size + 2 * _LENGTH.size + len(key) + len(value) + len(signature)
    key_bytes, value_bytes = key, value
    if size > ENTRY_LIMIT:
        flags |= _LARGE
        key_bytes, value_bytes = sha256(key).digest(), sha256(value).digest()
    head = _HEAD.pack(b"CLE1", flags, ledger_id.bytes, record.partition, record.append_ms)
    parts = (head, _LENGTH.pack(len(key)), key_bytes, _LENGTH.pack(len(value)), value_bytes)
    return b"".join((*parts, signature))


def entry_hash(record: Record, ledger_id: UUID) -> bytes:
    """Return the SHA-256 of a record's entry."""
    if record.known_hash is not None:
        return record.known_hash
    return sha256(entry_of(record, ledger_id)).digest()


def is_too_large(record: Record) -> bool:
    """Tell whether the entry holds hashes in place of the bytes."""
    size = len(record.key or b"") + len(record.value or b"") + len(record.signature or b"")
    return size + _HEAD.size + 2 * _LENGTH.size > ENTRY_LIMIT


def signed_bytes(key: bytes, value: bytes, ledger_id: UUID) -> bytes:
    """Return what a source signs: the entry without signature and without broker fields."""
    lengths = _LENGTH.pack(len(key)), _LENGTH.pack(len(value))
    return b"".join((b"CLS1", ledger_id.bytes, lengths[0], key, lengths[1], value))


_MASK = 0xFFFFFFFF
_M = 0x5BD1E995


def murmur2(data: bytes) -> int:
    """Return Kafka's murmur2 of some bytes, as an unsigned 32 bit number."""
    length = len(data)
    h = (0x9747B28C ^ length) & _MASK
    for (k,) in struct.iter_unpack("<I", data[: length & ~3]):
        mixed = (k * _M) & _MASK
        mixed ^= mixed >> 24
        h = ((h * _M) & _MASK) ^ ((mixed * _M) & _MASK)
    tail = data[length & ~3 :]
    if tail:
        h ^= int.from_bytes(tail, "little")
        h = (h * _M) & _MASK
    h ^= h >> 13
    h = (h * _M) & _MASK
    return h ^ (h >> 15)


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of a key: Kafka's default partitioner."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
