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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final, overload

if TYPE_CHECKING:
    from uuid import UUID

ENTRY_LIMIT: Final = 65_535
"""The largest entry that a tile of C2SP tlog-tiles can hold (its length is 16 bits)."""
SIGNATURE_BYTES: Final = 64

_HEAD = struct.Struct(">4sB16sIq")
_LENGTH = struct.Struct(">I")
_PLAIN_HEAD = struct.Struct(">4sB16sIqI")
"""The head and the length of the key after it, which is all that a plain entry begins with."""
_PLAIN = 3
"""Flags of a record with key and value, unsigned and not too large: what nearly all are."""
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


class Records(Sequence[Record]):
    """Adjacent records of one partition as columns, for a reader that takes them as a set.

    An item is a `Record`, made when it is asked for; a slice shares the columns' values.
    """

    __slots__ = ("append_ms", "hashes", "keys", "partition", "signatures", "start", "values")

    def __init__(
        self,
        partition: int,
        start: int,
        *,
        append_ms: Sequence[int],
        keys: Sequence[bytes | None],
        values: Sequence[bytes | None],
        signatures: Sequence[bytes | None],
        hashes: Sequence[bytes | None],
    ) -> None:
        self.partition = partition
        self.start = start
        """Ordinal of the first."""
        self.append_ms = append_ms
        self.keys = keys
        self.values = values
        self.signatures = signatures
        self.hashes = hashes
        """SHA-256 of the entries, where the log has just computed them."""

    @classmethod
    def of(cls, records: Sequence[Record]) -> Records:
        """Return records without a gap as columns."""
        if isinstance(records, Records):
            return records
        first = records[0] if records else None
        return cls(
            first.partition if first else 0,
            first.ordinal if first else 0,
            append_ms=[r.append_ms for r in records],
            keys=[r.key for r in records],
            values=[r.value for r in records],
            signatures=[r.signature for r in records],
            hashes=[r.known_hash for r in records],
        )

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.values)

    @overload
    def __getitem__(self, index: int) -> Record: ...

    @overload
    def __getitem__(self, index: slice) -> Records: ...

    def __getitem__(self, index: int | slice) -> Record | Records:
        """Return one record, or adjacent ones."""
        if isinstance(index, slice):
            start, _, _ = index.indices(len(self))
            return Records(
                self.partition,
                self.start + start,
                append_ms=self.append_ms[index],
                keys=self.keys[index],
                values=self.values[index],
                signatures=self.signatures[index],
                hashes=self.hashes[index],
            )
        at = index if index >= 0 else len(self) + index
        return Record(
            self.partition,
            self.start + at,
            self.append_ms[at],
            self.keys[at],
            self.values[at],
            self.signatures[at],
            self.hashes[at],
        )


def entry_of(record: Record, ledger_id: UUID) -> bytes:
    """Return the entry of a record: its canonical bytes."""
    parts = record.key, record.value, record.signature
    return entry_bytes(ledger_id, record.partition, record.append_ms, parts)


def entry_bytes(
    ledger_id: UUID,
    partition: int,
    append_ms: int,
    parts: tuple[bytes | None, bytes | None, bytes | None],
) -> bytes:
    """Return the entry of a record from its key, value and signature."""
    key, value, signature = parts
    flags = (key is not None) | (value is not None) << 1 | bool(signature) << 2
    key, value, signature = key or b"", value or b"", signature or b""
    size = _HEAD.size + 2 * _LENGTH.size + len(key) + len(value) + len(signature)
    key_bytes, value_bytes = key, value
    if size > ENTRY_LIMIT:
        flags |= _LARGE
        key_bytes, value_bytes = sha256(key).digest(), sha256(value).digest()
    head = _HEAD.pack(b"CLE1", flags, ledger_id.bytes, partition, append_ms)
    lengths = _LENGTH.pack(len(key)), _LENGTH.pack(len(value))
    return b"".join((head, lengths[0], key_bytes, lengths[1], value_bytes, signature))


def entry_hashes(
    ledger_id: UUID,
    partition: int,
    append_ms: Sequence[int],
    parts: Iterable[tuple[bytes | None, bytes | None, bytes | None]],
) -> list[bytes]:
    """Return the SHA-256 of each record's entry: `entry_bytes` for many, at half the cost."""
    head, length, owner = _PLAIN_HEAD.pack, _LENGTH.pack, ledger_id.bytes
    room = ENTRY_LIMIT - _PLAIN_HEAD.size - _LENGTH.size
    found: list[bytes] = []
    for ms, part in zip(append_ms, parts, strict=True):
        key, value, signature = part
        if signature or key is None or value is None or len(key) + len(value) > room:
            entry = entry_bytes(ledger_id, partition, ms, part)
        else:
            begin = head(b"CLE1", _PLAIN, owner, partition, ms, len(key))
            entry = b"".join((begin, key, length(len(value)), value))
        found.append(sha256(entry).digest())
    return found


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
    if partitions == 1:
        return 0
    return (murmur2(key) & 0x7FFFFFFF) % partitions
