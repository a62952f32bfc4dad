from __future__ import annotations

import csv
import gzip
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.cfpb_extract import read_extract
from domain.errors import InputError
from tests.adapters.cfpb_rendering import HEADER, ROWS, read, render, unplaced

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from domain.sources.cfpb_row import CfpbRow


@pytest.fixture
def plain(tmp_path: Path) -> list[CfpbRow]:
    """Return the rows of the plainest rendering."""
    rows, set_aside = read(tmp_path / "plain.csv", render(ROWS))
    assert (len(rows), set_aside) == (len(ROWS), [])
    return unplaced(rows)


def test_row_holds_the_cells_as_they_are(tmp_path: Path) -> None:
    """Text is kept exactly; absent, blank and N/A stay apart; the line is where it starts."""
    rows, _ = read(tmp_path / "a.csv", render(ROWS))
    assert [(row.line, row.record) for row in rows] == [(2, 1), (3, 2), (7, 3)]
    assert rows[0].company == "Café, S.à r.l."
    assert (rows[0].narrative, rows[0].tags) == ("", None)
    assert rows[1].narrative == "I said “no”,\ntwice;\n\nXXXX"
    assert (rows[1].date_sent, rows[2].date_sent) == (None, date(2016, 12, 24))
    assert rows[2].company == "N/A"
    assert "twice" not in repr(rows)


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(lambda text: text.encode("utf-8-sig"), id="utf-8 with mark"),
        pytest.param(lambda text: text.encode("utf-16"), id="utf-16"),
        pytest.param(lambda text: b"\xfe\xff" + text.encode("utf-16-be"), id="utf-16-be"),
        pytest.param(lambda text: text.encode("utf-16-le"), id="utf-16-le without mark"),
        pytest.param(lambda text: text.encode("utf-32"), id="utf-32"),
        pytest.param(lambda text: text.encode("cp1252"), id="cp1252"),
        pytest.param(lambda text: gzip.compress(text.encode()), id="gzip"),
        pytest.param(
            lambda text: gzip.compress(text.encode()[:99]) + gzip.compress(text.encode()[99:]),
            id="gzip of two members",
        ),
    ],
)
def test_encodings_give_the_same_rows(
    tmp_path: Path, plain: list[CfpbRow], encoded: Callable[[str], bytes]
) -> None:
    """How the bytes are packed is found from the bytes, never from the name."""
    rows, set_aside = read(tmp_path / "no-ending", encoded(render(ROWS)))
    assert unplaced(rows) == plain
    assert set_aside == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_give_the_same_rows(
    tmp_path: Path, plain: list[CfpbRow], delimiter: str, end: str
) -> None:
    """Delimiter and line ends are found from the header."""
    rows, set_aside = read(tmp_path / "a.csv", render(ROWS, delimiter=delimiter, end=end))
    assert unplaced(rows) == plain
    assert set_aside == []


def test_latin_1_with_semicolons_gives_the_same_rows(tmp_path: Path) -> None:
    """A spreadsheet of Western Europe exports Latin-1, semicolons and a `sep` line."""
    row = ("03-04-2015", "Mortgage", "Très cher; «hélas»", "Crédit Nº 1", "13-04-2015", "7")
    text = "sep=;\r\n" + render([row], delimiter=";", end="\r\n")
    (found,), set_aside = read(tmp_path / "a.csv", text.encode("latin-1"))
    assert (found.narrative, found.company) == ("Très cher; «hélas»", "Crédit Nº 1")
    assert (found.date_received, found.line) == (date(2015, 4, 3), 3)
    assert set_aside == []


