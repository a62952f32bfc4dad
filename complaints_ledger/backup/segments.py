"""A segment: adjacent records of one partition as one immutable file.

Integers are big endian: `CLB1`, ledger id (16 bytes), partition (4), first ordinal (8), number of
records (4); then of each record ordinal (8), time in ms (8), the lengths of key, value, signature
and headers (4 each, -1 where absent), these four, and the entry hash (32).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from adapters.log_copy import StoredRecord
from domain.errors import DamagedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

LIMIT_BYTES: Final = 16 << 20
"""A segment is closed when it is longer; what a kill tears is made again, so it stays small."""

_HEAD: Final = struct.Struct(">4s16sIqI")
_ROW: Final = struct.Struct(">qqiiii")
_MAGIC: Final = b"CLB1"
_HASH: Final = 32


def row_bytes(record: StoredRecord) -> bytes:
    """Return one record as it stands in a segment."""
    parts = (record.key, record.value, record.signature, record.headers)
    lengths = [-1 if part is None else len(part) for part in parts]
    head = _ROW.pack(record.ordinal, record.append_ms, *lengths)
    return b"".join((head, *(part or b"" for part in parts), record.entry_hash))


def in_segments(records: Iterable[StoredRecord]) -> Iterator[tuple[int, list[bytes], list[bytes]]]:
    """Yield (first ordinal, rows, entry hashes) of segments, from records without a gap."""
    first, size = 0, 0
    found: list[bytes] = []
    hashes: list[bytes] = []
    for record in records:
        first = record.ordinal if not found else first
        found.append(row_bytes(record))
        hashes.append(record.entry_hash)
        size += len(found[-1])
        if size >= LIMIT_BYTES:
            yield first, found, hashes
            found, hashes, size = [], [], 0
    if found:
        yield first, found, hashes


def segment_bytes(
    rows: Sequence[bytes], *, ledger_id: UUID, partition: int, first: int
) -> Iterator[bytes]:
    """Yield the bytes of a segment."""
    yield _HEAD.pack(_MAGIC, ledger_id.bytes, partition, first, len(rows))
    yield from rows


def read_segment(content: bytes, *, ledger_id: UUID, partition: int) -> Iterator[StoredRecord]:
    """Yield the records of a segment.

    Raises:
        DamagedError: the bytes are no segment of this ledger and partition.
    """
    try:
        magic, ledger, found, first, count = _HEAD.unpack_from(content)
        if (magic, ledger, found) != (_MAGIC, ledger_id.bytes, partition):
            raise _no_segment(partition)
        at = _HEAD.size
        for number in range(count):
            record, at = _record(content, at, partition)
            if record.ordinal != first + number:
                raise _no_segment(partition)
            yield record
    except struct.error as exc:
        raise _no_segment(partition) from exc


def _record(content: bytes, at: int, partition: int) -> tuple[StoredRecord, int]:
    ordinal, append_ms, *lengths = _ROW.unpack_from(content, at)
    at += _ROW.size
    parts: list[bytes | None] = []
    for length in lengths:
        parts.append(None if length < 0 else content[at : at + length])
        at += max(length, 0)
    key, value, signature, headers = parts
    entry_hash, at = content[at : at + _HASH], at + _HASH
    if at > len(content):
        raise _no_segment(partition)
    return (
        StoredRecord(partition, ordinal, append_ms, key, value, signature, headers, entry_hash),
        at,
    )


def _no_segment(partition: int) -> DamagedError:
    msg = f"the bytes are no segment of partition {partition} of this ledger; use another backup"
    return DamagedError(msg)
