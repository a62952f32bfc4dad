"""A ledger with two complaints, and a follower beside it: in a thread, or as a process."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from adapters.question_socket.client import QuestionClient
from adapters.question_socket.place import remove
from complaints_ledger.cli import run
from complaints_ledger.following import Watch
from complaints_ledger.ledger import open_ledger
from complaints_ledger.projection import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
COMMAND = (sys.executable, "-m", "complaints_ledger")
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "TZ": "Asia/Tokyo", "LANG": "C.UTF-8"}
PATIENCE_S = 60.0


def log_complaint(folder: Path, reference: str) -> None:
    """Log a complaint; when this returns, it is acknowledged."""
    words = ("--reference", reference, "--channel", "phone", "--issue", "late", "--quiet")
    assert run(["--ledger", str(folder), "case", "log", *words]) == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger with the complaints C-1 and C-2."""
    made = tmp_path / "ledger"
    assert run(["--ledger", str(made), "init", "--quiet"]) == 0
    for reference in ("C-1", "C-2"):
        log_complaint(made, reference)
    return made


@contextlib.contextmanager
def following(folder: Path, **watch: Any) -> Iterator[Projection]:
    """Follow a ledger in a thread for the length of a with block."""
    over = threading.Event()
    errors: list[BaseException] = []

    def follow() -> None:
        try:
            with open_ledger(folder) as ledger:
                Projection(ledger).follow(Watch(over.is_set, **watch))
        except BaseException as exc:
            errors.append(exc)
            raise

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        wait_for_server(folder, thread.is_alive)
        with open_ledger(folder) as ledger:
            yield Projection(ledger)
    finally:
        over.set()
        thread.join()
    assert errors == []


def wait_for_server(folder: Path, is_alive: Any) -> int:
    """Return the number of the process that serves, once it does."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert is_alive()
        client = QuestionClient.reach(folder / "projection")
        if client is not None:
            client.close()
            return client.process
        threading.Event().wait(0.02)
    pytest.fail("nobody serves the ledger")


@pytest.fixture
def followed(folder: Path) -> Iterator[Projection]:
    """The ledger's projection as a reader has it beside a follower."""
    with following(folder) as projection:
        yield projection


@dataclass(frozen=True)
class FollowerProcess:
    """A follower as a process of its own."""

    process: subprocess.Popen[str]
    folder: Path

    def ask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command beside it."""
        return command(self.folder, *arguments)


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a process."""
    return subprocess.run(
        [*COMMAND, "--ledger", str(folder), *arguments],
        check=False,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


@pytest.fixture
def follower(folder: Path) -> Iterator[FollowerProcess]:
    """A follower that answers already."""
    process = subprocess.Popen(
        [*COMMAND, "--ledger", str(folder), "project", "--follow", "--json"],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for_server(folder, lambda: process.poll() is None)
        yield FollowerProcess(process, folder)
    finally:
        process.kill()
        process.communicate()
        remove(folder / "projection")
