from __future__ import annotations

from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local_log import APPLICATION_ID
from adapters.log_copy import APPLICATION_ID as COPIED_ID
from adapters.log_copy import StoredRecord
from complaints_ledger.backup import segments
from complaints_ledger.backup.segments import in_segments, read_segment, segment_bytes
from domain.errors import DamagedError
from domain.rules.record import entry_bytes

LEDGER = UUID("0198c0de-0000-7000-8000-000000000001")
BYTES = st.one_of(st.none(), st.binary(max_size=40))


def record(ordinal: int, *parts: bytes | None, partition: int = 0) -> StoredRecord:
    """Return a record with its true hash."""
    key, value, signature, headers = parts or (b"k", b"v", None, None)
    entry = entry_bytes(LEDGER, partition, ordinal, (key, value, signature))
    digest = sha256(entry).digest()
    return StoredRecord(partition, ordinal, ordinal, key, value, signature, headers, digest)


def stored(records: list[StoredRecord]) -> bytes:
    """Return one segment of all these records."""
    ((first, rows, _),) = in_segments(records)
    return b"".join(segment_bytes(rows, ledger_id=LEDGER, partition=0, first=first))


@given(st.lists(st.tuples(BYTES, BYTES, BYTES, BYTES), min_size=1, max_size=6), st.integers(0, 9))
def test_records_come_back_as_they_were(parts: list[tuple[bytes | None, ...]], first: int) -> None:
    """Absent and empty stay two things, in every field."""
    records = [record(first + at, *each) for at, each in enumerate(parts)]
    assert list(read_segment(stored(records), ledger_id=LEDGER, partition=0)) == records
    assert all(each.is_whole(LEDGER) for each in records)


def test_segments_are_closed_when_they_are_long() -> None:
    """What a kill tears is small, and no record is left out or cut."""
    size = segments.LIMIT_BYTES // 2
    found = list(in_segments(record(at, b"k", bytes(size), None, None) for at in range(5)))
    assert [(first, len(rows), len(hashes)) for first, rows, hashes in found] == [
        (0, 2, 2),
        (2, 2, 2),
        (4, 1, 1),
    ]
    assert list(in_segments([])) == []


@pytest.mark.parametrize("left", [0, 10, 40, 80])
def test_a_segment_that_was_cut_is_no_segment(left: int) -> None:
    """A length that leads out of the file is damage, not a crash."""
    with pytest.raises(DamagedError, match="no segment of partition 0"):
        list(read_segment(stored([record(3), record(4)])[:left], ledger_id=LEDGER, partition=0))


def test_a_segment_belongs_to_one_ledger_and_partition() -> None:
    """Segments that were exchanged are seen."""
    content = stored([record(3)])
    for ledger_id, partition in ((UUID(int=1), 0), (LEDGER, 1)):
        with pytest.raises(DamagedError):
            list(read_segment(content, ledger_id=ledger_id, partition=partition))


def test_a_copy_opens_the_files_that_a_log_makes() -> None:
    """The mark of an embedded log is written down twice and is one."""
    assert COPIED_ID == APPLICATION_ID
