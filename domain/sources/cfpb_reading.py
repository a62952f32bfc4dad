"""Reads the records of a CFPB extract as rows, and says of the others why they are none."""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from domain.sources.cfpb_dates import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    is_plausible,
    read_date,
)
from domain.sources.cfpb_row import TEXT_COLUMNS, CfpbRow, Layout, SetAside
from domain.sources.csv_records import LINE_LIMIT, Lines, records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

_ROW_BYTES: Final = 60_000  # a record holds 65,535 bytes (RULES 1), envelope and seal included
_BYTES_A_CHARACTER: Final = 4  # the most that UTF-8 takes
_DATES_KEPT: Final = 50_000  # 130 years of days: more only if a file is hostile
_TAILS_KEPT: Final = 64  # columns of codes have fewer values, ids have more
_ID: Final = re.compile(r"0*([1-9][0-9]{0,11})(?:\.0)?")  # pandas writes 3571115.0
_QUOTABLE: Final = re.compile(r"[0-9TZ/.,:+ -]{1,30}")


class RowReader:
    """Turns the records of one extract into rows.

    Args:
        layout: which cell holds which column.
        day_first: for each column of dates, whether 3/4/2015 is the third of April.
        unreadable: characters that stand for bytes which no text holds; None: there are none.
        cut: why the file ends before its end, if it does.
    """

    def __init__(
        self,
        layout: Layout,
        *,
        day_first: Mapping[str, bool],
        unreadable: re.Pattern[str] | None,
        cut: str | None,
    ) -> None:
        places = layout.places
        self._header = layout.header
        self._width = len(layout.header)
        self._id = places["complaint_id"]
        # A column that the file lacks is read from a None behind the last cell.
        self._texts = itemgetter(*(places.get(name, self._width) for name in TEXT_COLUMNS))
        self._received, self._sent, self._as_of = self._dates = tuple(
            _DateColumn(places.get(name), day_first=first, required=name == "date_received")
            for name, first in day_first.items()
        )
        self._cut = cut
        self._unreadable = unreadable
        self._tails: set[str] = set()
        self._shortest_tail = LINE_LIMIT

    def items(self, lines: Lines, delimiter: str) -> Iterator[CfpbRow | SetAside]:
        """Yield every row, and as one what lies between rows that cannot be read as any."""
        record = 0
        heap = _Heap(delimiter)
        cut = self._cut
        for line, cells in records(lines, delimiter):
            if cells == [] and not heap:
                continue
            number = record + 1 + bool(heap)
            item = self._item(cells, (line, number), lines.taken[-1]) if cells else None
            if item is None or (heap and isinstance(item, SetAside)):
                heap.add(line, lines.taken)
                if heap.is_full:
                    record += 1
                    yield heap.emptied(record)
                continue
            if heap:
                yield heap.emptied(record + 1)
            record = number
            cut = None if isinstance(item, SetAside) and item.reason == cut else cut
            yield item
        if heap:
            yield heap.emptied(record + 1, cut)
        elif cut:
            yield SetAside(lines.number + 1, record + 1, None, cut)

    def _item(self, cells: list[str], where: tuple[int, int], end: str) -> CfpbRow | SetAside:
        if len(cells) > self._width and not any(cells[self._width :]):
            del cells[self._width :]  # a delimiter at the end of every line says nothing
        try:
            self._check(cells, end)
            complaint_id = _complaint_id(cells[self._id], self._id)
            received = self._received.read(cells)
            sent, as_of = self._sent.read(cells), self._as_of.read(cells)
        except _UnfitError as unfit:
            for dates in self._dates:
                dates.make_plain(cells)
            name = None if unfit.place is None else self._header[unfit.place]
            return SetAside(*where, name, unfit.reason, tuple(cells))
        texts = self._texts([*cells, None])
        values: tuple[Any, ...] = (
            *where,
            complaint_id,
            received,
            sent,
            *texts,
            as_of,
            tuple(cells),
        )
        return CfpbRow(*values)

    def _check(self, cells: list[str], end: str) -> None:
        whole = end.endswith(("\n", "\r"))
        if self._cut and not whole:
            raise _UnfitError(None, self._cut)
        if len(cells) != self._width:
            reason = f"the row has {len(cells)} cells, the header {self._width}"
            raise _UnfitError(None, f"{reason}; complete it, or quote the cells that hold commas")
        if self._unreadable is not None:
            for place, cell in enumerate(cells):
                if self._unreadable.search(cell):
                    reason = "the cell holds NUL or bytes that are not text in the file's encoding"
                    raise _UnfitError(place, f"{reason}; replace them")
        characters = sum(map(len, cells))
        if characters * _BYTES_A_CHARACTER > _ROW_BYTES:
            size = len("".join(cells).encode(errors="surrogateescape"))
            if size > _ROW_BYTES:
                reason = f"the row has {size} bytes, a record holds {_ROW_BYTES} of a row"
                raise _UnfitError(None, f"{reason}; shorten it")
        if not whole and self._is_cut_short(cells[-1]):
            reason = "the file ends inside this row, to judge by its last cell and missing line end"
            raise _UnfitError(self._width - 1, f"{reason}; complete it")
        if len(self._tails) < _TAILS_KEPT:
            self._tails.add(cells[-1])
        self._shortest_tail = min(self._shortest_tail, len(cells[-1]))

    def _is_cut_short(self, tail: str) -> bool:
        """Nothing but its last cell shows that a plain file was cut inside its last row."""
        if len(self._tails) < _TAILS_KEPT:
            return tail not in self._tails and any(known.startswith(tail) for known in self._tails)
        return len(tail) < self._shortest_tail


