"""The projection of a ledger: generations of DuckDB files, one lock, one pointer (DESIGN 2)."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from adapters.duckdb_store import DuckStore
from adapters.file_lock import FileLock
from complaints_ledger.projector import Progress, Projector
from complaints_ledger.read_model_tables import create_tables
from domain.errors import ForeignError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from complaints_ledger.ledger import Ledger

FILE = "ledger.duckdb"
POINTER = "current"
Tell = "Callable[[Progress], None]"


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
        self._lock = FileLock(ledger.folder / "projection.lock", timeout_s=lock_timeout_s)

    def catch_up(self, tell: Callable[[Progress], None] = _silent) -> int:
        """Bring the live generation level with the log and return how many records were new."""
        with self._lock.held(), self._writing(self._live()) as store:
            return self._projector(store).catch_up(tell=tell)

    @contextlib.contextmanager
    def questions(self, tell: Callable[[Progress], None] = _silent) -> Iterator[DuckStore]:
        """Bring it level with the log, then give it out locked against any change."""
        with self._lock.held():
            path = self._live()
            with self._writing(path) as store:
                self._projector(store).catch_up(tell=tell)
            with DuckStore.open_for_questions(path) as store:
                yield store

    @contextlib.contextmanager
    def writing(self) -> Iterator[DuckStore]:
        """Bring it level with the log and give it out for the import's own look-ups."""
        with self._lock.held(), self._writing(self._live()) as store:
            self._projector(store).catch_up()
            yield store

    def rebuild(self, tell: Callable[[Progress], None] = _silent) -> int:
        """Build a new generation from the log beside the live one, then make it the live one."""
        with self._lock.held():
            old = self._pointed()
            path = self._fresh()
            with self._writing(path) as store:
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
        with self._lock.held():
            live = self._live()
            scratch = self._fresh()
            try:
                with self._writing(live) as store:
                    self._projector(store).catch_up()
                    ends = dict(store.rows("select partition, next_ordinal from projection_state"))
                    with self._writing(scratch) as anew:
                        self._projector(anew).catch_up(upto=ends, models_at_end=True, tell=tell)
                        anew.checkpoint()
                    yield store, scratch
            finally:
                shutil.rmtree(scratch.parent, ignore_errors=True)

    def _projector(self, store: DuckStore) -> Projector:
        ledger = self._ledger
        return Projector(store, ledger.log, around=ledger.around, world=ledger.world)

    @contextlib.contextmanager
    def _writing(self, path: Path) -> Iterator[DuckStore]:
        with DuckStore.open(path) as store:
            known = (
                "select count(*) from information_schema.tables where table_name = 'model_digests'"
            )
            if not store.rows(known)[0][0]:
                create_tables(store)
            self._check_ledger(store, path)
            yield store

    def _check_ledger(self, store: DuckStore, path: Path) -> None:
        found = store.rows(
            "select distinct ledger_id from projection_state where ledger_id is not null"
        )
        if found and found[0][0] != str(self._ledger.log.ledger_id):
            msg = (
                f"projection '{path}' is of ledger {found[0][0]}, not {self._ledger.log.ledger_id}; "
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
        try:
            name = (self._folder / POINTER).read_text().strip()
        except FileNotFoundError:
            return None
        return name if name and (self._folder / name).is_dir() else None

    def _fresh(self) -> Path:
        live = self._pointed()
        for leftover in self._folder.iterdir():
            if leftover.is_dir() and leftover.name != live:
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
