from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.cfpb_extract import read_extract
from adapters.cfpb_set_aside import reasons_path, write_set_aside
from domain.errors import DamagedError, InputError
from domain.sources.cfpb_row import CfpbRow, SetAside
from tests.adapters.cfpb_rendering import ROWS, many, read, render, unplaced

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def plain(tmp_path: Path) -> list[CfpbRow]:
    """Return the rows of the plainest rendering."""
    rows, set_aside = read(tmp_path / "plain.csv", render(ROWS))
    assert (len(rows), set_aside) == (len(ROWS), [])
    return unplaced(rows)


def test_undecodable_row_is_set_aside_alone(tmp_path: Path) -> None:
    """A damaged byte in a UTF-8 file does not turn the other rows into another encoding."""
    bad = ("2015-04-03", "", "", "CafXX", "", "5")
    for damage in (b"\xe9", b"\xff\xfe"):
        content = render([*ROWS, bad]).encode().replace(b"CafXX", b"Caf" + damage)
        rows, (item,) = read(tmp_path / "a.csv", content)
        assert rows[0].company == "Café, S.à r.l."
        assert (item.line, item.field) == (8, "Company")


def test_damage_in_plain_ascii_is_not_taken_for_an_encoding(tmp_path: Path) -> None:
    """Bytes that no Western text holds are damage, even where nothing speaks for UTF-8."""
    content = render([("2015-04-03", "", "", "CafXX", "", "5")]).encode()
    rows, (item,) = read(tmp_path / "a.csv", content.replace(b"XX", b"\xff"))
    assert (rows, item.field) == ([], "Company")


@pytest.mark.parametrize("share", [0.3, 0.55, 0.8, 0.99])
def test_truncated_gzip_gives_its_whole_rows(tmp_path: Path, share: float) -> None:
    """What came before the cut goes in unchanged; the cut is set aside with its line."""
    whole, _ = read(tmp_path / "whole.csv", render(many(3000)))
    packed = gzip.compress(render(many(3000)).encode())
    rows, (item,) = read(tmp_path / "cut.csv.gz", packed[: int(len(packed) * share)])
    assert 0 < len(rows) < len(whole)
    assert rows == whole[: len(rows)]
    assert item.record == len(rows) + 1
    assert "ends early" in item.reason


def test_gzip_with_flipped_bits_is_refused_whole(tmp_path: Path) -> None:
    """Compressed bytes that are not what they were are not trusted, nowhere."""
    packed = bytearray(gzip.compress(render(many(500)).encode()))
    packed[len(packed) // 2] ^= 0x10
    with pytest.raises(DamagedError, match="is damaged"):
        read(tmp_path / "a.csv.gz", bytes(packed))


def test_unterminated_quote_spares_the_rows_around_it(tmp_path: Path) -> None:
    """A quote that nobody closes costs its own row; the quotes behind it are not turned over."""
    rows = many(400)
    whole, _ = read(tmp_path / "whole.csv", render(rows))
    bad = '2015-04-03,Mortgage,"it begins here\nand goes on,A,,77\n'
    text = render(rows[:200]) + bad + render(rows[200:]).split("\n", 1)[1]
    found, (item,) = read(tmp_path / "a.csv", text)
    assert unplaced(found) == unplaced(whole)
    assert item.line == render(rows[:200]).count("\n") + 1
    assert "quoted cell" in item.reason


def test_unterminated_quote_at_the_end_is_set_aside(tmp_path: Path) -> None:
    """A plain file that ends inside a narrative gives the rows before it."""
    text = render(ROWS) + '2015-04-03,Mortgage,"it begins here\nand'
    rows, (item,) = read(tmp_path / "a.csv", text)
    assert (len(rows), item.line) == (3, 8)


def test_every_cut_of_a_plain_file_gives_true_rows_only(tmp_path: Path) -> None:
    """Wherever a plain file ends, no shortened id or cell goes in as if it were whole."""
    text = render(ROWS)
    whole = [replace(row, raw=()) for row in read(tmp_path / "whole.csv", text)[0]]
    start = text.index("1000002") + 1
    for end in range(start, len(text)):
        rows, _ = read(tmp_path / "a.csv", text[:end])
        assert [replace(row, raw=()) for row in rows] == whole[: len(rows)]


def test_last_line_needs_no_end(tmp_path: Path, plain: list[CfpbRow]) -> None:
    """RFC 4180 leaves the last line end to the writer."""
    rows, set_aside = read(tmp_path / "a.csv", render(ROWS).rstrip("\n"))
    assert (unplaced(rows), set_aside) == (plain, [])


def test_set_aside_file_is_mended_and_imported(tmp_path: Path) -> None:
    """What was set aside has the extract's columns, so that it can be mended and read again."""
    path, kept = tmp_path / "a.csv", tmp_path / "a.set-aside.csv"
    bad = ("03/04/2015", "Mortgage", "told,\nin lines", "Ca\udce9", "04/04/2015", "77x")
    content = render([bad, ("25/04/2015", *ROWS[0][1:4], "26/04/2015", "9")])
    rows, set_aside = read(path, content.encode(errors="surrogateescape"))
    assert len(rows) == 1
    assert write_set_aside(kept, read_extract(path).header, set_aside) == 1
    with reasons_path(kept).open(newline="", encoding="utf-8") as file:
        reasons = list(csv.DictReader(file))
    assert [(why["line"], why["field"]) for why in reasons] == [("2", "Company")]
    again = list(read_extract(kept))
    assert [type(item) for item in again] == [SetAside]
    mended = kept.read_bytes().replace(b"\xe9", "é".encode()).replace(b"77x", b"77")
    (row,), nothing = read(kept, mended)
    assert nothing == []
    assert (row.complaint_id, row.date_received) == ("77", date(2015, 4, 3))
    assert (row.narrative, row.company) == ("told,\nin lines", "Caé")


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=st.lists(st.tuples(st.integers(0, 900), st.binary(max_size=3)), max_size=8))
def test_no_bytes_bring_it_down(tmp_path: Path, damage: list[tuple[int, bytes]]) -> None:
    """Whatever the bytes are, a file gives rows, rows set aside, or an error of ours."""
    content = bytearray(render(many(8)).encode())
    for place, dirt in damage:
        content[place : place + 1] = dirt
    try:
        rows, _ = read(tmp_path / "a.csv", bytes(content))
    except (InputError, DamagedError):
        return
    assert all("\0" not in (row.narrative or "") for row in rows)
