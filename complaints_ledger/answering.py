"""Who answers questions: a file that is locked for them, or the process that follows the log."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

import pyarrow as pa

from adapters.duckdb_store import DuckStore
from domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import polars as pl

    from adapters.duckdb_store import Answer
    from adapters.question_socket.client import QuestionClient

_PART: Final = re.compile(r"\.[\w.-]+\.part")


class Questions(Protocol):
    """Read models that stand still: what is asked of them is asked of one state."""

    def answer(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Answer:
        """Answer one statement that only reads."""
        ...

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        ...

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """Return the rows of a query as a polars frame."""
        ...


class ServedQuestions:
    """Questions that the process which follows the log answers."""

    def __init__(self, client: QuestionClient) -> None:
        self._client = client
        self._retelling = DuckStore.of_nothing()

    def answer(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Answer:
        """Answer one statement that only reads.

        Raises:
            InputError: it is none, or cannot be answered.
            UnreachableError: the process that answers has ended.
        """
        columns, batches = self._client.ask(sql, parameters)
        return self._retelling.retold(columns, batches, self._client.failure)

    def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return [row for chunk in self.answer(sql, parameters).chunks() for row in chunk]

    def frame(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """Return the rows of a query as a polars frame."""
        return self.answer(sql, parameters).frame()


class Levelling:
    """Requests to be level with the log: readers make them, the thread that projects grants them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._asked = 0
        self._granted = 0
        self._lag: dict[int, int] = {}
        self._ended = False

    def wanted(self, timeout_s: float) -> bool:
        """Tell whether anybody asks, after waiting so long for somebody to."""
        with self._changed:
            return self._changed.wait_for(lambda: self._asked > self._granted, timeout_s)

    def taken(self) -> int:
        """Return the last request; the log's head is read after this, so it is part of it."""
        with self._changed:
            return self._asked

    def grant(self, upto: int, lag: int) -> None:
        """Let everybody go on who asked up to then; `lag` records were new to them."""
        with self._changed:
            self._lag |= dict.fromkeys(range(self._granted + 1, upto + 1), lag)
            self._granted = max(self._granted, upto)
            self._changed.notify_all()

    def end(self) -> None:
        """Send everybody away: nothing is projected any more."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def ask(self) -> int | None:
        """Wait until all is projected that the log holds now; None if that will not be."""
        with self._changed:
            if self._ended:
                return None
            self._asked += 1
            mine = self._asked
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._granted >= mine or self._ended)
            return self._lag.pop(mine, 0) if self._granted >= mine else None


class StoreAnswering:
    """Answers readers from the file that this process projects into, each on a connection of its own."""

    def __init__(self, store: DuckStore, levelling: Levelling, snapshots: Path) -> None:
        self._mother = store.beside()
        self._mother.know_names()
        self._guard = threading.Lock()
        self._levelling = levelling
        self._snapshots = snapshots

    def level(self) -> int | None:
        """Bring the tables level with the log as it is now; return how many records were new."""
        return self._levelling.ask()

    def copy_into(self, name: str) -> None:
        """Copy the tables into a file in the folder of snapshots.

        Raises:
            InputError: there is no such file to be filled.
        """
        path = self._snapshots / name
        if _PART.fullmatch(name) is None or not path.is_file():
            msg = f"'{name}' is no snapshot that is being made; run: complaints snapshot"
            raise InputError(msg)
        with self._connection() as connection:
            connection.copy_tables(path)

    def records(self) -> int:
        """Return how many records of the log are projected."""
        with self._connection() as connection:
            return int(
                connection.rows("select coalesce(sum(records), 0) from projection_state")[0][0]
            )

    @contextmanager
    def asking(self) -> Iterator[_View]:
        """Give out a view of the tables as they are now."""
        with self._connection() as connection, connection.unchanging():
            yield _View(connection)

    @contextmanager
    def _connection(self) -> Iterator[DuckStore]:
        with self._guard:
            connection = self._mother.beside()
        with connection:
            yield connection

    def close(self) -> None:
        """Let go of the file."""
        self._mother.close()


class _View:
    """The tables as one reader sees them."""

    def __init__(self, connection: DuckStore) -> None:
        self._connection = connection
        self.interrupt: Callable[[], None] = connection.interrupt

    def ask(
        self, sql: str, parameters: Mapping[str, Any]
    ) -> tuple[list[str], pa.RecordBatchReader]:
        """Return the names of the answer's columns, and its batches."""
        answer = self._connection.answer(sql, parameters)
        return answer.columns, pa.RecordBatchReader.from_batches(*answer.batches())
