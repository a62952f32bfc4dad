"""Snapshots: immutable DuckDB files for whoever wants a file, not a question."""

from __future__ import annotations

import os
import re
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from adapters.duckdb_store import DuckStore
from complaints_ledger.read_model_tables import create_tables
from domain.errors import InputError, LedgerError
from projections.columns import event_columns
from projections.registry import DERIVED, READ_MODELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from complaints_ledger.answering import StoreAnswering
    from complaints_ledger.ledger import Ledger
    from complaints_ledger.projection import Projection

KEEP: Final = 5
_OURS: Final = re.compile(r"(\d+)\.duckdb")
_FILLED_BY_CREATION: Final = ("codes", "model_digests", "projection_shape")
_INFO_SQL: Final = (
    "create table snapshot_info as select s.ledger_id, i.position, i.records, i.digest, "
    "i.last_recorded_at, $generation as made_from from ledger_status as i cross join "
    "(select any_value(ledger_id) as ledger_id from projection_state) as s"
)
_INFO: Final = (
    ("ledger_id", "VARCHAR", "The ledger that it was made from."),
    ("position", "BIGINT", "Accepted events in it."),
    ("records", "BIGINT", "Records of the log that it follows from."),
    ("digest", "VARCHAR", "Digest of all read models, that of `complaints status`."),
    ("last_recorded_at", "TIMESTAMP", "When the last record was appended (UTC)."),
    ("made_from", "VARCHAR", "Generation of the projection that it is a copy of."),
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot that was made."""

    path: Path
    position: int
    records: int
    digest: str
    pruned: tuple[Path, ...] = ()


def take_snapshot(
    ledger: Ledger,
    projection: Projection,
    copy_into: Callable[[Path], None],
    *,
    out: Path | None = None,
    keep: int = KEEP,
) -> Snapshot:
    """Make a snapshot of the level read models and put it in place when it is whole.

    Args:
        ledger: whose it is.
        projection: what it is a copy of.
        copy_into: fills a new file with the level tables.
        out: where it goes; None: the ledger's own folder, where old ones are pruned.
        keep: how many stay there.

    Raises:
        InputError: a file that is no snapshot of this ledger is in its place.
    """
    ledger_id = str(ledger.log.ledger_id)
    if out is not None:
        _check_target(out, ledger_id)
    folder = projection.snapshots
    folder.mkdir(exist_ok=True)
    part = folder / f".{os.getpid()}-{ledger.world.random_bytes(4).hex()}.part"
    try:
        _make_empty(part)
        copy_into(part)
        made = _describe(part, projection.generation)
        target = out or folder / f"{made['position']}.duckdb"
        _put(part, target)
    finally:
        part.unlink(missing_ok=True)
        part.with_name(f"{part.name}.wal").unlink(missing_ok=True)
    pruned = () if out is not None else prune(folder, ledger_id, keep)
    return Snapshot(target, made["position"], made["records"], made["digest"], pruned)


def _make_empty(part: Path) -> None:
    with DuckStore.open(part) as store:
        create_tables(store)
        for table in _FILLED_BY_CREATION:
            store.run(f"delete from {table}")


def _describe(part: Path, generation: str) -> dict[str, Any]:
    """Put into a snapshot what it is and what its columns mean; return what it is."""
    listed = pl.DataFrame(
        list(dictionary()), schema=["table_name", "column_name", "type", "meaning"], orient="row"
    )
    with DuckStore.open(part) as store:
        store.run(_INFO_SQL, {"generation": generation})
        with store.shown("listed", listed):
            store.run("create table data_dictionary as select * from listed")
        store.checkpoint()
        return dict(store.frame("from snapshot_info").row(0, named=True))


def dictionary() -> Iterator[tuple[str, str, str, str]]:
    """Yield table, column, type and meaning of whatever a snapshot answers questions with."""
    named = [(each.name, each.columns) for each in READ_MODELS]
    named += [(each.name, each.columns) for each in DERIVED]
    for table, columns in named:
        for column in columns:
            yield table, column.name, column.duckdb_type, column.doc
    for name, kind in event_columns():
        yield "events", name, kind, "see the event reference"
    for name, kind, meaning in _INFO:
        yield "snapshot_info", name, kind, meaning


def _check_target(out: Path, ledger_id: str) -> None:
    """Replace nothing but an older snapshot of the same ledger."""
    if out.with_name(f"{out.name}.wal").exists():
        msg = (
            f"file '{out}' is in use or was left by a crash (it has a '.wal'); choose another name"
        )
        raise InputError(msg)
    if out.exists() and not is_ours(out, ledger_id):
        msg = f"file '{out}' is no snapshot of this ledger; move it away, or choose another name"
        raise InputError(msg)
    if not out.absolute().parent.is_dir():
        msg = f"folder '{out.parent}' does not exist; make it, or choose another"
        raise InputError(msg)


def is_ours(path: Path, ledger_id: str) -> bool:
    """Tell whether a file is a snapshot of this ledger."""
    try:
        with DuckStore.open_for_questions(path) as store:
            return store.has_table("snapshot_info") and store.rows(
                "select ledger_id from snapshot_info"
            ) == [(ledger_id,)]
    except LedgerError:
        return False


def _put(part: Path, target: Path) -> None:
    """Give the file its name; whoever has an older one open goes on reading that."""
    try:
        if part.stat().st_dev != target.absolute().parent.stat().st_dev:
            fresh = target.with_name(f".{target.name}{part.name}")
            try:
                shutil.copyfile(part, fresh)
                _flush(fresh)
                fresh.replace(target)
            finally:
                fresh.unlink(missing_ok=True)
            return
        _flush(part)
        part.replace(target)
        _flush(target.absolute().parent)
    except OSError as exc:
        msg = f"file '{target}' cannot be written ({exc.strerror}); choose another place"
        raise InputError(msg) from exc


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def prune(folder: Path, ledger_id: str, keep: int) -> tuple[Path, ...]:
    """Remove the older snapshots of this ledger from a folder, never another file."""
    numbered = {
        path: int(found[1]) for path in folder.iterdir() if (found := _OURS.fullmatch(path.name))
    }
    newest = sorted(numbered, key=lambda path: numbered[path], reverse=True)
    gone = tuple(path for path in newest[keep:] if is_ours(path, ledger_id))
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


class Refresher:
    """Makes a snapshot every so many seconds, if anything is new, beside the projector."""

    def __init__(
        self,
        take: Callable[[Callable[[Path], None]], Snapshot],
        every_s: float,
        told: Callable[[Snapshot | LedgerError], None],
    ) -> None:
        self._take = take
        self._every_s = every_s
        self._told = told
        self._over = threading.Event()
        self._records = -1

    @contextmanager
    def beside(self, answering: StoreAnswering) -> Iterator[None]:
        """Run for the length of a with block; one that is being made is finished."""
        thread = threading.Thread(target=self._run, args=(answering,), name="snapshots")
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _run(self, answering: StoreAnswering) -> None:
        while not self._over.wait(self._every_s):
            if answering.level() is None:
                return
            if answering.records() == self._records:
                continue
            try:
                made = self._take(lambda part: answering.copy_into(part.name))
            except LedgerError as exc:
                self._told(exc)
            else:
                self._records = made.records
                self._told(made)
