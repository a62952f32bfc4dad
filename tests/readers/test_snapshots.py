"""A snapshot is one whole file that anybody reads without us, and that never changes again."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from adapters.duckdb_store import DuckStore
from complaints_ledger.cli import run
from complaints_ledger.ledger import open_ledger
from complaints_ledger.projection import Projection
from complaints_ledger.snapshots import Refresher, Snapshot, dictionary, take_snapshot
from domain.errors import InputError, LedgerError
from tests.readers.conftest import following, log_complaint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLAIN = """
import duckdb, json, sys
found = duckdb.connect(sys.argv[1])
ask = lambda sql: found.execute(sql).fetchall()
print(json.dumps([
    ask("select position, records, digest from snapshot_info"),
    ask("select count(*) from queues_at(timestamp '2030-01-01')"),
    ask("select count(*) from queues"),
    ask("select count(*) from event.complaint_received_v1"),
    ask("select reference from complaints order by all"),
    ask("select digest from ledger_status"),
    ask("select masked('Alex Example')"),
    ask("select count(*) from events"),
]))
"""


def _taken(folder: Path, out: Path | None = None, keep: int = 5) -> Snapshot:
    with open_ledger(folder) as ledger:
        projection = Projection(ledger)
        return take_snapshot(ledger, projection, projection.copy_into, out=out, keep=keep)


def _plain(path: Path) -> list[list[list[object]]]:
    """Read a snapshot as somebody does who has duckdb and nothing of ours."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", PLAIN, str(path)],
        check=True,
        cwd=path.parent,
        capture_output=True,
        text=True,
    )
    found: list[list[list[object]]] = json.loads(done.stdout)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a follower"])
def test_a_snapshot_needs_nothing_of_ours(folder: Path, beside: bool) -> None:  # noqa: FBT001
    """Tables, views and macros work in plain DuckDB, and the file says what it is."""
    if beside:
        with following(folder):
            made = _taken(folder)
    else:
        made = _taken(folder)
    info, later, now, received, references, digest, mask, events = _plain(made.path)
    assert info == [[made.position, made.records, made.digest]]
    assert digest == [[made.digest]]
    assert later >= now
    assert received == [[2]]
    assert references == [["C-1"], ["C-2"]]
    assert mask == [["(masked)"]]
    assert events == [[made.position]]
    assert made.path == folder / "snapshots" / f"{made.position}.duckdb"


def test_a_snapshot_holds_all_rows_in_the_same_order(folder: Path) -> None:
    """Every table of the read models is there, equal to the last row."""
    made = _taken(folder)
    tables = (
        "select schema_name || '.' || table_name from duckdb_tables() "
        "where table_name not in ('snapshot_info', 'data_dictionary') order by all"
    )
    with (
        open_ledger(folder) as ledger,
        Projection(ledger).questions() as live,
        DuckStore.open_for_questions(made.path) as copy,
    ):
        names = [row[0] for row in live.rows(tables)]
        assert [row[0] for row in copy.rows(tables)] == names
        for name in names:
            assert copy.rows(f"from {name}") == live.rows(f"from {name}"), name


@pytest.mark.slow
def test_the_dictionary_in_it_names_every_column(folder: Path) -> None:
    """Whoever opens the file finds what each column of an answer means."""
    made = _taken(folder)
    assert all(meaning for _, _, _, meaning in dictionary())
    columns = (
        "select c.table_name, c.column_name from duckdb_columns() as c where c.schema_name = 'main' "
        "and c.table_name in (select table_name from data_dictionary) "
        "and c.column_name <> 'stream_no' except select table_name, column_name from data_dictionary"
    )
    with DuckStore.open_for_questions(made.path) as store:
        assert store.rows(columns) == []


@pytest.mark.slow
def test_old_ones_are_pruned_and_others_left_alone(folder: Path) -> None:
    """So many stay; a file that is not ours stays whatever its name; an open one is still read."""
    first = _taken(folder)
    foreign = folder / "snapshots" / "1.duckdb"
    foreign.write_bytes(b"not a database")
    (folder / "snapshots" / "notes.txt").write_text("mine")
    with DuckStore.open_for_questions(first.path) as reader:
        for number in (3, 4):
            log_complaint(folder, f"C-{number}")
            last = _taken(folder, keep=2)
        assert last.pruned == (first.path,)
        assert not first.path.exists()
        assert reader.rows("select count(*) from complaints") == [(2,)]
    names = {path.name for path in (folder / "snapshots").iterdir()}
    assert names >= {"1.duckdb", "notes.txt", last.path.name}
    assert len(names) == 4


@pytest.mark.slow
def test_an_older_snapshot_is_replaced_under_its_readers(folder: Path, tmp_path: Path) -> None:
    """Whoever has the old file open goes on reading it; the name leads to the new one."""
    out = tmp_path / "s.duckdb"
    _taken(folder, out)
    with DuckStore.open_for_questions(out) as reader:
        log_complaint(folder, "C-3")
        _taken(folder, out)
        assert reader.rows("select count(*) from complaints") == [(2,)]
    assert _plain(out)[4] == [["C-1"], ["C-2"], ["C-3"]]


def test_nothing_else_is_replaced(folder: Path, tmp_path: Path) -> None:
    """A file that is no snapshot of this ledger, or that is being written, is left as it is."""
    other = tmp_path / "mine.duckdb"
    with DuckStore.open(other) as store:
        store.run("create table mine as select 1 as a")
    before = other.read_bytes()
    with pytest.raises(InputError, match="no snapshot of this ledger"):
        _taken(folder, other)
    assert other.read_bytes() == before
    (tmp_path / "new.duckdb.wal").write_bytes(b"")
    with pytest.raises(InputError, match=r"\.wal"):
        _taken(folder, tmp_path / "new.duckdb")
    with pytest.raises(InputError, match="does not exist"):
        _taken(folder, tmp_path / "no" / "new.duckdb")
    assert [path.name for path in tmp_path.glob("**/*.part*")] == []


@pytest.mark.slow
def test_a_follower_refreshes_it_when_something_is_new(folder: Path) -> None:
    """Snapshots come by themselves, and not one of what there is one of already."""
    made: list[Snapshot | LedgerError] = []
    came = threading.Event()

    def told(one: Snapshot | LedgerError) -> None:
        made.append(one)
        came.set()

    with open_ledger(folder) as ledger:
        projection = Projection(ledger)

        def take(copy_into: Callable[[Path], None]) -> Snapshot:
            return take_snapshot(ledger, projection, copy_into)

        with following(folder, beside=Refresher(take, 0.05, told).beside):
            assert came.wait(60)
            came.clear()
            assert not came.wait(0.5)
            log_complaint(folder, "C-3")
            assert came.wait(60)
    assert [one.position for one in made if isinstance(one, Snapshot)] == [2, 3]


@pytest.mark.slow
def test_the_command_says_what_it_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object, with the digest that `status` gives."""
    capsys.readouterr()
    assert run(["--ledger", str(folder), "snapshot", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert run(["--ledger", str(folder), "status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["digest"] == made["digest"]
    assert set(made) == {"snapshot", "position", "records", "digest", "pruned"}
