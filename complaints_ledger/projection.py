"""The projection of a ledger: generations of DuckDB files, one lock, one pointer (DESIGN 2)."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from typing import TYPE_CHECKING

from adapters.duckdb_store import DuckStore
from adapters.file_lock import FileLock
from adapters.question_socket.client import QuestionClient
from complaints_ledger.answering import ServedQuestions
from complaints_ledger.following import Follower
from complaints_ledger.projector import Progress, Projector
from complaints_ledger.read_model_tables import create_tables, has_this_shape
from domain.errors import ForeignError, LockTimeoutError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from complaints_ledger.answering import Questions
    from complaints_ledger.following import Watch
    from complaints_ledger.ledger import Ledger

FILE = "ledger.duckdb"
POINTER = "current"
_GENERATION = re.compile(r"g\d+x*")
"""Name of a generation's folder: nothing else is ever opened, and nothing else removed."""
SNAPSHOTS = "snapshots"
LOCK_TURN_S = 2.0
"""How long the lock is waited for until somebody is looked for who answers without it."""


def _silent(_progress: Progress) -> None:
    return None


class Projection:
    """The folder `projection/`: each build in a folder of its own, and which one is live.

    A DuckDB file is never renamed over another: DuckDB finds its WAL by name, and a file put
    in its place would replay a stranger's.
    """

    def __init__(self, ledger: Ledger, *, lock_timeout_s: float = 60.0) -> None:
        self._ledger = ledger
        self._folder = ledger.folder / "projection"
        self._folder.mkdir(exist_ok=True)
        self._timeout_s = lock_timeout_s
        self._lock = FileLock(ledger.folder / "projection.lock", timeout_s=lock_timeout_s)

    @property
    def snapshots(self) -> Path:
        """Folder in which snapshots are made."""
        return self._ledger.folder / SNAPSHOTS

    @property
    def generation(self) -> str:
        """Name of the live generation."""
        return self._pointed() or ""

    def catch_up(self, tell: Callable[[Progress], None] = _silent) -> int:
        """Bring the live generation level with the log and return how many records were new.

        A generation that another version of the program made is built anew.
        """
        with self._reached() as client:
            if client is not None:
                return client.new
            with self._opened(tell) as store:
                return self._projector(store).catch_up(tell=tell)

    def follow(self, watch: Watch) -> None:
        """Keep the live generation level with the log, and answer who asks, until it is over."""
        with self._alone(), self._opened(watch.progress) as store:
            follower = Follower(store, self._projector(store), self._ledger.log, watch)
            follower.run(self._folder, self.snapshots)

    @contextlib.contextmanager
    def asked(self, tell: Callable[[Progress], None] = _silent) -> Iterator[Questions]:
        """Bring it level with the log, then give out who answers questions about it.

        Where another process follows the log that one answers, else the file, locked.
        """
        with self._reached() as client:
            if client is not None:
                yield ServedQuestions(client)
                return
            with self._locked(tell) as store:
                yield store

    @contextlib.contextmanager
    def questions(self, tell: Callable[[Progress], None] = _silent) -> Iterator[DuckStore]:
        """Bring it level with the log, then give the file itself out, locked against any change."""
        with self._alone(), self._locked(tell) as store:
            yield store

    @contextlib.contextmanager
    def _locked(self, tell: Callable[[Progress], None]) -> Iterator[DuckStore]:
        with self._opened(tell) as store:
            self._projector(store).catch_up(tell=tell)
            path = store.path
        with DuckStore.open_for_questions(path) as store:
            yield store

    def copy_into(self, part: Path, tell: Callable[[Progress], None] = _silent) -> None:
        """Bring it level with the log, then copy its tables into a new file among the snapshots."""
        with self._reached(copy_into=part.name) as client:
            if client is None:
                with self._opened(tell) as store:
                    self._projector(store).catch_up(tell=tell)
                    store.copy_tables(part)

    @contextlib.contextmanager
    def _reached(self, copy_into: str | None = None) -> Iterator[QuestionClient | None]:
        """Give out a conversation with the process that follows, or None and the lock.

        Raises:
            LockTimeoutError: another process holds the lock for too long and answers nobody.
        """
        deadline = time.monotonic() + self._timeout_s
        while True:
            client = QuestionClient.reach(self._folder, copy_into=copy_into)
            if client is not None:
                with contextlib.closing(client):
                    yield client
                return
            left = deadline - time.monotonic()
            try:
                self._lock.acquire(max(min(left, LOCK_TURN_S), 0.0))
            except LockTimeoutError:
                if left > LOCK_TURN_S:
                    continue
                msg = (
                    f"the read models are held by another process for over {self._timeout_s:g} s; "
                    "wait for it to end, or stop it, and try again"
                )
                raise LockTimeoutError(msg) from None
            try:
                yield None
            finally:
                self._lock.release()
            return

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock, unless another process keeps it for as long as it lives.

        Raises:
            UnreachableError: another process follows the log.
        """
        with self._reached() as client:
            if client is not None:
                msg = (
                    f"process {client.process} follows this ledger and holds its read models; stop "
                    f"it (kill {client.process}) and try again"
                )
                raise UnreachableError(msg)
            yield

    @contextlib.contextmanager
    def writing(self) -> Iterator[DuckStore]:
        """Bring it level with the log and give it out for the import's own look-ups."""
        with self._alone(), self._opened() as store:
            self._projector(store).catch_up()
            yield store

    def rebuild(self, tell: Callable[[Progress], None] = _silent) -> int:
        """Build a new generation from the log beside the live one, then make it the live one."""
        with self._alone():
            return self._rebuild(tell)

    def _rebuild(self, tell: Callable[[Progress], None]) -> int:
        old = self._pointed()
        path = self._fresh()
        with DuckStore.open(path) as store:
            create_tables(store)
            count = self._projector(store).catch_up(models_at_end=True, tell=tell)
            store.checkpoint()
        self._ledger.world.fault("rebuild.built")
        self._point_at(path.parent.name)
        self._ledger.world.fault("rebuild.pointed")
        if old is not None:
            shutil.rmtree(self._folder / old, ignore_errors=True)
        return count

    @contextlib.contextmanager
    def beside(
        self, tell: Callable[[Progress], None] = _silent
    ) -> Iterator[tuple[DuckStore, Path]]:
        """Give out the live generation for writing, and the path of one built anew from the log."""
        with self._alone(), self._opened() as store:
            self._projector(store).catch_up()
            ends = dict(store.rows("select partition, next_ordinal from projection_state"))
            scratch = self._fresh()
            try:
                with DuckStore.open(scratch) as anew:
                    create_tables(anew)
                    self._projector(anew).catch_up(upto=ends, models_at_end=True, tell=tell)
                    anew.checkpoint()
                yield store, scratch
            finally:
                shutil.rmtree(scratch.parent, ignore_errors=True)

    def _projector(self, store: DuckStore) -> Projector:
        ledger = self._ledger
        return Projector(store, ledger.log, around=ledger.around, world=ledger.world)

    @contextlib.contextmanager
    def _opened(self, tell: Callable[[Progress], None] = _silent) -> Iterator[DuckStore]:
        """Give out the live generation for writing; one of another shape is built anew before."""
        with contextlib.ExitStack() as stack:
            store = stack.enter_context(DuckStore.open(self._live()))
            self._check_ledger(store)
            if not has_this_shape(store):
                stack.close()
                self._rebuild(tell)
                store = stack.enter_context(DuckStore.open(self._live()))
            yield store

    def _check_ledger(self, store: DuckStore) -> None:
        if not store.has_table("projection_state"):
            return
        found = store.rows(
            "select distinct ledger_id from projection_state where ledger_id is not null"
        )
        if found and found[0][0] != str(self._ledger.log.ledger_id):
            msg = (
                f"projection '{store.path}' is of ledger {found[0][0]}, not {self._ledger.log.ledger_id}; "
                "move it away: it is made anew from the log"
            )
            raise ForeignError(msg)

    def _live(self) -> Path:
        name = self._pointed()
        if name is None:
            path = self._fresh()
            self._point_at(path.parent.name)
            return path
        return self._folder / name / FILE

    def _pointed(self) -> str | None:
        """Return the live generation; a pointer that names no generation is as good as none."""
        try:
            name = (self._folder / POINTER).read_text().strip()
        except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError):
            return None
        is_one = _GENERATION.fullmatch(name) and (self._folder / name).is_dir()
        return name if is_one else None

    def _fresh(self) -> Path:
        live = self._pointed()
        for leftover in self._folder.iterdir():
            if leftover.is_dir() and _GENERATION.fullmatch(leftover.name) and leftover.name != live:
                shutil.rmtree(leftover, ignore_errors=True)
        folder = self._folder / f"g{self._ledger.world.now_ms():013d}"
        while folder.exists():
            folder = folder.with_name(folder.name + "x")
        folder.mkdir()
        return folder / FILE

    def _point_at(self, name: str) -> None:
        fresh = self._folder / f"{POINTER}.new"
        with fresh.open("w") as file:
            file.write(name + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._folder / POINTER)
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
