"""Linking, merging and splitting: a half in each of two complaints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from complaints_ledger import both_halves

if TYPE_CHECKING:
    from tests.cli.conftest import Complaints

LINKS = "select c.reference, l.link_kind, l.state from links as l join complaints as c using (complaint_id) order by all"
MISSING = "select finding, detail from findings_across"


@pytest.fixture
def two(ledger: Complaints) -> Complaints:
    """A ledger with complaints C-17 and C-18."""
    for name in ("C-17", "C-18"):
        assert ledger("case", "log", "--reference", name, "--quiet").code == 0
    return ledger


def test_a_link_has_a_half_in_both(two: Complaints) -> None:
    """Either side shows it, and either side ends it."""
    link = ("case", "link", "C-17", "--linked-stream-id", "C-18", "--link-kind", "same_cause")
    assert two(*link).code == 0
    assert [tuple(row.values()) for row in two("sql", LINKS, "--json").objects] == [
        ("C-17", "same_cause", "linked"),
        ("C-18", "same_cause", "linked"),
    ]
    assert two("case", "unlink", "C-18", "--linked-stream-id", "C-17").code == 0
    assert {row["state"] for row in two("sql", LINKS, "--json").objects} == {"unlinked"}
    correlations = (
        "select count(distinct correlation_id) as n from events where event_type like '%linked%'"
    )
    assert two("sql", correlations, "--json").objects == [{"n": 2}]


def test_what_is_merged_is_closed_as_merged_and_comes_back(two: Complaints) -> None:
    """The survivor is named, and the merge can be taken back."""
    refused = two("case", "close", "C-17", "--closure-basis", "merged")
    assert refused.code == 1
    assert "merge it first (complaints case merge C-17)" in refused.err
    assert two("case", "merge", "C-17", "--into-stream-id", "C-18").code == 0
    roles = "select reference, link_role from complaints order by 1"
    assert [tuple(row.values()) for row in two("sql", roles, "--json").objects] == [
        ("C-17", "merged"),
        ("C-18", "standalone"),
    ]
    assert two("case", "close", "C-17", "--closure-basis", "merged").code == 0
    assert two("case", "unmerge", "C-17", "--into-stream-id", "C-18").code == 0
    assert {row["link_role"] for row in two("sql", roles, "--json").objects} == {"standalone"}
    assert two("sql", MISSING, "--json").objects == []


def test_a_half_that_is_missing_is_found_and_completed(
    two: Complaints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill between two saves is seen, and the same command again makes it good."""
    command_id = "0198c0de-0000-7000-8000-000000000001"
    split = ("case", "split", "C-17", "--part-stream-id", "C-18", "--id", command_id)
    with monkeypatch.context() as cut:
        cut.setattr(both_halves, "HALVES", {})
        assert two(*split).code == 0
    (found,) = two("sql", MISSING, "--json").objects
    assert found["finding"] == "half_missing"
    assert two(*split).code == 0
    assert two("sql", MISSING, "--json").objects == []


def test_a_complaint_is_not_linked_to_itself(two: Complaints) -> None:
    """Another one is asked for."""
    done = two("case", "link", "C-17", "--linked-stream-id", "C-17", "--link-kind", "related")
    assert done.code == 1
    assert "is the same complaint; name another one" in done.err
