"""The demo as a session with the command line; the exit code is that of what failed first."""

from __future__ import annotations

import argparse
import contextlib
import io
import shlex
import sys
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Final

from complaints_ledger import demo
from complaints_ledger.cli import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEDGER: Final = "demo-ledger"
SAMPLE: Final = "cfpb_sample.csv.gz"

_NEXT: Final = (
    ("complaints queue", "who is waited for"),
    ("complaints case acknowledge C-18 --medium email", "act on what waits"),
    ("complaints show C-17 --purpose audit", "open the sealed words, on the record"),
)


def main(arguments: Sequence[str]) -> int:
    """Run the demo and return its exit code: that of the first command that failed."""
    parser = argparse.ArgumentParser(
        prog="python -m complaints_ledger.demo", description=demo.__doc__
    )
    parser.add_argument("--ledger", default=LEDGER, help=f"folder of the demo's ledger ({LEDGER})")
    ledger = parser.parse_args(arguments).ledger
    return next((code for code in _steps(ledger) if code), 0)


def _steps(ledger: str) -> Iterator[int]:
    yield _silently(ledger, "init")
    _head("Real complaints come in: the CFPB sample that is shipped with the project")
    with as_file(files("complaints_ledger") / "sample" / SAMPLE) as sample:
        aside = f"{ledger}/{SAMPLE.split('.')[0]}.set-aside.csv"
        shown = f"complaints import cfpb {SAMPLE}"
        yield _show(ledger, shown, "import", "cfpb", str(sample), "--set-aside", aside)
    handled = [line for line in _lines("handled.txt") if not line.startswith("#")]
    for number, line in enumerate(handled, 1):
        at, *words = shlex.split(line)
        command_id = f"01955bb2-0000-7000-8000-{number:012d}"
        said = ("--occurred-at", at, "--id", command_id, "--actor", "staff-12")
        yield _silently(ledger, "case", *words, *said)
    _head("Who is waited for, of these and of three complaints of our own")
    yield _session(ledger, "queue", "--limit", "12")
    _head("What happened to one complaint; what was said is sealed")
    yield _session(ledger, "history", "C-17")
    _head("Three questions, in SQL")
    for question in " ".join(_lines("questions.sql")).split(";"):
        text = " ".join(question.split())
        yield _show(ledger, f'complaints sql "{text}"', "sql", text, "--quiet")
    _head("Does all of it follow from the log?")
    yield _session(ledger, "check")
    _head("Try next")
    quoted = shlex.quote(ledger)
    for command, why in _NEXT:
        sys.stdout.write(f"  {command} --ledger {quoted}\n      {why}\n")


def _lines(name: str) -> list[str]:
    return (files("complaints_ledger.demo") / name).read_text(encoding="utf-8").splitlines()


def _head(text: str) -> None:
    sys.stdout.write(f"\n== {text}\n\n")


def _session(ledger: str, *words: str) -> int:
    """Show a command line and what it prints."""
    typed = " ".join(f'"{word}"' if " " in word else word for word in words)
    return _show(ledger, f"complaints {typed}", *words)


def _show(ledger: str, typed: str, *words: str) -> int:
    sys.stdout.write(f"$ {typed}\n")
    code = run([*words, "--ledger", ledger])
    sys.stderr.flush()
    return code


def _silently(ledger: str, *words: str) -> int:
    """Run a command whose output is not the point; what goes wrong is shown all the same."""
    with contextlib.redirect_stdout(io.StringIO()):
        return run([*words, "--ledger", ledger, "--quiet"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
