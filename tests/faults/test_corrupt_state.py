"""Whatever happens to a file of a ledger, the command says so in one line and loses nothing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from complaints_ledger.cli import run
from tests.faults.damages import ARTEFACTS, DAMAGES, DERIVED, place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COUNT: Final = "select count(*) as n from complaints"
FACTS: Final = "facts.jsonl"
COMMANDS: Final = (
    ("status",),
    ("sql", COUNT),
    ("check",),
    ("publish", FACTS),
    ("show", "R-1", "--purpose", "handling"),
    ("case", "acknowledge", "R-1", "--medium", "email"),
)
RECORD: Final = ("log.db", "keys.db", "master.key", "operator.key")
QUICK: Final = [("log", "halved")]
UNMENDED: Final = [("pointer", "random")]
"""Ends as a defect: the pointer is read as text, whatever is in it."""
MATRIX: Final = [pair for pair in product(ARTEFACTS, DAMAGES) if pair not in {*QUICK, *UNMENDED}]
SLOW: Final = [(*pair, 0) for pair in MATRIX] + [
    (artefact, "flipped", seed) for artefact in ARTEFACTS for seed in range(1, 6)
]


FACT: Final = {
    "specversion": "1.0",
    "id": "01930000-0000-7000-8000-000000000001",
    "source": "crm",
    "type": "complaints.complaint_received.v1",
    "subject": "01930000-0000-7000-8000-0000000000aa",
    "time": "2024-06-04T09:30:00Z",
    "occurredzone": "Europe/Dublin",
    "actor": "svc-crm",
    "actorrole": "service",
    "data": {"reference": "P-1", "received_on": "2024-06-04", "narrative": "told by the source"},
}


def _made(folder: Path) -> Path:
    at = ("--ledger", str(folder), "--quiet")
    assert run([*at, "init"]) == 0
    assert run([*at, "source", "add", "crm"]) == 0
    for number in (1, 2):
        words = ("case", "log", "--reference", f"R-{number}", "--narrative", f"told {number}")
        assert run([*at, *words, "--received-on", "2024-06-03"]) == 0
    assert run([*at, "check"]) == 0
    return folder


@pytest.fixture(scope="module")
def intact() -> Iterator[Path]:
    """A folder with an intact ledger and another one, which nobody changes."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        for setting in tuple(os.environ):
            if setting.startswith("COMPLAINTS_"):
                patch.delenv(setting)
        folder = Path(name)
        folder.chmod(0o755)
        (folder / FACTS).write_text(f"{json.dumps(FACT)}\n", encoding="utf-8")
        _made(folder / "one")
        _made(folder / "other")
        yield folder


def _rows(file: Path) -> frozenset[tuple[object, ...]] | None:
    """Return what the tables of a record file hold, or None if it is no sound database."""
    found: set[tuple[object, ...]] = set()
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            for (table,) in connection.execute("select name from sqlite_master where type='table'"):
                found |= {(table, *row) for row in connection.execute(f"select * from {table}")}
    except sqlite3.Error:
        return None
    return frozenset(found)


def _assert_kept(folder: Path, untouched: Path, what: str) -> None:
    """Fail unless all that a folder held is in it still; a command that came far may have added."""
    before, after = _digests(untouched), _digests(folder)
    for name in before.keys() | after.keys():
        if before.get(name) != after.get(name):
            had, has = _rows(untouched / name), _rows(folder / name)
            kept = None not in {had, has} and had <= has  # type: ignore[operator]
            assert kept, f"{what}: {name} was changed"


def _digests(folder: Path) -> dict[str, str]:
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in RECORD
        if (folder / name).is_file()
    }


def _explained(code: int, err: str, what: str) -> None:
    """Fail unless a command ended as the reference says."""
    said = [line for line in err.splitlines() if line.startswith("error:")]
    assert "Traceback" not in err, f"{what}: {err}"
    assert "defect" not in err, f"{what}: {err}"
    assert code in {0, 1, 3, 4}, f"{what}: code {code}: {err}"
    if code in {3, 4}:
        assert len(said) == 1, f"{what}: {err}"
        assert ";" in said[0], f"{what}: no next step: {err}"


