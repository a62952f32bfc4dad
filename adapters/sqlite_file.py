"""Opens SQLite files for the adapters that keep one; the only module that imports sqlite3."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from domain.errors import DamagedError, ForeignError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Connection = sqlite3.Connection

BUSY_TIMEOUT_S = 30.0
"""Long enough for a bulk transaction of another process, short enough for a person to wait."""
NO_TEXT = "Could not decode to UTF-8"
"""How Python's driver begins when the bytes of a text are none."""
DERIVED = frozenset({"replica.db"})
"""Files that are made anew from the log when they are not there."""


def open_sqlite(
    path: Path,
    *,
    application_id: int,
    durability: Literal["full", "normal"],
    script: str = "",
    read_only: bool = False,
) -> Connection:
    """Open a SQLite file in WAL mode that checkpoints only when told.

    Args:
        path: the file; made if absent, unless `read_only`.
        application_id: the 32 bit mark of our kind of file, written when the file is made.
        durability: `full` is durable when a commit returns; `normal` after a checkpoint.
        script: statements that make the tables of a new file.
        read_only: open without the right to write.

    Raises:
        ForeignError: the file is not of this kind.
        DamagedError: the file cannot be read as a database.
        UnreachableError: the file cannot be opened.
    """
    mode = "ro" if read_only else "rwc"
    try:
        with translated(path):
            connection = sqlite3.connect(
                f"file:{_quoted(path)}?mode={mode}",
                uri=True,
                timeout=BUSY_TIMEOUT_S,
                isolation_level=None,
                check_same_thread=False,
            )
            _prepare(connection, path, application_id, durability, script, read_only=read_only)
    except BaseException:
        with contextlib.suppress(UnboundLocalError):
            connection.close()
        raise
    return connection


def table_script(name: str) -> str:
    """Return the statements that make the tables of one of our kinds of file."""
    return files("adapters").joinpath(name).read_text("utf-8")


def _quoted(path: Path) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _prepare(
    connection: Connection,
    path: Path,
    application_id: int,
    durability: str,
    script: str,
    *,
    read_only: bool,
) -> None:
    connection.execute(f"pragma synchronous={durability}")
    connection.execute("pragma mmap_size=0")
    found = connection.execute("pragma application_id").fetchone()[0]
    fresh = connection.execute("select count(*) from sqlite_master").fetchone()[0] == 0
    if found != application_id and not (fresh and found == 0):
        msg = f"file '{path}' is not ours (application id {found:#x}); name another folder"
        raise ForeignError(msg)
    if read_only:
        return
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma wal_autocheckpoint=0")
    if fresh or found != application_id:
        connection.execute("begin immediate")
        with transaction_end(connection):
            for statement in script.split(";\n"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute(f"pragma application_id={application_id}")


@contextlib.contextmanager
def transaction_end(connection: Connection) -> Iterator[None]:
    """Commit what was begun, or roll it back if anything is raised."""
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
    connection.execute("commit")


def _remedy(path: Path) -> str:
    """Say what to do about a damaged file: what is derived from the log needs no backup."""
    if path.name in DERIVED:
        return "move it away: it is made anew from the log"
    return "restore it from a backup"


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Translate SQLite's errors into ours; the one table of this driver."""
    try:
        yield
    except sqlite3.DatabaseError as exc:
        code, said = getattr(exc, "sqlite_errorname", "") or "", str(exc)
        if said.startswith(NO_TEXT):
            # The driver quotes the text itself, which is nobody's to read in an error.
            said = "a text in it is not UTF-8"
        damaged = code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or "malformed" in said
        if damaged or said != str(exc):
            msg = f"file '{path}' is damaged ({said}); {_remedy(path)}"
            raise DamagedError(msg) from exc
        msg = f"file '{path}' cannot be used ({exc}); check the folder, its rights and the disk"
        raise UnreachableError(msg) from exc


class Reader:
    """A read-only connection that threads share: one query at a time, and none during a close."""

    def __init__(self, connection: Connection, path: Path) -> None:
        self._connection: Connection | None = connection
        self._path = path
        self._lock = threading.Lock()

    def rows(self, sql: str, parameters: Any = ()) -> list[Any]:
        """Return all rows of a query.

        Raises:
            UnreachableError: the file was closed, or cannot be used.
            DamagedError: the file is not what was written.
        """
        with self._lock, translated(self._path):
            if self._connection is None:
                msg = f"file '{self._path}' was closed; open the ledger again"
                raise UnreachableError(msg)
            return self._connection.execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Wait for the query under way, then let go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def rows(connection: Connection | Reader, sql: str, parameters: Any = ()) -> list[Any]:
    """Return all rows of a query."""
    if isinstance(connection, Reader):
        return connection.rows(sql, parameters)
    return connection.execute(sql, parameters).fetchall()


def copy_sqlite(source: Path, target: Path, *, application_id: int) -> None:
    """Copy a SQLite file as one moment has it, while others write: SQLite's online backup.

    The copy is one file without a write-ahead log, durable when this returns.

    Raises:
        ForeignError: the source is not of this kind.
        DamagedError: the source is no sound database; the copy is worth nothing then.
        UnreachableError: one of the files cannot be opened.
    """
    from_it = open_sqlite(source, application_id=application_id, durability="full", read_only=True)
    with (
        contextlib.closing(from_it),
        translated(target),
        contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        from_it.backup(copy)
        if copy.execute("pragma quick_check").fetchone()[0] != "ok":
            msg = f"file '{source}' is damaged; nothing was copied, restore it from a backup"
            raise DamagedError(msg)
        copy.execute("pragma synchronous=full")
        copy.execute("pragma journal_mode=delete")
