"""Values of an answer as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints_ledger.cells import FORMULA_STARTS, csv_line, json_line, plain_text

SHOWN = [
    (None, "null"),
    (True, "true"),
    (-5, "-5"),
    (Decimal("1.50"), "1.5"),
    (Decimal(10), "10"),
    (float("nan"), "null"),
    (date(2026, 3, 31), '"2026-03-31"'),
    (datetime(2026, 3, 31, 10, 0), '"2026-03-31T10:00:00Z"'),  # noqa: DTZ001  as DuckDB gives them
    (datetime(2026, 3, 31, 10, 0, 0, 7, tzinfo=UTC), '"2026-03-31T10:00:00.000007Z"'),
    (datetime(2026, 3, 31, 10, tzinfo=timezone(timedelta(hours=2))), '"2026-03-31T08:00:00Z"'),
    (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
    (b"\x00\xff", '"00ff"'),
    (["a", None], '["a", null]'),
    ({"a": date(2026, 1, 1)}, '{"a": "2026-01-01"}'),
]


@pytest.mark.parametrize(("value", "text"), SHOWN)
def test_json_has_iso_dates_utc_instants_and_arrays(value: object, text: str) -> None:
    """Every value that DuckDB gives has one form in JSON."""
    assert json_line(value) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("\r=1", '"\'\r=1"'),
        ("=a,b", '"\'=a,b"'),
        (-1, "-1"),
        (-1.5, "-1.5"),
        (Decimal("-1.5"), "-1.5"),
        ("a=1", "a=1"),
        ('say "no"', '"say ""no"""'),
        (["=1"], '"[""=1""]"'),
    ],
)
def test_no_text_is_a_formula_and_numbers_stay(value: object, cell: str) -> None:
    """A spreadsheet runs nothing that somebody wrote into a complaint."""
    assert csv_line([value]) == f"{cell}\n"


def test_null_and_empty_text_differ() -> None:
    """What was blank in a source and what was not there are told apart."""
    assert csv_line([None, "", "x"]) == ',"",x\n'


@given(st.lists(st.one_of(st.text(), st.integers(), st.none()), min_size=1))
def test_any_csv_line_reads_back_as_one_record_without_formulas(values: list[object]) -> None:
    """Whatever is in a cell, the record has its cells, and only numbers begin like a formula."""
    (record,) = csv.reader(io.StringIO(csv_line(values), newline=""))
    assert len(record) == len(values)
    for value, cell in zip(values, record, strict=True):
        if isinstance(value, str):
            assert not cell.startswith(FORMULA_STARTS)
            assert cell in (value, f"'{value}")


@given(st.text())
def test_a_terminal_obeys_nothing_that_it_is_shown(text: str) -> None:
    """A published text cannot move the cursor, change colours or end a line."""
    assert plain_text(text).isprintable()


@given(st.one_of(st.text(), st.integers(), st.booleans(), st.none(), st.lists(st.text())))
def test_json_reads_back(value: object) -> None:
    """A value on one line is the value."""
    line = json_line(value)
    assert "\n" not in line
    assert json.loads(line) == value