@pytest.mark.parametrize(
    "form",
    [
        "%m/%d/%Y",
        "%m/%d/%y",
        "%d-%m-%Y",
        "%d/%m/%Y",
        "%d.%m.%Y",
        "%Y/%m/%d",
        "%Y%m%d",
        "%Y-%m-%dT12:00:00-05:00",
        "%m/%d/%Y 12:00:00 AM",
        "%d-%b-%Y",
        "epoch ms",
        "epoch s",
    ],
)
def test_date_forms_give_the_same_rows(tmp_path: Path, plain: list[CfpbRow], form: str) -> None:
    """Dates are read in the order that the whole file shows."""

    def written(cell: str) -> str:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
            return cell
        day = datetime.fromisoformat(cell).replace(tzinfo=UTC)
        if form.startswith("epoch"):
            return str(int(day.timestamp()) * (1000 if form == "epoch ms" else 1))
        return day.strftime(form)

    text = render([[written(cell) for cell in row] for row in ROWS])
    rows, set_aside = read(tmp_path / "a.csv", text)
    assert unplaced(rows) == plain
    assert set_aside == []


def test_month_is_found_behind_the_sample(tmp_path: Path) -> None:
    """A file sorted by date may show its first day above 12 far from its start."""
    early = [("03/04/2015", "", "", "", "", str(number)) for number in range(1, 6001)]
    rows, _ = read(tmp_path / "a.csv", render([*early, ("25/04/2015", "", "", "", "", "9999")]))
    assert {row.date_received for row in rows} == {date(2015, 4, 3), date(2015, 4, 25)}


@pytest.mark.parametrize(
    "names",
    [
        (
            "date_received product consumer_complaint_narrative company date_sent_to_company "
            "complaint_id"
        ),
        "date_received product complaint_what_happened company date_sent_to_company complaint_id",
        (
            "Date.received Product Consumer.complaint.narrative Company Date.sent.to.company "
            "Complaint.ID"
        ),
        "DATE-RECEIVED PRODUCT Narrative Company_Name DateSent ComplaintId",
        "date_received product narrative company date_sent id",
    ],
)
def test_names_of_columns_are_known_in_many_spellings(
    tmp_path: Path, plain: list[CfpbRow], names: str
) -> None:
    """Case, spaces and punctuation of a column's name say nothing."""
    rows, _ = read(tmp_path / "a.csv", render(ROWS, names.split()))
    assert unplaced(rows) == plain


def test_unknown_columns_are_ignored_and_named(tmp_path: Path, plain: list[CfpbRow]) -> None:
    """A column that nobody knows is left out and said; an unnamed index is left out."""
    path = tmp_path / "a.csv"
    rows, _ = read(path, render([("0", *row, "x") for row in ROWS], ("", *HEADER, "id")))
    assert unplaced(rows) == plain
    assert read_extract(path).ignored_columns == ("id",)


def test_date_of_the_extract_may_stand_in_each_row(tmp_path: Path) -> None:
    """A file of several extracts carries their dates itself."""
    text = render(
        [("5", "3/4/2015", "S1", "2015-06-07"), ("6", "3/4/2015", "S1", "")],
        ("Complaint ID", "Date received", "extract", "extract_date_approx"),
    )
    rows, _ = read(tmp_path / "a.csv", text)
    assert [row.as_of for row in rows] == [date(2015, 6, 7), None]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no header"),
        (b"\n\n", "holds no header"),
        (b"Product,Company\na,b\n", "no column 'Complaint ID' and 'Date received'"),
        (b"Complaint ID,Product\n1,b\n", "found 'Complaint ID', 'Product'"),
        (b"2015-04-03,My name is,5551234\n", "found '…', 'My name is', '…'"),
        (b"Complaint ID,complaint_id,Date received\n", "two columns for 'complaint_id'"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"PAR1rest", "Parquet"),
        (b'[{"complaint_id": 1}]', "JSON"),
        (b"<!DOCTYPE html>", "HTML"),
        (b"\x1f\x8b\x08", "holds no header"),
    ],
)
def test_unusable_file_is_refused_with_what_to_do(
    tmp_path: Path, content: bytes, said: str
) -> None:
    """A file without the two columns, or of another kind, is wrong input and named."""
    with pytest.raises(InputError, match=re.escape(said)):
        read(tmp_path / "a.csv", content)


