"""`complaints case attach|letter` and `complaints file …` from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Complaints

COMMAND_ID = "01930000-0000-7000-8000-00000000c018"
WORDS = b"Canary Jane Roe, damage of the roof"


@pytest.fixture
def case(ledger: Complaints, tmp_path: Path) -> Complaints:
    """A ledger with complaint C-17, and a file of somebody beside it."""
    assert ledger("case", "log", "--reference", "C-17", "--channel", "phone").code == 0
    (tmp_path / "roof.png").write_bytes(WORDS)
    return ledger


def test_a_file_is_attached_listed_checked_and_read(case: Complaints) -> None:
    """From a path to the record and back, each step one command."""
    done = case("case", "attach", "C-17", "roof.png", "--evidence-kind", "photo")
    assert (done.code, done.err) == (0, "")
    first, file_id = done.out.splitlines()
    assert first == "C-17: evidence added; version 2"
    (row,) = case("file", "list", "C-17", "--json").objects
    assert (row["file_digest"], row["media_type"]) == (file_id, "image/png")
    assert (row["file_kind"], row["file_size"]) == ("photo", len(WORDS))
    assert file_id[:12] in case("file", "list", "C-17").out
    assert case("file", "check").out.splitlines()[-1].startswith("ok: every file")
    read = case("file", "read", "C-17", file_id[:8], "--purpose", "handling", "--out", "copy")
    assert read.out == f"{len(WORDS)} bytes (image/png) in 'copy'\n"
    assert Path("copy").read_bytes() == WORDS
    accesses = "select read_fields from events where purpose_code = 'handling'"
    assert case("sql", accesses, "--json").objects == [{"read_fields": ["file"]}]


def test_a_letter_is_filed_with_what_it_is(case: Complaints) -> None:
    """Kind, date, media type and class are options, as in every other act."""
    said = ("--letter-kind", "decision", "--letter-on", "2026-01-02", "--media-type", "text/plain")
    done = case("case", "letter", "C-17", "roof.png", *said, "--file-class", "special", "--json")
    assert done.objects[0]["command"] == "letter"
    (row,) = case("file", "list", "C-17", "--json").objects
    assert (row["file_kind"], row["media_type"]) == ("decision", "text/plain")
    assert row["file_class"] == "special"


def test_a_narrative_too_long_for_a_record_is_put_on_file(ledger: Complaints) -> None:
    """Nothing is cut and nothing is refused: the whole text is sealed beside the record."""
    text = "Canary Jane Roe told us at length. " * 6_000
    Path("long.txt").write_text(text, encoding="utf-8")
    words = ("case", "log", "--reference", "C-18", "--narrative", "@long.txt", "--id", COMMAND_ID)
    done = ledger(*words)
    assert done.code == 0
    assert "it is on file as" in done.err
    again = ledger(*words)
    assert "done before" in again.out
    (row,) = ledger("file", "list", "C-18", "--json").objects
    assert (row["file_kind"], row["file_size"]) == ("narrative", len(text))
    read = ("file", "read", "C-18", row["file_digest"], "--purpose", "handling", "--out", "copy")
    assert ledger(*read).code == 0
    assert Path("copy").read_text(encoding="utf-8") == text


def test_neither_content_nor_name_is_anywhere_in_clear(case: Complaints, tmp_path: Path) -> None:
    """A purpose opens both; nothing else does."""
    Path("roof.png").rename("jane-roe.png")
    assert case("case", "attach", "C-17", "jane-roe.png").code == 0
    Path("jane-roe.png").unlink()
    shown = case("history", "C-17").out + case("file", "list", "C-17").out
    assert "jane" not in shown
    for path in (tmp_path / "ledger").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert b"Canary" not in content
        assert b"jane-roe" not in content
    assert "jane-roe.png" in case("show", "C-17", "--purpose", "audit").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("case", "attach", "C-17", "nowhere.png"), 2, "cannot be read"),
        (("case", "attach", "C-18", "roof.png"), 2, "is not in this ledger"),
        (("case", "attach", "C-17", "roof.png", "--file-class", "x"), 2, "--file-class is not one"),
        (("case", "attach", "C-17", "roof.png", "--media-type", "X"), 1, "media_type is not one"),
        (("file", "read", "C-17", "abcdef12", "--purpose", "audit", "--out", "o"), 2, "no file"),
        (("file", "list", "C-18"), 2, "is not in this ledger"),
    ],
)
def test_what_does_not_fit_is_said(
    case: Complaints, words: tuple[str, ...], code: int, said: str
) -> None:
    """The exit code and the message are those of every other command."""
    done = case(*words)
    assert (done.code, said in done.err) == (code, True), done.err


def test_a_purpose_that_is_none_is_refused_and_a_file_is_not_written_over(
    case: Complaints,
) -> None:
    """Nothing is opened, and nothing that was there is gone."""
    file_id = case("case", "attach", "C-17", "roof.png").out.splitlines()[1]
    read = ("file", "read", "C-17", file_id, "--out")
    assert case(*read, "copy", "--purpose", "curiosity").code == 2
    assert not Path("copy").exists()
    assert "is there already" in case(*read, "roof.png", "--purpose", "audit").err
    assert case("sql", "select count(*) as n from events where purpose_code is not null", "--json").objects == [{"n": 0}]  # fmt: skip


def test_a_missing_and_an_altered_file_are_findings(case: Complaints, tmp_path: Path) -> None:
    """The check ends with 1 and names each; reading ends with 3 or 4."""
    first = case("case", "attach", "C-17", "roof.png").out.splitlines()[1]
    Path("roof.png").write_bytes(b"another")
    second = case("case", "attach", "C-17", "roof.png").out.splitlines()[1]
    store = tmp_path / "ledger/files"
    (store / first[:2] / first[2:]).unlink()
    (store / second[:2] / second[2:]).write_bytes(b"altered")
    done = case("file", "check")
    assert done.code == 1
    assert "problems  2 found" in done.out
    (found,) = case("file", "check", "--json").objects
    assert (found["ok"], found["named"], found["proved"]) == (False, 2, 0)
    for file_id, code in ((first, 3), (second, 4)):
        read = ("file", "read", "C-17", file_id, "--purpose", "audit", "--out", "copy")
        assert case(*read).code == code


def test_a_file_without_an_event_is_listed_and_does_no_harm(
    case: Complaints, tmp_path: Path
) -> None:
    """What a kill left between file and event is no finding."""
    file_id = case("case", "attach", "C-17", "roof.png").out.splitlines()[1]
    left = tmp_path / "ledger/files/ab" / ("cd" * 31)
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"sealed noise")
    done = case("file", "check")
    assert (done.code, f"{'ab' + 'cd' * 31} is named by no event" in done.out) == (0, True)
    assert file_id not in done.out


def test_any_other_text_that_is_too_long_is_sent_to_the_files(case: Complaints) -> None:
    """Nothing is recorded, and the message names the command that takes long texts."""
    Path("long.txt").write_text("and then " * 10_000, encoding="utf-8")
    done = case(
        "case",
        "escalate-internally",
        "C-17",
        "--requested-by",
        "complainant",
        "--reasons",
        "@long.txt",
    )
    assert done.code == 2
    assert "complaints case attach" in done.err
    assert len(case("history", "C-17", "--json").objects) == 1
    assert case("case", "attach", "C-17", "long.txt", "--evidence-kind", "narrative").code == 0
