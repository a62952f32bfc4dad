from __future__ import annotations

from datetime import date

import pytest

from domain.sources.cfpb_dates import DateEvidence, is_plausible, read_date

APRIL = date(2015, 4, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2015-04-03",
        "2015/4/3",
        "2015-04-03T12:00:00-05:00",
        "2015-04-03T00:00:00.000Z",
        "2015-04-03 23:59:59",
        "20150403",
        "4/3/2015",
        "04/03/15",
        "04-03-2015",
        "4.3.2015",
        "04/03/2015 12:00:00 AM",
        "4/3/2015 0:00",
        "3-Apr-2015",
        "03APR2015",
        "3 April 2015",
        "April 3, 2015",
        "Apr 03 2015",
        "1428019200000",
        "1428019200",
        "1428019200000.0",
    ],
)
def test_usual_forms_are_read(text: str) -> None:
    """A date reads the same in every form that extracts were exported in."""
    assert read_date(text) == APRIL


def test_day_first_is_read_as_told() -> None:
    """The order of the parts is the file's, and turns no other form around."""
    assert read_date("03-04-2015", day_first=True) == APRIL
    assert read_date("2015-04-03", day_first=True) == APRIL


@pytest.mark.parametrize(
    "text",
    ["", "N/A", "soon", "2015-13-01", "31/04/2015", "2/30/2015", "4/3", "42097", "Foo 3, 2015"],
)
def test_other_text_is_no_date(text: str) -> None:
    """What cannot be read is not guessed."""
    assert read_date(text) is None


def test_years_outside_the_rules_are_implausible() -> None:
    """RULES 2 admits the years 1900 to 2200."""
    days = [date(1899, 12, 31), date(1900, 1, 1), date(2200, 12, 31), date(2201, 1, 1)]
    assert [is_plausible(day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("rows", "day_first"),
    [
        ([("3/4/2015", "3/13/2015")], False),
        ([("3/4/2015", ""), ("13/4/2015", "")], True),
        ([("03-04-2015", ""), ("12-31-2015", "")], False),
        ([("3/4/2015", "")], False),
        ([("03-04-2015", "")], True),
        ([("03.04.2015", "04.04.2015")], True),
        ([("03/04/2015", "04/04/2015"), ("05/04/2015", "09/04/2015")], True),
        ([("04-03-2015", "04-09-2015")], False),
        ([("2015-04-03", "2015-04-13")], False),
        ([], False),
    ],
)
def test_file_decides_which_part_is_the_month(
    rows: list[tuple[str, str]],
    day_first: bool,  # noqa: FBT001
) -> None:
    """A part above 12 decides, then the usual days between two dates, then the separator."""
    evidence = DateEvidence()
    for received, sent in rows:
        evidence.add(received, sent)
    assert evidence.day_first is day_first
