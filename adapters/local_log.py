"""The embedded log: ordered partitions in one SQLite file, durable when acknowledged (DESIGN 2)."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes
from uuid import UUID

from adapters.file_lock import FileLock
from adapters.sqlite_file import (
    Reader,
    open_sqlite,
    rows,
    table_script,
    transaction_end,
    translated,
)
from domain.errors import ConflictError, DamagedError, ForeignError, UnreachableError
from domain.rules.record import Records, entry_bytes, entry_hashes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from domain.ports import NewRecord, World

APPLICATION_ID = 0x434C4C31
FILE = "log.db"
CHECKPOINT_PAGES = 4_000
"""16 MB of WAL: long enough to spread the cost, short enough to be read quickly after a crash.

A commit checkpoints what is longer, under the lock. The file keeps its size and is written
over: making it grow again costs each commit a write of the file system's own journal.
"""


_NONE: tuple[tuple[Any, ...], ...] = ((),) * 6


class LocalLog:
    """Partitions in one SQLite file; any number of processes append and read.

    One lock is held by whoever writes or checkpoints. Every row carries the SHA-256 of its
    entry and ordinals are gapless, so a flipped bit or a missing row is seen by who reads it.
    """

    def __init__(self, folder: Path, world: World, *, lock_timeout_s: float = 30.0) -> None:
        self._path = folder / FILE
        if not self._path.is_file():
            msg = f"there is no ledger in '{folder}'; make one with: complaints init --ledger {folder}"
            raise UnreachableError(msg)
        if self._path.stat().st_size == 0:
            msg = (
                f"log '{self._path}' is empty; restore it from a backup, or finish making it "
                f"with: complaints init --ledger {folder}"
            )
            raise DamagedError(msg)
        self._world = world
        self._lock = FileLock(folder / "log.lock", timeout_s=lock_timeout_s)
        self._connection = open_sqlite(self._path, application_id=APPLICATION_ID, durability="full")
        self._connection.execute(f"pragma wal_autocheckpoint={CHECKPOINT_PAGES}")
        reader = open_sqlite(
            self._path, application_id=APPLICATION_ID, durability="full", read_only=True
        )
        self._reader = Reader(reader, self._path)
        facts = dict(rows(self._reader, "select name, value from ledger"))
        if "ledger_id" not in facts:
            msg = f"file '{self._path}' names no ledger; restore it from a backup"
            raise DamagedError(msg)
        self.ledger_id = UUID(facts["ledger_id"])
        self.partitions = int(facts["partitions"])
        self.folder = folder

    @classmethod
    def create(
        cls, folder: Path, world: World, *, ledger_id: UUID, partitions: int = 1
    ) -> LocalLog:
        """Make the log file of a new ledger; an existing one is opened and kept as it is."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / FILE
        with FileLock(folder / "log.lock").held():
            connection = open_sqlite(
                path,
                application_id=APPLICATION_ID,
                durability="full",
                script=table_script("local_log.sql"),
            )
            with translated(path):
                connection.execute("begin immediate")
                with transaction_end(connection):
                    facts = (("ledger_id", str(ledger_id)), ("partitions", str(partitions)))
                    for fact in facts:
                        connection.execute("insert or ignore into ledger values (?, ?)", fact)
                connection.close()
        return cls(folder, world)

    def append(
        self,
        records: Sequence[NewRecord],
        *,
        tracking: tuple[str, int] | None = None,
        before: Callable[[], None] | None = None,
    ) -> list[tuple[int, int]]:
        """Append records in one durable transaction and return (partition, ordinal) of each.

        Args:
            records: in their order; those of one partition become adjacent.
            tracking: (application, notification) that the library records with them.
            before: called while the log is held; what it raises keeps everything out.

        Raises:
            LockTimeoutError: another process kept the log locked.
            ConflictError: this or a later notification was tracked already.
        """
        with self._lock.held(), translated(self._path):
            self._world.fault("log.locked")
            if before is not None:
                before()
            connection = self._connection
            connection.execute("begin immediate")
            with transaction_end(connection):
                if tracking is not None:
                    self._track(tracking)
                places = self._insert(records)
                self._world.fault("log.inserted")
            self._world.fault("log.committed")
        return places

    def _insert(self, records: Sequence[NewRecord]) -> list[tuple[int, int]]:
        heads: dict[int, int] = {}
        now_ms, ledger_id = self._world.now_ms(), self.ledger_id
        places: list[tuple[int, int]] = []
        rows_: list[tuple[object, ...]] = []
        for new in records:
            partition, key, value, signature = new.partition, new.key, new.value, new.signature
            ordinal = heads[partition] if partition in heads else self._next(partition)
            heads[partition] = ordinal + 1
            entry = entry_bytes(ledger_id, partition, now_ms, (key, value, signature))
            headers = stored_headers(new.headers) if new.headers else None
            digest = sha256(entry).digest()
            rows_.append((partition, ordinal, now_ms, key, value, signature, headers, digest))
            places.append((partition, ordinal))
        self._connection.executemany("insert into record values (?,?,?,?,?,?,?,?)", rows_)
        return places

    def _next(self, partition: int) -> int:
        if not 0 <= partition < self.partitions:
            msg = f"partition {partition} does not exist; the ledger has {self.partitions}"
            raise ForeignError(msg)
        sql = "select max(ordinal) from record where partition = ?"
        top = self._connection.execute(sql, (partition,)).fetchone()[0]
        return 0 if top is None else int(top) + 1

    def _track(self, tracking: tuple[str, int]) -> None:
        application, notification = tracking
        if notification <= (self.tracked(application) or 0):
            msg = f"notification {notification} of '{application}' was tracked already"
            raise ConflictError(msg)
        self._connection.execute("insert or replace into tracking values (?, ?)", tracking)

    def tracked(self, application: str) -> int | None:
        """Return the greatest notification tracked for an application."""
        sql = "select notification from tracking where application = ?"
        found = rows(self._reader, sql, (application,))
        return int(found[0][0]) if found else None

    def read(self, partition: int, start: int, limit: int) -> Records:
        """Return up to `limit` records from ordinal `start`, each proved by its entry hash.

        Raises:
            DamagedError: a record is missing or is not what was appended.
        """
        sql = (
            "select ordinal, append_ms, key, value, signature, entry_hash from record "
            "where partition = ? and ordinal >= ? order by ordinal limit ?"
        )
        found = rows(self._reader, sql, (partition, start, limit))
        ordinals, append_ms, keys, values, signatures, hashes = (
            zip(*found, strict=True) if found else _NONE
        )
        proved = entry_hashes(
            self.ledger_id, partition, append_ms, zip(keys, values, signatures, strict=True)
        )
        self._prove(partition, start, ordinals, zip(proved, hashes, strict=True))
        return Records(
            partition,
            start,
            append_ms=append_ms,
            keys=keys,
            values=values,
            signatures=signatures,
            hashes=hashes,
        )

    def _prove(
        self,
        partition: int,
        start: int,
        ordinals: Sequence[int],
        hashes: Iterable[tuple[bytes, bytes]],
    ) -> None:
        """Compare what was read with what its place and its stored hash say."""
        for expected, (ordinal, (proved, stored)) in enumerate(
            zip(ordinals, hashes, strict=True), start
        ):
            if ordinal != expected or proved != stored:
                msg = (
                    f"log '{self._path}' is damaged at partition {partition}, record {expected}; "
                    "nothing was changed; restore it from a backup"
                )
                raise DamagedError(msg)

    def headers(self, partition: int, ordinal: int) -> tuple[tuple[str, bytes], ...]:
        """Return the headers that a record was appended with; nothing is judged by them."""
        sql = "select headers from record where partition = ? and ordinal = ?"
        found = rows(self._reader, sql, (partition, ordinal))
        return read_headers(found[0][0] or b"") if found else ()

    def head(self, partition: int) -> int:
        """Return the ordinal that the next record of a partition will have."""
        sql = "select max(ordinal) from record where partition = ?"
        top = self._reader.rows(sql, (partition,))[0][0]
        return 0 if top is None else int(top) + 1

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()
        with self._lock.in_this_process():
            self._connection.close()


def stored_headers(headers: Sequence[tuple[str, bytes]]) -> bytes:
    """Return headers as they are stored: lines of `name: value`.

    A line end or a percent sign in a value is percent-encoded, so every value comes back as it
    was; hardly any has one.
    """
    lines = b"\n".join([_prefix(name) + value for name, value in headers])
    if b"%" not in lines and lines.count(b"\n") == len(headers) - 1:
        return lines
    return b"\n".join([_prefix(name) + _escaped(value) for name, value in headers])


@lru_cache(maxsize=256)
def _prefix(name: str) -> bytes:
    return name.encode() + b": "


def _escaped(value: bytes) -> bytes:
    return value.replace(b"%", b"%25").replace(b"\n", b"%0A")


def read_headers(stored: bytes) -> tuple[tuple[str, bytes], ...]:
    """Return stored headers as they were given."""
    if not stored:
        return ()
    pairs = (line.partition(b": ") for line in stored.split(b"\n"))
    return tuple((name.decode(), unquote_to_bytes(value)) for name, _, value in pairs)
