"""A command line without a shell, and a ledger of its own for each test."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from complaints_ledger.cli import run

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Stdout as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


class Complaints(Protocol):
    """Runs `complaints` with these arguments."""

    def __call__(self, *arguments: str) -> Done:
        """Return exit code, stdout and stderr."""
        ...


@pytest.fixture
def complaints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Complaints:
    """The command in a folder of its own, in which `./ledger` does not exist yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def command(*arguments: str) -> Done:
        capsys.readouterr()
        code = run(arguments)
        printed = capsys.readouterr()
        return Done(code, printed.out, printed.err)

    return command


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty ledger with its tables, which is copied: making one takes a second."""
    folder = tmp_path_factory.mktemp("empty") / "ledger"
    with pytest.MonkeyPatch.context() as patch:
        for setting in tuple(os.environ):
            if setting.startswith("COMPLAINTS_"):
                patch.delenv(setting)
        assert run(["--ledger", str(folder), "--quiet", "init"]) == 0
        assert run(["--ledger", str(folder), "--quiet", "status"]) == 0
    return folder


@pytest.fixture
def ledger(complaints: Complaints, empty_ledger: Path, tmp_path: Path) -> Complaints:
    """The command in a folder in which `./ledger` is an empty ledger."""
    shutil.copytree(empty_ledger, tmp_path / "ledger")
    return complaints
