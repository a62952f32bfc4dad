"""Data keys in a SQLite file of their own, each wrapped by a master key in another file.

Whoever has one of the two files reads nothing. Losing either is total erasure, so neither is
ever made anew where it is missing: only `create`, which `init` calls, makes them.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hmac
import json
import os
import threading
from importlib.resources import files
from typing import TYPE_CHECKING, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from adapters.file_lock import FileLock
from adapters.sqlite_file import open_sqlite, rows, transaction_end, translated
from domain.errors import DamagedError, ForeignError, KeyDestroyedError, UnreachableError
from domain.sealing import DataKey, framed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from adapters.sqlite_file import Connection
    from domain.ports import World

APPLICATION_ID: Final = 0x434C4B31
FILE: Final = "keys.db"
MASTER_FILE: Final = "master.key"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
ID_BYTES: Final = 16
CHECKPOINT_BYTES: Final = 4_000_000
"""About 20,000 keys: read quickly after a crash, and rare enough to cost nothing."""

WRAPPING: Final = b"complaints.key_store.wrapping.v1"
CHECK: Final = b"complaints.key_store.check.v1"
"""HKDF info strings: the key that wraps, and the value that tells one master key from another."""

_Row = tuple[str, str, str, bytes | None, int | None]
"""Id, subject, class, wrapped key and time of destruction: one of the last two."""
_Pair = tuple[str, str]


_ROWS = "select key_id, subject, data_class, wrapped, destroyed_ms from data_key"


class SqliteDataKeys:
    """Data keys for any number of processes; two that ask for one pair get one key.

    Nothing is kept in memory but the key that wraps, so a key destroyed by one process is
    gone for all of them at once.
    """

    def __init__(
        self, folder: Path, *, master_key: Path, world: World, lock_timeout_s: float = 30.0
    ) -> None:
        """Open the key store of a folder.

        Args:
            folder: where `keys.db` is.
            master_key: the file of the master key that the store was made with.
            world: clock, randomness and fault points.
            lock_timeout_s: how long to wait for other processes.

        Raises:
            UnreachableError: one of the files is not there or cannot be read.
            DamagedError: one of the files is not what was written.
            ForeignError: the file is no key store, or the master key is that of another.
        """
        self._path = folder / FILE
        self._world = world
        self._lock = _lock_of(folder, lock_timeout_s)
        self._one_thread = threading.Lock()
        if not self._path.is_file():
            msg = (
                f"key store '{self._path}' is not there; restore it from its backup: without it "
                "no sealed data of this ledger can ever be read"
            )
            raise UnreachableError(msg)
        if self._path.stat().st_size == 0:
            raise _no_key_store(self._path)
        self._connection = open_sqlite(self._path, application_id=APPLICATION_ID, durability="full")
        try:
            self._wrapping = self._proved(_read_master_key(master_key), master_key)
        except BaseException:
            self._connection.close()
            raise

    @classmethod
    def create(
        cls, folder: Path, *, master_key: Path, world: World, lock_timeout_s: float = 30.0
    ) -> SqliteDataKeys:
        """Make the key store of a new ledger; an existing one is opened and kept as it is.

        A master key from elsewhere is used if it is there. One in the folder itself is made
        after the database, so that without a database it means that the database was lost.

        Raises:
            DamagedError: the master key is there and its database is not.
        """
        path = folder / FILE
        with _reached(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with _reached(folder), _lock_of(folder, lock_timeout_s).held():
            lost = not path.is_file() or path.stat().st_size == 0
            if lost and master_key.exists() and master_key.parent.samefile(folder):
                raise _no_key_store(path)
            with contextlib.suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            connection = open_sqlite(
                path, application_id=APPLICATION_ID, durability="full", script=_tables()
            )
            try:
                _found(connection, path, master_key=master_key, world=world)
            finally:
                connection.close()
            _sync_folder(folder)
        return cls(folder, master_key=master_key, world=world, lock_timeout_s=lock_timeout_s)

    def key_for(self, subjects_and_classes: Sequence[tuple[str, str]]) -> list[DataKey]:
        """Return the key of each pair, in their order; absent ones are made, durably.

        Raises:
            KeyDestroyedError: the key of a pair was destroyed; none was made.
            DamagedError: a stored key is not what was written.
            LockTimeoutError: another process kept the store locked.
        """
        wanted = list(dict.fromkeys(subjects_and_classes))
        with self._used():
            found = self._by_pair(wanted)
            if len(found) < len(wanted):
                with self._lock.held():
                    self._world.fault("keys.locked")
                    found = self._make_absent(wanted)
                    self._checkpoint_if_long()
        return [found[pair] for pair in subjects_and_classes]

    def find(self, key_id: str) -> DataKey | None:
        """Return a key by its id, or None if there never was one.

        Raises:
            KeyDestroyedError: the key was destroyed.
            DamagedError: the stored key is not what was written.
        """
        with self._used():
            found = rows(self._connection, f"{_ROWS} where key_id = ?", (key_id,))
            return next(iter(self._unwrapped(found).values()), None)

    def ids_of(self, subject: str) -> dict[str, tuple[str, bool]]:
        """Return of each class of a subject the id of its key, and whether that was destroyed."""
        sql = "select data_class, key_id, destroyed_ms from data_key where subject = ?"
        with self._used():
            found = rows(self._connection, sql, (subject,))
            return {name: (key_id, gone is not None) for name, key_id, gone in found}

    def prove(self) -> int:
        """Unwrap every key, which raises if one is damaged; return how many are known."""
        known, after = 0, ""
        sql = f"{_ROWS} where key_id > ? order by key_id limit 10000"
        with self._used():
            while found := rows(self._connection, sql, (after,)):
                self._unwrapped(row for row in found if row[4] is None)
                known, after = known + len(found), found[-1][0]
        return known

    def destroy(self, key_ids: Sequence[str]) -> None:
        """Destroy keys for good; those that are destroyed already stay so.

        The wrapped bytes are overwritten in the file and leave its write-ahead log before this
        returns. Backups and the blocks that a disk keeps of old writes are not in its power.

        Raises:
            UnreachableError: a reader held the file; the keys are destroyed, call it again so
                that their old bytes leave the write-ahead log.
        """
        sql = (
            "update data_key set wrapped = null, destroyed_ms = ? "
            "where key_id = ? and destroyed_ms is null"
        )
        now_ms = self._world.now_ms()
        with self._used(), self._lock.held():
            self._connection.execute("pragma secure_delete=on")
            self._connection.execute("begin immediate")
            with transaction_end(self._connection):
                self._connection.executemany(sql, [(now_ms, key_id) for key_id in key_ids])
            self._world.fault("keys.destroyed")
            busy = rows(self._connection, "pragma wal_checkpoint(truncate)")[0][0]
        if busy:
            msg = (
                f"key store '{self._path}' was being read, so the keys are destroyed but may "
                "linger in its write-ahead log; end the other processes and do it again"
            )
            raise UnreachableError(msg)

    def close(self) -> None:
        """Let go of the file, with the write-ahead log carried over where nobody is writing."""
        with self._one_thread:
            with (
                contextlib.suppress(UnreachableError, OSError),
                self._lock.held(0.0),
                translated(self._path),
            ):
                rows(self._connection, "pragma wal_checkpoint(passive)")
            self._connection.close()

    @contextlib.contextmanager
    def _used(self) -> Iterator[None]:
        """One thread at a time, so that none sees a key of another that is not durable yet."""
        with self._one_thread, _reached(self._path.parent), translated(self._path):
            yield

    def _proved(self, master: bytes, master_path: Path) -> bytes:
        with translated(self._path):
            facts = _facts(self._connection)
        if facts is None:
            raise _no_key_store(self._path)
        store_id, check = facts
        if not hmac.compare_digest(_derived(master, CHECK, salt=store_id), check):
            msg = (
                f"master key '{master_path}' is not the one of key store '{self._path}'; name "
                "the file that was made with it, or restore that from its backup"
            )
            raise ForeignError(msg)
        return _derived(master, WRAPPING, salt=store_id)

    def _by_pair(self, wanted: Sequence[_Pair]) -> dict[_Pair, DataKey]:
        sql = f"{_ROWS} where subject in (select value from json_each(?))"
        subjects = json.dumps(list({subject for subject, _ in wanted}))
        pairs = frozenset(wanted)
        found = rows(self._connection, sql, (subjects,))
        return self._unwrapped([row for row in found if (row[1], row[2]) in pairs])

    def _make_absent(self, wanted: Sequence[_Pair]) -> dict[_Pair, DataKey]:
        """Make what is absent, in one transaction; others may have been quicker, so look again."""
        sql = (
            "insert into data_key (key_id, subject, data_class, wrapped, created_ms) "
            "values (?, ?, ?, ?, ?)"
        )
        self._connection.execute("begin immediate")
        with transaction_end(self._connection):
            found = self._by_pair(wanted)
            now_ms, draw, wrapper = self._world.now_ms(), self._world.random_bytes, self._wrapper()
            new: list[tuple[str, str, str, bytes, int]] = []
            for pair in wanted:
                if pair not in found:
                    key_id = UUID(bytes=draw(ID_BYTES), version=4).hex
                    key = DataKey(key_id, *pair, secret=draw(KEY_BYTES))
                    nonce = draw(NONCE_BYTES)
                    wrapped = nonce + wrapper.encrypt(nonce, key.secret, _row_data((key_id, *pair)))
                    new.append((key_id, *pair, wrapped, now_ms))
                    found[pair] = key
            self._connection.executemany(sql, new)
            self._world.fault("keys.inserted")
        self._world.fault("keys.committed")
        return found

    def _unwrapped(self, found: Iterable[_Row]) -> dict[_Pair, DataKey]:
        keys: dict[_Pair, DataKey] = {}
        destroyed: list[_Pair] = []
        wrapper = self._wrapper()
        for key_id, subject, data_class, wrapped, destroyed_ms in found:
            if wrapped is None and destroyed_ms is not None:
                destroyed.append((subject, data_class))
                continue
            names = (key_id, subject, data_class)
            secret = None if destroyed_ms is not None else _unwrap(wrapper, wrapped, names)
            if secret is None:
                msg = (
                    f"data key '{key_id}' in '{self._path}' is damaged; restore the key store "
                    "from a backup"
                )
                raise DamagedError(msg)
            keys[subject, data_class] = DataKey(key_id, subject, data_class, secret)
        if destroyed:
            raise KeyDestroyedError(tuple(destroyed))
        return keys

    def _wrapper(self) -> AESGCM:
        return AESGCM(self._wrapping)

    def _checkpoint_if_long(self) -> None:
        log = self._path.with_name(FILE + "-wal")
        if log.exists() and log.stat().st_size > CHECKPOINT_BYTES:
            rows(self._connection, "pragma wal_checkpoint(passive)")


def _tables() -> str:
    return files("adapters").joinpath("key_store.sql").read_text("utf-8")


def _found(connection: Connection, path: Path, *, master_key: Path, world: World) -> None:
    """Make the store's own facts and its master key where they are absent."""
    with translated(path):
        if _facts(connection) is not None:
            return
        if not master_key.exists():
            _write_master_key(master_key, world)
        store_id = world.random_bytes(ID_BYTES)
        check = _derived(_read_master_key(master_key), CHECK, salt=store_id)
        connection.execute("begin immediate")
        with transaction_end(connection):
            facts = (("store_id", store_id), ("master_check", check))
            connection.executemany("insert or replace into key_store values (?, ?)", facts)


