"""Tables, rows and digests in one DuckDB file; the only module that imports duckdb."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Self

import duckdb

from domain.errors import DamagedError, InputError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl

WAL_LIMIT = "256MB"
"""Closing a file checkpoints it; in between, a checkpoint per batch costs a third of the batch."""
THREADS = 2
"""More threads than cores slow a batch down; analysts may raise it on their snapshot."""


class DuckStore:
    """One DuckDB file: opened for writing by one process, or locked down for questions."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection = connection
        self.path = path

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file for writing, making it if it is absent.

        Raises:
            DamagedError: the file is not a whole DuckDB file.
            UnreachableError: the file cannot be opened, or another program holds it.
        """
        with translated(path):
            connection = duckdb.connect(str(path), config={"threads": THREADS})
            connection.execute("set timezone = 'UTC'")
            connection.execute("set preserve_insertion_order = true")
            connection.execute(f"set wal_autocheckpoint = '{WAL_LIMIT}'")
        return cls(connection, path)

    @classmethod
    def open_for_questions(cls, path: Path) -> Self:
        """Open a file so that no statement can write, reach a file, or change a setting."""
        with translated(path):
            connection = duckdb.connect(str(path), read_only=True, config={"threads": THREADS})
            connection.execute("set timezone = 'UTC'")
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")
        return cls(connection, path)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block did, or nothing of it."""
        with translated(self.path):
            self._connection.execute("begin transaction")
            try:
                yield
            except BaseException:
                with contextlib.suppress(duckdb.Error):
                    self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    def run(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run a statement."""
        with translated(self.path):
            self._connection.execute(sql, dict(parameters) if parameters else None)

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with translated(self.path):
            return self._connection.execute(
                sql, dict(parameters) if parameters else None
            ).fetchall()

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """Return the rows of a query as a polars frame."""
        with translated(self.path):
            return self._connection.execute(sql, dict(parameters) if parameters else None).pl()

    @contextlib.contextmanager
    def shown(self, name: str, frame: pl.DataFrame) -> Iterator[None]:
        """Let statements of the block read a frame as a relation."""
        self._connection.register(name, frame.to_arrow())
        try:
            yield
        finally:
            self._connection.unregister(name)

    def attach(self, path: Path, name: str) -> None:
        """Attach another file, read only, under a name."""
        quoted = str(path).replace("'", "''")
        self.run(f"attach '{quoted}' as {name} (read_only)")

    def checkpoint(self) -> None:
        """Write everything from the WAL into the file."""
        self.run("checkpoint")

    def answer(self, sql: str) -> Answer:
        """Ask one question in SQL.

        Raises:
            InputError: it is not one statement that only reads, or DuckDB cannot answer it.
        """
        try:
            statements = self._connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type not in _QUESTIONS:
                msg = (
                    "give one statement that only reads, such as: select * from complaints limit 5"
                )
                raise InputError(msg)
            cursor = self._connection.execute(statements[0])
            columns = [column[0] for column in cursor.description or ()]
            return Answer(columns, cursor)
        except duckdb.IOException:
            raise
        except duckdb.Error as exc:
            msg = f"the question cannot be answered: {str(exc).strip()}"
            raise InputError(msg) from exc


_QUESTIONS = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})


class Answer:
    """Columns and rows of a question; rows are fetched in chunks."""

    def __init__(self, columns: Sequence[str], cursor: duckdb.DuckDBPyConnection) -> None:
        self.columns = list(columns)
        self._cursor = cursor

    def chunks(self, size: int = 10_000) -> Iterator[list[tuple[Any, ...]]]:
        """Yield rows, so many at a time."""
        try:
            while found := self._cursor.fetchmany(size):
                yield found
        except duckdb.Error as exc:
            msg = f"the question cannot be answered: {str(exc).strip()}"
            raise InputError(msg) from exc

    def frame(self) -> pl.DataFrame:
        """Return all rows as a polars frame."""
        return self._cursor.pl()


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Translate DuckDB's errors into ours; the one table of this driver."""
    try:
        yield
    except duckdb.IOException as exc:
        if "lock" in str(exc).lower():
            msg = f"file '{path}' is held by another program; close it and try again"
            raise UnreachableError(msg) from exc
        if any(
            word in str(exc) for word in ("No space", "Permission", "Too many open", "Cannot open")
        ):
            msg = (
                f"file '{path}' cannot be used ({_first_line(exc)}); check the folder and the disk"
            )
            raise UnreachableError(msg) from exc
        raise _damaged(path, exc) from exc
    except (duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException) as exc:
        raise _damaged(path, exc) from exc


def _damaged(path: Path, exc: Exception) -> DamagedError:
    msg = f"file '{path}' is damaged ({_first_line(exc)}); make it anew with: complaints rebuild"
    return DamagedError(msg)


def _first_line(exc: Exception) -> str:
    return str(exc).strip().splitlines()[0]
