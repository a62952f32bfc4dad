"""`complaints backup` and `complaints restore` from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Complaints


@pytest.fixture
def case(ledger: Complaints) -> Complaints:
    """A ledger with a complaint, a narrative and a file."""
    Path("roof.png").write_bytes(b"damage")
    words = ("--reference", "C-17", "--narrative", "it rains in")
    assert ledger("case", "log", *words).code == 0
    assert ledger("case", "attach", "C-17", "roof.png").code == 0
    return ledger


@pytest.mark.slow
def test_a_ledger_goes_to_a_backup_and_comes_back(case: Complaints) -> None:
    """Two commands; the restored ledger checks and opens what was sealed."""
    done = case("backup", "bk", "--keys", "safe")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("backup 1 in 'bk' is whole\n")
    back = case("restore", "bk", "--keys", "safe", "--ledger", "new")
    assert (back.code, back.err) == (0, "")
    assert "ok: checked from the start" in back.out
    shown = case("show", "C-17", "--purpose", "audit", "--ledger", "new").out
    assert "it rains in" in shown
    assert "roof.png" in shown
    digest = case("status", "--json").objects[0]["digest"]
    assert case("status", "--json", "--ledger", "new").objects[0]["records"] > 0
    older = case("restore", "bk", "--backup", "1", "--ledger", "older", "--json").objects[0]
    assert case("status", "--json", "--ledger", "older").objects[0]["digest"] == digest
    assert (older["ok"], older["keys"]) == (True, False)


@pytest.mark.slow
def test_a_backup_without_keys_says_what_that_means(case: Complaints) -> None:
    """In plain words, in the answer itself, at both ends."""
    said = case("backup", "bk", "--quiet").out
    assert "everything sealed in it is lost for ever" in said
    assert "--keys" in said
    back = case("restore", "bk", "--ledger", "new", "--quiet")
    assert (back.code, "no key was restored" in back.out) == (0, True)
    assert case("case", "log", "--narrative", "x", "--ledger", "new").code == 3


def test_json_says_what_was_copied(case: Complaints) -> None:
    """A script sees what is new, what is absent and when it expires."""
    first = case("backup", "bk", "--json").objects[0]
    assert (first["backup"], first["files"], first["new_files"]) == (1, 1, 1)
    assert first["records"] == first["new_records"]
    assert (first["keys"], first["absent"]) == (False, [])
    case("case", "acknowledge", "C-17", "--medium", "email")
    second = case("backup", "bk", "--keys", "safe", "--json").objects[0]
    assert (second["backup"], second["new_records"], second["new_files"]) == (2, 1, 0)
    assert second["keys"] is True


@pytest.mark.slow
def test_a_file_that_is_missing_is_named_and_the_rest_is_kept(
    case: Complaints, tmp_path: Path
) -> None:
    """The backup is whole but for it, and ends with 1 so that somebody looks."""
    file_id = case("file", "list", "C-17", "--json").objects[0]["file_digest"]
    (tmp_path / "ledger/files" / file_id[:2] / file_id[2:]).unlink()
    done = case("backup", "bk", "--keys", "safe")
    assert (done.code, file_id in done.out) == (1, True)
    back = case("restore", "bk", "--keys", "safe", "--ledger", "new")
    assert (back.code, f"file {file_id}" in back.out) == (1, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("restore", "bk", "--ledger", "ledger"), 2, "is not empty"),
        (("restore", "nowhere", "--ledger", "new"), 2, "holds no whole backup"),
        (("restore", "bk", "--backup", "latest", "--ledger", "new"), 2, "is no number"),
        (("restore", "bk", "--backup", "9", "--ledger", "new"), 4, "000009.json"),
        (("restore", "bk", "--keys", "bk", "--ledger", "new"), 4, "keys.json"),
        (("backup", "ledger/bk"), 2, "in the ledger itself"),
        (("backup", "bk", "--keys", "bk/keys"), 2, "beside what its keys open"),
    ],
)
def test_what_does_not_fit_is_said(
    case: Complaints, words: tuple[str, ...], code: int, said: str
) -> None:
    """The exit code and the message are those of every other command."""
    case("backup", "bk")
    done = case(*words)
    assert (done.code, said in done.err) == (code, True), done.err
    assert not Path("new").exists()


def test_a_flipped_bit_ends_with_four_and_the_files_name(case: Complaints) -> None:
    """Nothing is restored of a backup that cannot be trusted."""
    case("backup", "bk")
    segment = next(Path("bk/log").rglob("*.segment"))
    content = bytearray(segment.read_bytes())
    content[99] ^= 1
    segment.write_bytes(content)
    done = case("restore", "bk", "--ledger", "new")
    assert (done.code, segment.name in done.err) == (4, True)
    assert case("status", "--ledger", "new").code == 3


def test_making_a_ledger_says_how_to_back_it_up(complaints: Complaints) -> None:
    """Whoever has a ledger has read how not to lose it."""
    assert "complaints backup BACKUP --keys KEYS" in complaints("init").err