def _words(intact: Path, command: tuple[str, ...]) -> list[str]:
    return [str(intact / word) if word == FACTS else word for word in command]


def _digest(folder: Path, capsys: pytest.CaptureFixture[str], *, full: bool = False) -> str:
    """Check a ledger and return the digest of all read models; nothing may be wrong."""
    capsys.readouterr()
    words = ["--ledger", str(folder), "--json", "check", *(["--full"] if full else [])]
    code = run(words)
    printed = capsys.readouterr()
    assert code == 0, printed.out + printed.err
    found: str = json.loads(printed.out)["digest"]
    return found


def _battered(
    intact: Path, tmp_path: Path, case: tuple[str, str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    artefact, damage, seed = case
    folder, untouched = tmp_path / "ledger", tmp_path / "untouched"
    proved = _digest(intact / "one", capsys)
    failures: list[str] = []
    for command in COMMANDS:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(intact / "one", folder)
        DAMAGES[damage](place(folder, artefact), place(intact / "other", artefact), seed)
        shutil.rmtree(untouched, ignore_errors=True)
        shutil.copytree(folder, untouched)
        capsys.readouterr()
        as_json = command[0] in {"sql", "check"}
        code = run(
            ["--ledger", str(folder), "--json" if as_json else "--quiet", *_words(intact, command)]
        )
        printed = capsys.readouterr()
        what = f"{command[0]} with {artefact} {damage} {seed}"
        err = printed.err
        if as_json and code in {3, 4}:
            err = "error: " + json.loads(err.splitlines()[-1])["error"]
        try:
            _explained(code, err, what)
            if code in {3, 4}:
                _assert_kept(folder, untouched, what)
            if artefact in DERIVED:
                assert code in {0, 3, 4}, f"{what}: code {code}: {err}"
            if command[0] == "sql" and code == 0:
                assert json.loads(printed.out)["n"] == 2, f"{what}: {printed.out}"
            if command[0] == "check" and code == 0:
                found = json.loads(printed.out)["digest"]
                assert found == proved, f"{what}: passed with another digest"
        except (AssertionError, KeyError, ValueError, TypeError) as exc:
            failures.append(f"{type(exc).__name__} {exc}".splitlines()[0])
    assert not failures, "\n".join(failures)
    _assert_mended(intact, folder, case, capsys)


def _assert_mended(
    intact: Path, folder: Path, case: tuple[str, str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    """Do what the line said, and count: a ledger whose damaged file is put back is whole."""
    artefact, damage, seed = case
    shutil.rmtree(folder)
    shutil.copytree(intact / "one", folder)
    damaged = place(folder, artefact)
    DAMAGES[damage](damaged, place(intact / "other", artefact), seed)
    run(["--ledger", str(folder), "--quiet", "status"])
    capsys.readouterr()
    for path in (folder / "projection", folder / "replica.db", folder / "checked.json"):
        if artefact in DERIVED and path.is_dir():
            shutil.rmtree(path)
        elif artefact in DERIVED:
            path.unlink(missing_ok=True)
    for gone in folder.glob("replica.db-*"):
        if artefact in DERIVED and gone.is_dir():
            gone.rmdir()
        elif artefact in DERIVED:
            gone.unlink()
    if artefact not in DERIVED:
        if damaged.is_dir():
            damaged.rmdir()
        source = place(intact / "one", artefact)
        if source.exists():
            shutil.copyfile(source, damaged)
        else:
            damaged.unlink(missing_ok=True)
    assert _digest(folder, capsys, full=True) == _digest(intact / "one", capsys, full=False)


@pytest.mark.slow
@pytest.mark.parametrize(("artefact", "damage"), QUICK)
def test_a_damage_is_named_and_loses_nothing(
    intact: Path, tmp_path: Path, artefact: str, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command on a damaged ledger heals what is derived, or ends with one line and code 3 or 4."""
    _battered(intact, tmp_path, (artefact, damage, 0), capsys)


@pytest.mark.slow
def test_a_pointer_that_is_no_text_is_made_anew(
    intact: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pointer of random bytes is as good as none."""
    _battered(intact, tmp_path, (*UNMENDED[0], 0), capsys)


@pytest.mark.parametrize(
    "command", [("init",), ("status",), ("publish", FACTS), ("rebuild",)], ids=lambda each: each[0]
)
def test_a_lost_log_is_never_taken_for_no_ledger(
    intact: Path, tmp_path: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """A new log in the place of a lost one would bury what a backup could bring back."""
    folder = tmp_path / "ledger"
    shutil.copytree(intact / "one", folder)
    (folder / "log.db").unlink()
    code = run(["--ledger", str(folder), "--quiet", *_words(intact, command)])
    err = capsys.readouterr().err
    assert code == 3
    assert "has lost its record; restore it" in err
    assert not (folder / "log.db").exists()


def test_a_pointer_out_of_its_folder_deletes_nothing(intact: Path, tmp_path: Path) -> None:
    """A rebuild removes generations only, whatever the pointer says."""
    folder = tmp_path / "ledger"
    shutil.copytree(intact / "one", folder)
    (folder / "projection" / "current").write_text("..\n")
    before = _digests(folder)
    run(["--ledger", str(folder), "--quiet", "rebuild"])
    assert _digests(folder) == before


@pytest.mark.slow
@pytest.mark.parametrize("case", SLOW, ids=lambda case: "-".join(map(str, case)))
def test_every_damage_of_every_artefact_is_named(
    intact: Path, tmp_path: Path, case: tuple[str, str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    """What holds for the cross-section holds for every artefact and every damage."""
    _battered(intact, tmp_path, case, capsys)


def _everything(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]


@contextlib.contextmanager
def _read_only(folder: Path) -> Iterator[tuple[str, ...]]:
    """Take all rights to write away; root is held to them too by a command put in front."""
    front: tuple[str, ...] = ()
    if os.getuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root writes to read-only files, and setpriv is not there to prevent it")
        less = "-dac_override,-dac_read_search"
        front = (setpriv, f"--inh-caps={less}", f"--bounding-set={less}")
    for path in _everything(folder):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        yield front
    finally:
        for path in _everything(folder):
            path.chmod(path.stat().st_mode | 0o200)


def _without_space() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def _without_handles() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))


@contextlib.contextmanager
def _copied(intact: Path) -> Iterator[Path]:
    folder = intact / "limited"
    shutil.copytree(intact / "one", folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("limit", [_without_space, _without_handles])
def test_a_machine_that_says_no_is_named(
    intact: Path, limit: Callable[[], None], command: tuple[str, ...]
) -> None:
    """A full disk and no handles end with code 3, one line, and nothing lost."""
    with _copied(intact) as folder:
        before = _digests(folder)
        done = _in_a_process(folder, command, preexec_fn=limit)  # no threads here
        _explained(done.returncode, done.stderr, f"{command[0]} {limit.__name__}")
        if done.returncode == 4:
            assert _digests(folder) == before
        assert run(["--ledger", str(folder), "--quiet", "check"]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_ledger_that_is_read_only_is_named(intact: Path, command: tuple[str, ...]) -> None:
    """Whoever may not write is told so in one line, and nothing is changed."""
    with _copied(intact) as folder:
        before = _digests(folder)
        with _read_only(folder) as front:
            done = _in_a_process(folder, command, front=front)
        _explained(done.returncode, done.stderr, f"{command[0]} read only")
        assert done.returncode == 3, done.stderr
        assert _digests(folder) == before


def _in_a_process(
    folder: Path,
    command: tuple[str, ...],
    *,
    front: tuple[str, ...] = (),
    preexec_fn: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    program = (sys.executable, "-B", "-m", "complaints_ledger", "--ledger", str(folder))
    return subprocess.run(
        [*front, *program, *_words(folder.parent, command)],
        preexec_fn=preexec_fn,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
