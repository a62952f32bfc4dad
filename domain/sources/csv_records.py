"""Splits lines into CSV records as RFC 4180 wants, and goes on behind a line that is not so.

One liberty is taken: the line end that a file does not use (CR in a file of LF lines, LF in one
of CR lines) is text in a cell, quoted or not, since some writers do not quote it.
"""

from __future__ import annotations

import csv
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_LIMIT: Final = 131_072
"""Characters; the csv module's own limit for a cell, so an open quote swallows no more."""


_STRAY: Final = "\ud800"  # stands for a stray line end: no decoder ever gives this


class Lines:
    """The physical lines of a text, counted; those of the current record can be handed back.

    Args:
        text: the lines with their ends.
        end: the line end that the text uses; CRLF counts as LF.
    """

    def __init__(self, text: Iterator[str], end: str) -> None:
        self._text = text
        self._stray, self._end_size = ("\n", 1) if end == "\r" else ("\r", 2)
        self._back: deque[str] = deque()
        self._has_stray = False
        self.number = 0
        self.taken: list[str] = []

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._text)
        self.number += 1
        self.taken.append(line)
        if line.find(self._stray, 0, -self._end_size) >= 0:
            self._has_stray = True
            body, end = line[: -self._end_size], line[-self._end_size :]
            line = body.replace(self._stray, _STRAY) + end
        return line

    def start_record(self) -> int:
        """Forget the lines of the last record; return the number of the next line."""
        self.taken.clear()
        self._has_stray = False
        return self.number + 1

    def restored(self, cells: list[str]) -> list[str]:
        """Return the cells of the current record with their stray line ends."""
        if not self._has_stray:
            return cells
        return [cell.replace(_STRAY, self._stray) for cell in cells]

    def hand_back(self) -> None:
        """Keep the first line of the record; the next record starts behind it."""
        self._back.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
        del self.taken[1:]


def records(lines: Lines, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Yield each record with the line where it starts; None for a line of broken quoting."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = lines.start_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            lines.hand_back()
            yield line, None
            continue
        yield line, lines.restored(cells)
