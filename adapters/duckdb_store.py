"""Tables, rows and digests in one DuckDB file; the only module that imports duckdb."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb

from domain.errors import DamagedError, InputError, UnreachableError
from projections.question import Known, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import polars as pl
    import pyarrow as pa

WAL_LIMIT = "32MB"
"""Closing a file checkpoints it; in between, a checkpoint per batch costs a third of the batch."""
BATCH_ROWS = 50_000
"""Rows that are held at a time where a column is read through."""
ARROW_ROWS = 8_192
"""Rows of a batch that is sent or written: what a slow reader makes us hold."""
THREADS = 2
"""More threads than cores slow a batch down; analysts may raise it on their snapshot."""


class DuckStore:
    """One DuckDB file: opened for writing by one process, or locked down for questions."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection = connection
        self._known: Known | None = None
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
            connection.execute(_UTC)
            connection.execute("set preserve_insertion_order = true")
            connection.execute(f"set wal_autocheckpoint = '{WAL_LIMIT}'")
        return cls(connection, path)

    @classmethod
    def open_for_questions(cls, path: Path) -> Self:
        """Open a file so that no statement can write, reach a file, or change a setting."""
        with translated(path):
            connection = duckdb.connect(str(path), read_only=True, config={"threads": THREADS})
            # One process that opens a file twice has it locked the second time.
            if connection.execute(_IS_LOCKED).fetchall() != [(True,)]:
                for setting in (_UTC, *_LOCKED):
                    connection.execute(setting)
        return cls(connection, path)

    @classmethod
    def of_nothing(cls) -> Self:
        """Return a store without a file, in which the answers of another process are read."""
        connection = duckdb.connect(config={"threads": 1})
        connection.execute(_UTC)
        return cls(connection, Path(":memory:"))

    def retold(
        self,
        columns: Sequence[str],
        batches: pa.RecordBatchReader,
        failure: Callable[[], Exception | None],
    ) -> Answer:
        """Return an answer that another process gave; its rows are those that it would be here.

        Args:
            columns: names of the columns.
            batches: its rows, with DuckDB's own types whole.
            failure: what was wrong, where the batches break off.
        """
        connection = self._connection.cursor()
        connection.register("answered", batches)
        names = ", ".join(
            f'{field} as "{name.replace(chr(34), chr(34) * 2)}"'
            for field, name in zip(batches.schema.names, columns, strict=True)
        )
        try:
            cursor = connection.execute(f"select {names} from answered")
        except duckdb.Error as exc:
            raise failure() or _unanswered(exc) from exc
        return Answer(columns, cursor, failure)

    def lock_down(self, folder: Path) -> None:
        """Let no statement of any connection reach a file outside a folder, or change a setting.

        An answer in Arrow then carries DuckDB's own types whole.
        """
        quoted = str(folder).replace("'", "''")
        self.run(f"set allowed_directories = ['{quoted}/']")
        self.run("set arrow_lossless_conversion = true")
        for setting in _LOCKED:
            self.run(setting)

    def beside(self) -> Self:
        """Return another connection to the same open file, for another thread."""
        other = type(self)(self._connection.cursor(), self.path)
        other._known = self._known  # noqa: SLF001  one file holds one set of names
        return other

    def interrupt(self) -> None:
        """End the statement under way in another thread."""
        self._connection.interrupt()

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

    def has_table(self, name: str) -> bool:
        """Tell whether there is a table of this name."""
        sql = "select 1 from duckdb_tables() where table_name = $name"
        return bool(self.rows(sql, {"name": name}))

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """Return the rows of a query as a polars frame."""
        with translated(self.path):
            return self._connection.execute(sql, dict(parameters) if parameters else None).pl()

    def columns(self, sql: str) -> Iterator[list[Any]]:
        """Yield the values of a query's one column, a batch of rows at a time."""
        with translated(self.path):
            reader = self._connection.execute(sql).to_arrow_reader(BATCH_ROWS)
            for batch in reader:
                yield batch.column(0).to_pylist()

    @contextlib.contextmanager
    def shown(self, name: str, frame: pl.DataFrame) -> Iterator[None]:
        """Let statements of the block read a frame as a relation."""
        self._connection.register(name, frame.to_arrow())
        try:
            yield
        finally:
            self._connection.unregister(name)

    def attach(self, path: Path, name: str, *, writable: bool = False) -> None:
        """Attach another file under a name, read only unless said otherwise."""
        quoted = str(path).replace("'", "''")
        self.run(f"attach '{quoted}' as {name} ({'read_write' if writable else 'read_only'})")

    def checkpoint(self) -> None:
        """Write everything from the WAL into the file."""
        self.run("checkpoint")

    @contextlib.contextmanager
    def unchanging(self) -> Iterator[None]:
        """See one state in the block, and be unable to write."""
        with translated(self.path):
            self._connection.execute("begin transaction read only")
        try:
            yield
        finally:
            with contextlib.suppress(duckdb.Error):
                self._connection.execute("rollback")

    def answer(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Answer:
        """Ask one question in SQL.

        Raises:
            InputError: it is not one statement that only reads, it calls what a question may
                not, or DuckDB cannot answer it.
        """
        try:
            statement = self._question(sql)
            cursor = self._connection.execute(statement, dict(parameters) if parameters else None)
            columns = [column[0] for column in cursor.description or ()]
            return Answer(columns, cursor)
        except duckdb.IOException:
            raise
        except (duckdb.Error, UnicodeDecodeError) as exc:
            raise _unanswered(exc) from exc

    def _question(self, sql: str) -> str:
        """Return the statement that is asked, if it is one that a question may be.

        DuckDB's own settings keep a question from files and other databases; they do not keep it
        from functions that change the process, so those are looked for in the statement itself.
        """
        statements = self._connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type not in _QUESTIONS:
            msg = "give one statement that only reads, such as: select * from complaints limit 5"
            raise InputError(msg)
        explained = statements[0].type == duckdb.StatementType.EXPLAIN
        head, asked = "", sql
        if explained:
            found = _EXPLAIN.match(sql)
            head, asked = (found[0], sql[found.end() :]) if found else ("", "")
        tree = self._tree(asked)
        if tree is None:
            msg = "only a query can be explained, such as: explain select * from complaints"
            raise InputError(msg)
        refused = refusal(tree, self._names())
        if refused is not None:
            msg = f"{refused} is not for questions, which read the ledger's tables; leave it out"
            raise InputError(msg)
        return head + asked

    def _tree(self, sql: str) -> object | None:
        text = "select json_serialize_sql($sql::varchar)"
        found = self._connection.execute(text, {"sql": sql}).fetchall()[0][0]
        tree = json.loads(found)
        whole = not tree["error"] and len(tree["statements"]) == 1
        return tree["statements"] if whole else None

    def know_names(self) -> None:
        """Look up once what questions on connections made from this one may name."""
        self._names()

    def _names(self) -> Known:
        if self._known is None:
            macros = "select function_name from duckdb_functions() where function_type = 'table_macro' and not internal"
            places = "select lower(unnest([database_name, schema_name])) from duckdb_schemas()"
            self._known = Known(
                frozenset(row[0] for row in self.rows(macros)),
                frozenset(row[0] for row in self.rows(places)),
            )
        return self._known

    def copy_tables(self, into: Path) -> None:
        """Copy every row, as of one moment, into the equal and empty tables of another file."""
        self.attach(into, "copied", writable=True)
        try:
            with self.transaction():
                for schema, table in self.rows(_TABLES):
                    name = f'"{schema}"."{table}"'
                    self.run(f"insert into copied.{name} by name from {name}")
        finally:
            self.run("detach copied")


_TABLES = (
    "select schema_name, table_name from duckdb_tables() "
    "where database_name = current_database() and not temporary and not internal"
)
_QUESTIONS = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})
_EXPLAIN = re.compile(r"\s*explain\s+(?:analyze\s+)?(?:\(\s*format\s+\w+\s*\)\s*)?", re.IGNORECASE)
_UTC = "set global timezone = 'UTC'"
"""For every connection to the file, those included that are made later."""
_IS_LOCKED = "select current_setting('lock_configuration')"
_LOCKED = (
    "set python_enable_replacements = false",
    "set enable_external_access = false",
    "set lock_configuration = true",
)


