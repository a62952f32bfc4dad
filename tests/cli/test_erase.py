"""`complaints erase` from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Complaints

WORDS = ("erase", "C-17", "--basis", "retention_ended", "--approved-by", "u-privacy-2")


@pytest.fixture
def case(ledger: Complaints) -> Complaints:
    """A ledger in which somebody said something."""
    words = ("case", "log", "--reference", "C-17", "--narrative", "Canary Jane Roe")
    assert ledger(*words).code == 0
    return ledger


def test_what_is_erased_is_read_by_nobody(case: Complaints) -> None:
    """It is recorded with its ground and both people; dates and codes stay."""
    assert "Canary" in case("show", "C-17", "--purpose", "audit").out
    done = case(*WORDS, "--yes")
    assert done.code == 0, done.err
    assert done.out.startswith("C-17: identity, narrative, special erased; 3 keys destroyed")
    shown = case("show", "C-17", "--purpose", "audit")
    assert (shown.code, "Canary" in shown.out) == (0, False)
    query = "select erasure_basis, approved_by, erased_classes from events where erasure_basis is not null"
    (row,) = case("sql", query, "--json").objects
    assert row == {
        "erasure_basis": "retention_ended",
        "approved_by": "u-privacy-2",
        "erased_classes": ["identity", "narrative", "special"],
    }
    assert case("check", "--full").code == 0
    assert "nothing was left to erase" in case(*WORDS, "--yes").out


def test_nothing_more_is_sealed_for_whom_was_erased(case: Complaints) -> None:
    """An erasure is not undone by the next letter."""
    assert case(*WORDS, "--yes").code == 0
    words = ("case", "escalate-internally", "C-17", "--requested-by", "complainant")
    done = case(*words, "--reasons", "told again")
    assert done.code == 1
    assert "was destroyed" in done.err


def test_what_is_not_meant_is_not_done(case: Complaints) -> None:
    """Nobody can undo it, so every doubt refuses."""
    for words, said in (
        (WORDS, "add --yes"),
        (("erase", "C-18", *WORDS[2:], "--yes"), "is not in this ledger"),
        ((*WORDS[:3], "because", *WORDS[4:], "--yes"), "basis 'because' is not one"),
        ((*WORDS, "--class", "all", "--yes"), "class 'all' is not one"),
        ((*WORDS, "--every", "--yes"), "no such option"),
    ):
        done = case(*words)
        assert (done.code, said in done.err.lower()) == (2, True), done.err
    assert "Canary" in case("show", "C-17", "--purpose", "audit").out


def test_whoever_erases_does_not_approve(case: Complaints, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people stand behind what cannot be undone."""
    monkeypatch.setenv("COMPLAINTS_ACTOR", "u-privacy-2")
    done = case(*WORDS, "--yes")
    assert (done.code, "second person" in done.err) == (1, True)