def test_missing_file_is_wrong_input(tmp_path: Path) -> None:
    """A name that leads nowhere is an error of whoever gave it."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_extract(path)


@pytest.mark.parametrize(
    ("cells", "field", "said"),
    [
        (("2015-04-03", "", "", "", "", ""), "Complaint ID", "is blank"),
        (("2015-04-03", "", "", "", "", "12a"), "Complaint ID", "'…'"),
        (("2015-04-03", "", "", "", "", "1234567890123"), "Complaint ID", "1 to 12 digits"),
        (("2015-04-03", "", "", "", "", "0"), "Complaint ID", "'0'"),
        (("", "", "", "", "", "5"), "Date received", "blank"),
        (("2015-02-30", "", "", "", "", "5"), "Date received", "'2015-02-30' cannot be read"),
        (("1815-04-03", "", "", "", "", "5"), "Date received", "not in the years"),
        (("2015-04-03", "", "", "", "2915-04-03", "5"), "Date sent to company", "not in the years"),
        (("2015-04-03", "", "", "", "Mr Secret", "5"), "Date sent to company", "date '…'"),
        (("2015-04-03", "", "a\0b", "", "", "5"), "Consumer complaint narrative", "NUL"),
        (("2015-04-03", "", "", "", "5"), None, "the row has 5 cells, the header 6"),
        (("2015-04-03", "", "", "", "", "5", "6"), None, "7 cells"),
        (("2015-04-03", "", "é" * 40_000, "", "", "5"), None, "80011 bytes"),
        (HEADER, "Complaint ID", "not a number"),
    ],
)
def test_bad_row_is_set_aside_with_line_field_and_reason(
    tmp_path: Path, cells: tuple[str, ...], field: str | None, said: str
) -> None:
    """One bad row keeps no other out, and its reason tells nothing that somebody told."""
    rows, (item,) = read(tmp_path / "a.csv", render([*ROWS[:2], cells, ROWS[2]]))
    assert len(rows) == len(ROWS)
    assert (item.line, item.record, item.field) == (7, 3, field)
    assert said in item.reason
    assert "Secret" not in repr(item)


def test_sent_before_received_and_missing_company_go_in(tmp_path: Path) -> None:
    """What is odd is a finding, what is not there is not there: neither is an error."""
    rows, set_aside = read(
        tmp_path / "a.csv", "complaint_id,date_received,date_sent\n5.0, 2015-04-03 ,2015-04-01\n"
    )
    assert [(row.complaint_id, row.company) for row in rows] == [("5", None)]
    assert set_aside == []


CELL = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20
).filter(lambda text: text == text.strip())


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6),
    order=st.permutations(range(len(HEADER))),
    style=st.fixed_dictionaries(
        {
            "end": st.sampled_from(["\n", "\r\n", "\r"]),
            "quoting": st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
            "delimiter": st.sampled_from(",;\t|"),
        }
    ),
    packing=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gzip"]),
)
def test_another_rendering_gives_the_same_rows(
    tmp_path: Path,
    cells: list[tuple[str, str, str]],
    order: list[int],
    style: dict[str, Any],
    packing: str,
) -> None:
    """Quoting, line ends, delimiter, column order and packing are not what an extract says."""
    rows = [
        ("2015-04-03", product, narrative, company, "", str(number))
        for number, (product, narrative, company) in enumerate(cells, start=1)
    ]
    first, set_aside = read(tmp_path / "one.csv", render(rows))
    assert set_aside == []
    text = render(
        [[row[place] for place in order] for row in rows],
        [HEADER[place] for place in order],
        **style,
    )
    content = gzip.compress(text.encode()) if packing == "gzip" else text.encode(packing)
    other, set_aside = read(tmp_path / "other.csv", content)
    assert set_aside == []
    assert unplaced(other) == unplaced(first)