class Answer:
    """Columns and rows of a question; rows are fetched in chunks."""

    def __init__(
        self,
        columns: Sequence[str],
        cursor: duckdb.DuckDBPyConnection,
        failure: Callable[[], Exception | None] = lambda: None,
    ) -> None:
        self.columns = list(columns)
        self._cursor = cursor
        self._failure = failure

    def chunks(self, size: int = 10_000) -> Iterator[list[tuple[Any, ...]]]:
        """Yield rows, so many at a time."""
        with self._failing():
            while found := self._cursor.fetchmany(size):
                yield found

    def frame(self) -> pl.DataFrame:
        """Return all rows as a polars frame."""
        with self._failing():
            return self._cursor.pl()

    def batches(self) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """Return the schema in Arrow's types and all rows, a batch at a time."""
        with self._failing():
            reader = self._cursor.to_arrow_reader(ARROW_ROWS)
        return reader.schema, self._each(reader)

    def _each(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        with self._failing():
            yield from reader

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except (duckdb.Error, OSError, UnicodeDecodeError) as exc:
            raise self._failure() or _unanswered(exc) from exc


def _unanswered(exc: Exception) -> InputError:
    """Say in one line why a question has no answer, without the excerpt that DuckDB adds."""
    said = re.split(r"\n+LINE \d+:", str(exc).strip(), maxsplit=1)[0]
    msg = f"the question cannot be answered: {' '.join(said.split())}"
    return InputError(msg)


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
