"""Reads the dates of an extract, in whichever of the usual forms they were exported.

Most forms explain themselves. In 3/4/2015 only the rest of the file can say which part is
the month: a part above 12 anywhere decides; then the reading under which complaints are
sent on within weeks of receipt and not before; then the habit of the separator.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

_TIME: Final = (
    r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?"
    r"(?: ?(?:Z|z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?"
)
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})" + _TIME)
_PARTS: Final = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})" + _TIME)
_COMPACT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_EPOCH: Final = re.compile(r"([0-9]{9,10}|[0-9]{12,13})(?:\.0+)?")
_DAY_NAMED: Final = re.compile(r"([0-9]{1,2})[- ]?([A-Za-z]{3,9})[-, ]*([0-9]{4}|[0-9]{2})" + _TIME)
_NAMED_DAY: Final = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4})" + _TIME)
_MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH_LETTERS: Final = 3  # the shortest form that tells the months apart
_MONTHS_A_YEAR: Final = 12
_SECONDS_DIGITS: Final = 10  # seconds have ten digits until 2286, milliseconds twelve or more
_PIVOT: Final = 70  # as in POSIX: 69 is 2069, 70 is 1970
_USUAL_LAG: Final = timedelta(days=60)  # 99 % of complaints are sent on within two months
EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2200
"""Years that RULES 2 admits."""


def read_date(text: str, *, day_first: bool = False) -> date | None:
    """Return the date that a cell holds, as written, or None if it cannot be read."""
    if found := _PARTS.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), _year(found[4])
        return _date(year, second, first) if day_first else _date(year, first, second)
    if found := _YEAR_FIRST.fullmatch(text):
        return _date(int(found[1]), int(found[3]), int(found[4]))
    if found := _COMPACT.fullmatch(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    return _named(text) or _instant(text)


def _named(text: str) -> date | None:
    if found := _DAY_NAMED.fullmatch(text):
        return _date(_year(found[3]), _month(found[2]), int(found[1]))
    if found := _NAMED_DAY.fullmatch(text):
        return _date(int(found[3]), _month(found[1]), int(found[2]))
    return None


def _instant(text: str) -> date | None:
    if found := _EPOCH.fullmatch(text):
        digits = found[1]
        seconds = int(digits) if len(digits) <= _SECONDS_DIGITS else int(digits) // 1000
        return datetime.fromtimestamp(seconds, tz=UTC).date()
    return None


def is_plausible(day: date) -> bool:
    """Return whether the year is one that a record may hold (RULES 2)."""
    return EARLIEST_YEAR <= day.year <= LATEST_YEAR


class DateEvidence:
    """What the cells of a file say about which part of a date is the month."""

    def __init__(self) -> None:
        self._day_first = 0
        self._month_first = 0
        self._likelier_day = 0
        self._separators: dict[str, int] = {}

    def add(self, received: str, sent: str = "") -> None:
        """Take in the two dates of a row, as text."""
        one, two = _PARTS.fullmatch(received), _PARTS.fullmatch(sent)
        for found in (one, two):
            if found is None:
                continue
            self._separators[found[2]] = self._separators.get(found[2], 0) + 1
            if int(found[1]) > _MONTHS_A_YEAR:
                self._day_first += 1
            elif int(found[3]) > _MONTHS_A_YEAR:
                self._month_first += 1
        if one and two:
            self._likelier_day += _usual(received, sent, day_first=True)
            self._likelier_day -= _usual(received, sent, day_first=False)

    @property
    def is_open(self) -> bool:
        """Whether dates were seen whose month nothing has shown yet."""
        return bool(self._separators) and self._day_first == self._month_first

    @property
    def day_first(self) -> bool:
        """Whether 3/4/2015 is read as the third of April."""
        if self._day_first != self._month_first:
            return self._day_first > self._month_first
        if self._likelier_day:
            return self._likelier_day > 0
        # The CFPB writes slashes as the US does; dashes and dots come from elsewhere.
        slashes = self._separators.get("/", 0)
        return sum(self._separators.values()) > 2 * slashes


def _usual(received: str, sent: str, *, day_first: bool) -> bool:
    start, end = read_date(received, day_first=day_first), read_date(sent, day_first=day_first)
    return start is not None and end is not None and timedelta(0) <= end - start <= _USUAL_LAG


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:  # noqa: PLR2004  two digits are a year of this century or the last
        return year
    return year + (2000 if year < _PIVOT else 1900)


def _month(name: str) -> int:
    for number, month in enumerate(_MONTHS, start=1):
        if len(name) >= _MONTH_LETTERS and month.startswith(name.casefold()):
            return number
    return 0
