"""What the command line says about itself."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer

from complaints_ledger import __version__
from complaints_ledger.cli import application, hoisted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Complaints

ROOT = Path(__file__).parent.parent.parent
GOLDEN = Path(__file__).parent / "help.txt"
SLOW = {"duckdb", "fastavro", "polars", "pydantic", "pyarrow", "eventsourcing", "cryptography"}


def _commands() -> Iterator[tuple[str, Any]]:
    """Yield every command and group with the words that lead to it."""
    root: Any = typer.main.get_command(application())
    waiting = [("complaints", root)]
    while waiting:
        path, command = waiting.pop(0)
        yield path, command
        ctx = command.make_context(path, [], resilient_parsing=True)
        names = command.list_commands(ctx) if hasattr(command, "list_commands") else []
        waiting += [(f"{path} {name}", command.get_command(ctx, name)) for name in names]


COMMANDS = dict(_commands())


def _examples() -> list[str]:
    lines = [line for command in COMMANDS.values() for line in (command.epilog or "").splitlines()]
    return sorted({line.strip() for line in lines if line.startswith("  ")})


def test_the_help_is_the_golden_one(complaints: Complaints) -> None:
    """A change of the first thing that people read is seen; renew it with the line below."""
    done = complaints("--help")
    assert done.code == 0
    renew = "COLUMNS=80 python -m complaints_ledger --help > tests/cli/help.txt"
    assert done.out == GOLDEN.read_text(encoding="utf-8"), renew


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_says_what_it_does_with_an_example(path: str) -> None:
    """Help has a sentence, and ends with a command line that calls this very command."""
    command = COMMANDS[path]
    assert (command.help or "").strip()
    epilog = (command.epilog or "").splitlines()
    assert epilog[1] in {"Example:", "Examples:"}
    assert all(path in line for line in epilog[2:])


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_says_what_it_means(path: str) -> None:
    """No option has to be guessed, and none has two meanings."""
    options = [each for each in COMMANDS[path].params if each.param_type_name == "option"]
    assert [each.name for each in options if not each.help] == []
    names = [name for each in options for name in (*each.opts, *each.secondary_opts)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("example", _examples())
def test_every_example_fits_the_options(example: str) -> None:
    """What the help shows is understood by the command that it shows."""
    words = shlex.split(example.rsplit(" | ", maxsplit=1)[-1].split(" < ", maxsplit=1)[0])
    assert words.pop(0) == "complaints"
    command, words = COMMANDS["complaints"], hoisted(words)
    while hasattr(command, "get_command"):
        ctx = command.make_context("complaints", words)
        words = [*ctx._protected_args, *ctx.args]
        command = command.get_command(ctx, words.pop(0))
    assert command.make_context("it", words) is not None


def test_the_version_is_that_of_the_code(complaints: Complaints) -> None:
    """A report of a defect can name what was running."""
    assert complaints("--version").out == f"complaints {__version__}\n"


def test_help_loads_nothing_slow() -> None:
    """Whoever asks what there is does not wait for what it needs."""
    code = (
        "import sys; from complaints_ledger.cli import run; run(['--help']); "
        f"sys.exit(' '.join(sorted({SLOW!r} & set(sys.modules))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("complaints que", "queue"),
        ("complaints case escalate-i", "escalate-internally"),
        ("complaints case log --chann", "--channel"),
        ("complaints sql --format ", "parquet"),
    ],
)
def test_the_shell_completes_commands_options_and_values(typed: str, offered: str) -> None:
    """What was begun can be ended by the shell."""
    environment = os.environ | {
        "_COMPLAINTS_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split(" ")) - 1),
    }
    code = "from complaints_ledger.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert offered in done.stdout.split()