def _facts(connection: Connection) -> tuple[bytes, bytes] | None:
    found = dict(rows(connection, "select name, value from key_store"))
    if not {"store_id", "master_check"} <= found.keys():
        return None
    return found["store_id"], found["master_check"]


def _no_key_store(path: Path) -> DamagedError:
    msg = f"key store '{path}' is absent, empty or was never finished; restore it from its backup"
    return DamagedError(msg)


def _lock_of(folder: Path, timeout_s: float) -> FileLock:
    return FileLock(folder / "keys.lock", timeout_s=timeout_s)


@contextlib.contextmanager
def _reached(folder: Path) -> Iterator[None]:
    """Say in our words what the file system does not allow."""
    try:
        yield
    except OSError as exc:
        msg = (
            f"key store in '{folder}' cannot be used ({exc.strerror}); check the folder, its "
            "rights and the disk"
        )
        raise UnreachableError(msg) from exc


def _row_data(names: Iterable[str]) -> bytes:
    return framed(*(name.encode() for name in names))


def _unwrap(wrapper: AESGCM, wrapped: object, names: tuple[object, ...]) -> bytes | None:
    """Return the secret of a row, or None: SQLite gives a damaged cell back as any type."""
    texts = [name for name in names if isinstance(name, str)]
    if not isinstance(wrapped, bytes) or len(texts) < len(names):
        return None
    with contextlib.suppress(InvalidTag, ValueError):
        return wrapper.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _row_data(texts))
    return None


def _derived(secret: bytes, info: bytes, *, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(secret)


def _read_master_key(path: Path) -> bytes:
    try:
        text = path.read_bytes()
    except OSError as exc:
        msg = (
            f"master key '{path}' cannot be read ({exc.strerror}); restore it from its backup, "
            "or name its file: without it no sealed data of this ledger can ever be read"
        )
        raise UnreachableError(msg) from exc
    with contextlib.suppress(binascii.Error):
        master = base64.b64decode(text.strip(), validate=True)
        if len(master) == KEY_BYTES:
            return master
    msg = f"master key '{path}' is not {KEY_BYTES} bytes in base64; restore it from its backup"
    raise DamagedError(msg)


def _write_master_key(path: Path, world: World) -> None:
    """Write a new master key beside its name, then name it: a half-written one is never seen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unnamed = path.with_name(path.name + ".new")
    text = base64.b64encode(world.random_bytes(KEY_BYTES)) + b"\n"
    with os.fdopen(os.open(unnamed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unnamed.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