class _UnfitError(Exception):
    """A record cannot be a row; caught where the record is set aside."""

    def __init__(self, place: int | None, reason: str) -> None:
        self.place = place
        self.reason = reason
        super().__init__(reason)


class _DateColumn:
    """Reads the cells of one column of dates, each text once."""

    def __init__(self, place: int | None, *, day_first: bool, required: bool) -> None:
        self._place = place
        self._day_first = day_first
        self._required = required
        self._known: dict[str, date] = {}

    def read(self, cells: list[str]) -> date | None:
        if self._place is None:
            return None
        text = cells[self._place]
        day = self._known.get(text)
        return day if day is not None else self._read_new(text, self._place)

    def make_plain(self, cells: list[str]) -> None:
        """Write a date in ISO form, which means the same in every file."""
        if self._place is not None and self._place < len(cells):
            day = read_date(cells[self._place].strip(), day_first=self._day_first)
            if day is not None:
                cells[self._place] = day.isoformat()

    def _read_new(self, text: str, place: int) -> date | None:
        stripped = text.strip()
        if stripped in {"", "N/A"}:
            if self._required:
                raise _UnfitError(place, "the date is blank; fill it in")
            return None
        day = read_date(stripped, day_first=self._day_first)
        if day is None:
            order = "day first" if self._day_first else "month first"
            reason = f"date {_quoted(stripped)} cannot be read (parts in this file: {order})"
            raise _UnfitError(place, f"{reason}; write it as YYYY-MM-DD")
        if not is_plausible(day):
            reason = (
                f"date {_quoted(stripped)} is not in the years {EARLIEST_YEAR} to {LATEST_YEAR}"
            )
            raise _UnfitError(place, f"{reason}; correct it")
        if len(self._known) < _DATES_KEPT:
            self._known[text] = day
        return day


def complaint_id_in(cell: str) -> str | None:
    """Return the complaint id that a cell holds, or None if it holds something else."""
    found = _ID.fullmatch(cell.strip())
    return None if found is None else found[1]


def _complaint_id(cell: str, place: int) -> str:
    found = complaint_id_in(cell)
    if found is None:
        said = _quoted(cell.strip()) if cell.strip() else "is blank and"
        raise _UnfitError(
            place, f"complaint id {said} is not a number of 1 to 12 digits; correct it"
        )
    return found


def _quoted(text: str) -> str:
    """Quote figures only: in a row that slipped, the cell may hold what somebody told."""
    return f"'{text}'" if _QUOTABLE.fullmatch(text) else "'…'"


class _Heap:
    """Lines that cannot be read as rows, kept together until a row can be read again."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._line = 0
        self._text = ""

    def __bool__(self) -> bool:
        return bool(self._text)

    @property
    def is_full(self) -> bool:
        return len(self._text) > LINE_LIMIT

    def add(self, line: int, lines: list[str]) -> None:
        self._line = self._line if self._text else line
        self._text += "".join(lines)

    def emptied(self, record: int, cut: str | None = None) -> SetAside:
        """Return what was kept; its quotes stay visible, for they are what is at fault."""
        reason = cut or (
            "a quoted cell does not end as RFC 4180 wants, before the delimiter or line end; "
            "double the quotes inside it, or close it"
        )
        cells = tuple(self._text.rstrip("\r\n").split(self._delimiter))
        self._text = ""
        return SetAside(self._line, record, None, reason, cells)
