"""What the command line prints: results on stdout, notes and progress on stderr."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len, chop_cells

from complaints_ledger.cells import json_line, plain_text, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from complaints_ledger.projector import Progress

NARROWEST_COLUMN: Final = 9
"""A column narrower than a word is unreadable: such a table is shown row by row instead."""
CLOSED_PIPE: Final = 141
"""What shells say when the reader has left: 128 and the number of SIGPIPE."""
FALLBACK_WIDTH: Final = 100
"""Columns of a line where nobody says how wide it is: a file or a pipe."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where results go, and in which form."""

    json: bool = False
    quiet: bool = False

    def result(self, value: object) -> None:
        """Print one JSON object on a line of its own."""
        line(json_line(value))

    def text(self, text: str = "") -> None:
        """Print a line for people."""
        line(text)

    def note(self, text: str) -> None:
        """Say something on stderr that is no result."""
        if not self.quiet and not self.json:
            flush()
            sys.stderr.write(text + "\n")

    def table(
        self, columns: Sequence[str], rows: Sequence[Sequence[object]], *, title: str | None = None
    ) -> None:
        """Print rows as a table, or row by row if they do not fit beside each other."""
        cells = [[plain_text(value) for value in row] for row in rows]
        if title:
            line(title)
        widths = _widths(columns, cells, width())
        if widths is None:
            _print_by_row(columns, cells)
            return
        numeric = [_is_numeric([row[at] for row in rows]) for at in range(len(columns))]
        _print_table(columns, cells, widths=widths, numeric=numeric)

    def pairs(self, pairs: Sequence[tuple[str, object]]) -> None:
        """Print names and values in two columns; what has no value is left out."""
        shown = [(name, plain_text(value)) for name, value in pairs if value is not None]
        if not shown:
            return
        left = max(len(name) for name, _ in shown)
        for name, value in shown:
            for number, part in enumerate(_wrapped(value, width() - left - 2)):
                line(f"{name if number == 0 else '':{left}}  {part}".rstrip())

    def grid(self, pairs: Sequence[tuple[str, object]]) -> None:
        """Print names and values in two columns beside each other; long values come last."""
        half = (width() - 3) // 2
        left = max((len(name) for name, _ in pairs), default=0)
        shown = [(name, plain_text(value)) for name, value in pairs]
        short = [f"{n:{left}}  {v}" for n, v in shown if cell_len(v) + left + 2 <= half]
        rows = (len(short) + 1) // 2
        for at in range(rows):
            first, second = short[at], short[at + rows] if at + rows < len(short) else ""
            line(f"{first}{' ' * (half - cell_len(first) + 3)}{second}".rstrip())
        self.pairs([(f"{n:{left}}", v) for n, v in shown if cell_len(v) + left + 2 > half])

    @contextlib.contextmanager
    def progress(self, what: str) -> Iterator[Callable[[Progress], None]]:
        """Give out what a use case tells its progress to: a bar on a terminal, else nothing."""
        if self.quiet or self.json or not sys.stderr.isatty():
            yield lambda _progress: None
            return
        from rich.console import Console  # noqa: PLC0415  slow, and only a terminal needs it
        from rich.progress import Progress as Bar  # noqa: PLC0415  as above

        with Bar(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=None)
            yield lambda told: bar.update(task, completed=told.read, total=told.to_read)


def line(text: str) -> None:
    """Print one line on stdout; what the terminal's encoding lacks is replaced."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    with pipe_may_close():
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")


def flush() -> None:
    """Let go of everything printed so far, so that stderr comes behind it."""
    with pipe_may_close():
        sys.stdout.flush()


@contextlib.contextmanager
def pipe_may_close() -> Iterator[None]:
    """End the command quietly if nobody reads what the block writes to stdout any more."""
    try:
        yield
    except BrokenPipeError:
        # The interpreter flushes once more at its end, and must not complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(CLOSED_PIPE) from None


def width() -> int:
    """Return how many columns a line has."""
    return shutil.get_terminal_size((FALLBACK_WIDTH, 24)).columns


def _is_numeric(values: Sequence[object]) -> bool:
    present = [value for value in values if value is not None]
    return bool(present) and all(
        isinstance(value, (int, float)) and not isinstance(value, bool) for value in present
    )


def _widths(columns: Sequence[str], cells: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """Return the width of each column, the widest cut first, or None if a table is no use."""
    widths = [
        max([cell_len(name), *(cell_len(row[at]) for row in cells)])
        for at, name in enumerate(columns)
    ]
    spare = room - 2 * (len(columns) - 1)
    floor = [
        min(each, max(NARROWEST_COLUMN, cell_len(name)))
        for each, name in zip(widths, columns, strict=True)
    ]
    if sum(floor) > spare:
        return None
    while sum(widths) > spare:
        widest = max(range(len(widths)), key=lambda at: widths[at] - floor[at])
        widths[widest] -= 1
    return widths


def _print_table(
    columns: Sequence[str],
    cells: Sequence[Sequence[str]],
    *,
    widths: Sequence[int],
    numeric: Sequence[bool],
) -> None:
    line(_padded(columns, widths, numeric))
    line("  ".join("-" * each for each in widths))
    for row in cells:
        parts = [_wrapped(cell, each) for cell, each in zip(row, widths, strict=True)]
        for number in range(max(len(part) for part in parts)):
            line(_padded([p[number] if number < len(p) else "" for p in parts], widths, numeric))


def _padded(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    found: list[str] = []
    for cell, each, right in zip(cells, widths, numeric, strict=True):
        space = " " * max(each - cell_len(cell), 0)
        found.append(space + cell if right else cell + space)
    return "  ".join(found).rstrip()


def _wrapped(text: str, room: int) -> list[str]:
    """Break a text between words, and a word that is too long anywhere; nothing is lost."""
    if cell_len(text) <= room:
        return [text]
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(joined) <= room:
            lines[-1] = joined
        else:
            lines += chop_cells(word, room)
    return lines if lines[0] else lines[1:]


def _print_by_row(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    left = max(len(name) for name in columns)
    for number, row in enumerate(cells, 1):
        line(f"- {number} " + "-" * max(left - len(str(number)) - 1, 1))
        for name, cell in zip(columns, row, strict=True):
            for at, part in enumerate(_wrapped(cell, max(width() - left - 2, 20))):
                line(f"{name if at == 0 else '':{left}}  {part}".rstrip())


def error_lines(message: str, obstacles: Sequence[str] = ()) -> str:
    """Return an error for people, and each obstacle on a line of its own."""
    said = "\n".join(printable(part).rstrip() for part in message.splitlines())
    return f"error: {said}\n" + "".join(f"  - {printable(each)}\n" for each in obstacles)


def error_object(message: str, exit_code: int, **more: Any) -> str:
    """Return an error as one line of JSON."""
    return json_line({"error": message, "exit_code": exit_code, **more}) + "\n"
