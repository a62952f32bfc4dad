"""`complaints actions`: what can be done next, and what stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Complaints


def test_what_can_be_done_is_listed_and_the_rest_is_explained(ledger: Complaints) -> None:
    """A handler sees the next steps, and on demand why others are not among them."""
    assert ledger("case", "log", "--reference", "C-17", "--quiet").code == 0
    listed = ledger("actions", "C-17")
    assert "acknowledge" in listed.out
    assert "communicate-decision" not in listed.out
    assert "--blocked says why" in listed.err
    blocked = ledger("actions", "C-17", "--blocked").out
    assert "communicate-decision\n  - complaint 'C-17' has no decision yet" in blocked
    rows = {row["command"]: row for row in ledger("actions", "C-17", "--json").objects}
    assert rows["acknowledge"]["possible"]
    assert rows["close"]["obstacles"]
    shown = ledger("show", "C-17")
    assert "next: acknowledge, assess, assign" in shown.out
    assert "acknowledge" in ledger("show", "C-17", "--json").objects[0]["next_steps"]


def test_what_is_no_complaint_has_no_actions(ledger: Complaints) -> None:
    """An unknown name is said to be unknown."""
    done = ledger("actions", "C-99")
    assert done.code == 2
    assert "is not in this ledger" in done.err
