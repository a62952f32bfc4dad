"""The records of an embedded log as they are stored, out of one file and into another.

A copy holds what the log cannot make again: the time of each record, its headers, its hash.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import UUID

from adapters.sqlite_file import (
    Reader,
    open_sqlite,
    rows,
    table_script,
    transaction_end,
    translated,
)
from domain.errors import DamagedError
from domain.rules.record import entry_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

APPLICATION_ID: Final = 0x434C4C31
"""Mark of an embedded log; the test of the copy holds it equal to the log's own."""
AT_ONCE: Final = 1_000
"""Rows read or written together: a record has up to 64 KB, so memory stays small."""


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One row of the log's table."""

    partition: int
    ordinal: int
    append_ms: int
    key: bytes | None
    value: bytes | None
    signature: bytes | None
    headers: bytes | None
    entry_hash: bytes

    def is_whole(self, ledger_id: UUID) -> bool:
        """Tell whether the entry has the hash that is stored with it."""
        content = (self.key, self.value, self.signature)
        entry = entry_bytes(ledger_id, self.partition, self.append_ms, content)
        return sha256(entry).digest() == self.entry_hash


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a log goes at one moment."""

    heads: Mapping[int, int]
    """Number of records of every partition."""
    tracking: Mapping[str, int]
    """Greatest notification that each application tracked."""


class LogCopy:
    """Reads the rows of a log's file while others append."""

    def __init__(self, path: Path) -> None:
        self._path = path
        connection = open_sqlite(
            path, application_id=APPLICATION_ID, durability="full", read_only=True
        )
        self._reader = Reader(connection, path)
        with translated(path):
            facts = dict(rows(self._reader, "select name, value from ledger"))
        self.ledger_id = UUID(facts["ledger_id"])
        self.partitions = int(facts["partitions"])

    def extent(self) -> Extent:
        """Return the heads of all partitions and the tracking, all of one moment."""
        with translated(self._path):
            found = rows(self._reader, _extent())
        heads = dict.fromkeys(range(self.partitions), 0)
        heads |= {int(name): count for kind, name, count in found if kind == "head"}
        tracking = {name: number for kind, name, number in found if kind == "tracking"}
        return Extent(heads, tracking)

    def records(self, partition: int, start: int, stop: int) -> Iterator[StoredRecord]:
        """Yield the records of ordinals from `start` to below `stop`, each proved.

        Raises:
            DamagedError: one is missing or is not what was appended.
        """
        sql = (
            'select "partition", ordinal, append_ms, "key", value, signature, headers, entry_hash '
            'from record where "partition" = ? and ordinal >= ? and ordinal < ? order by ordinal'
        )
        for first in range(start, stop, AT_ONCE):
            last = min(first + AT_ONCE, stop)
            with translated(self._path):
                found = rows(self._reader, sql, (partition, first, last))
            for place in range(first, last):
                at = place - first
                record = StoredRecord(*found[at]) if at < len(found) else None
                if record is None or record.ordinal != place or not record.is_whole(self.ledger_id):
                    msg = (
                        f"log '{self._path}' is damaged at partition {partition}, record {place}; "
                        "nothing was copied from there on; restore it from a backup"
                    )
                    raise DamagedError(msg)
                yield record

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()

    def __enter__(self) -> Self:
        """Return the copy itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def write_log(
    path: Path,
    records: Iterable[StoredRecord],
    *,
    ledger_id: UUID,
    partitions: int,
    tracking: Mapping[str, int],
) -> None:
    """Make a log's file of records; it is one whole file, durable, when this returns."""
    connection = open_sqlite(
        path,
        application_id=APPLICATION_ID,
        durability="normal",
        script=table_script("local_log.sql"),
    )
    with contextlib.closing(connection), translated(path):
        connection.execute("begin immediate")
        with transaction_end(connection):
            facts = (("ledger_id", str(ledger_id)), ("partitions", str(partitions)))
            connection.executemany("insert into ledger values (?, ?)", facts)
            connection.executemany("insert into tracking values (?, ?)", tracking.items())
        waiting: list[tuple[Any, ...]] = []
        for record in records:
            waiting.append(_row(record))
            if len(waiting) == AT_ONCE:
                _insert(connection, waiting)
                waiting.clear()
        _insert(connection, waiting)
        connection.execute("pragma synchronous=full")
        connection.execute("pragma wal_checkpoint(truncate)")


def _row(r: StoredRecord) -> tuple[Any, ...]:
    place = (r.partition, r.ordinal, r.append_ms)
    return (*place, r.key, r.value, r.signature, r.headers, r.entry_hash)


def _insert(connection: Any, waiting: list[tuple[Any, ...]]) -> None:
    connection.execute("begin immediate")
    with transaction_end(connection):
        connection.executemany("insert into record values (?,?,?,?,?,?,?,?)", waiting)
    connection.execute("pragma wal_checkpoint(passive)")


def _extent() -> str:
    return table_script("log_extent.sql")
