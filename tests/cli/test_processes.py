"""What only a process of its own shows: pipes, interrupts, the demo."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Complaints

ROOT = Path(__file__).parent.parent.parent
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "80", "LANG": "C.UTF-8"}
COMMAND = (sys.executable, "-m", "complaints_ledger")
LONGEST_SCREEN = 24


def _screen_lines(text: str) -> int:
    """Return how many lines a text takes on a terminal of 80 columns."""
    return sum(max(1, -(-len(line) // 80)) for line in text.splitlines())


@pytest.mark.slow
def test_a_reader_who_leaves_is_no_error(ledger: Complaints, tmp_path: Path) -> None:
    """`complaints sql … | head` ends quietly, with the code of a closed pipe."""
    assert ledger("status").code == 0
    query = "select range from range(1000000)"
    process = subprocess.Popen(
        [*COMMAND, "sql", query, "--json"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == b'{"range": 0}\n'
    process.stdout.close()
    assert process.wait() == 128 + signal.SIGPIPE
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.slow
def test_an_interrupt_ends_following(ledger: Complaints, tmp_path: Path) -> None:
    """Ctrl-C is how a following projector is meant to end: without a word, and with 0."""
    assert ledger("case", "log").code == 0
    process = subprocess.Popen(
        [*COMMAND, "project", "--follow", "--json"],
        cwd=tmp_path,
        env=ENVIRONMENT | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert (process.returncode, said) == (0, b"")


def test_an_interrupt_ends_a_question_with_the_code_of_shells(
    ledger: Complaints, tmp_path: Path
) -> None:
    """Ctrl-C ends a long question without a traceback."""
    assert ledger("status").code == 0
    query = "select range as n, (select count(*) from range(2000000000) as r(m) where m % n = 3) from range(1, 9)"
    process = subprocess.Popen(
        [*COMMAND, "sql", query], cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.PIPE
    )
    lock = tmp_path / "ledger" / "projection.lock"
    while not _is_locked(lock):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert (process.returncode, said) == (130, b"")


def _is_locked(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.mark.slow
def test_the_demo_runs_twice_and_each_part_fits_a_screen(tmp_path: Path) -> None:
    """A newcomer sees import, queues, history, answers and a passed check, and what comes next."""
    command = [sys.executable, "-m", "complaints_ledger.demo"]
    for _ in range(2):
        done = subprocess.run(
            command, check=False, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        parts = done.stdout.split("\n== ")
        assert len(parts) == 7
        assert [part for part in parts if _screen_lines(part) > LONGEST_SCREEN] == []
        assert "ok: what is kept follows from the log" in done.stdout
        assert parts[-1].count("complaints ") == 3
        assert "Example" not in done.stdout
