"""`import` and `publish`, `source`, and the shapes that others rely on."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Complaints

SAMPLE = Path(__file__).parent.parent.parent / "complaints_ledger/sample/cfpb_sample.csv.gz"
FACT = {
    "specversion": "1.0",
    "type": "complaints.complaint_received.v1",
    "id": "9418a36a-bb88-8865-b230-4a2efd66d1ae",
    "subject": "0661c87b-81a1-8857-8352-70b8484c5d57",
    "occurredon": "2024-05-06",
    "actor": "system-7",
    "actorrole": "system",
    "source": "crm",
    "data": {"received_on": "2024-05-06"},
}


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """Twenty rows of the sample, and two that cannot go in."""
    text = gzip.decompress(SAMPLE.read_bytes()).decode()
    lines = [line for line in text.splitlines() if line.count(",") == 17 and '"' not in line]
    path = tmp_path / "extract.csv"
    path.write_text("\n".join([*lines[:21], "2020-03-18,x", "nothing"]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """A fact, the same again, a line that is none, and a fact in conflict with the first."""
    path = tmp_path / "facts.jsonl"
    other = FACT | {"id": "9418a36a-bb88-8865-b230-4a2efd66d1af"}
    lines = [json.dumps(FACT), json.dumps(FACT), "{]", json.dumps(other)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_an_import_accounts_for_every_row(ledger: Complaints, extract: Path) -> None:
    """Rows in = imported + unchanged + set aside; nothing is added by the same file again."""
    first = ledger("import", "cfpb", str(extract), "--json")
    assert first.code == 0
    (report,) = first.objects
    names = ["rows", "imported", "unchanged", "set_aside", "events"]
    assert list(report)[:5] == names
    assert [report[name] for name in names] == [22, 20, 0, 2, 60]
    (again,) = ledger("import", "cfpb", str(extract), "--json").objects
    assert [again[name] for name in names] == [22, 0, 20, 2, 0]


def test_rows_set_aside_are_named_with_their_reason(ledger: Complaints, extract: Path) -> None:
    """Whoever imports sees at once which line to mend, and where."""
    done = ledger("import", "cfpb", str(extract), "--as-of", "2020-03-20", "--set-aside", "a.csv")
    assert done.code == 0
    assert "line 22: the row has 2 cells" in done.out
    assert "as of         2020-03-20 (as given)" in done.out
    assert "a.csv" in done.out


def test_a_malformed_line_is_not_repeated(ledger: Complaints, tmp_path: Path) -> None:
    """What stands in a wrong place may be about a person: its field, length and rule are told."""
    path = tmp_path / "facts.jsonl"
    wrong = [
        FACT | {"subject": "JaneCanary"},
        FACT | {"actor": "Jane Canary"},
        FACT | {"data": FACT["data"] | {"JaneCanary": 1}},  # type: ignore[operator]
        FACT | {"data": {"received_on": "JaneCanary"}},
    ]
    path.write_text("\n".join(json.dumps(line) for line in wrong), encoding="utf-8")
    for form in ((), ("--json",)):
        done = ledger("publish", str(path), *form)
        assert done.code == 1
        assert "canary" not in (done.out + done.err).lower()
        assert "characters" in done.out


def test_each_published_line_gets_its_verdict(ledger: Complaints, facts: Path) -> None:
    """One object per line, in order; a line that is refused or malformed makes it 1."""
    assert ledger("source", "add", "crm").code == 0
    done = ledger("publish", str(facts), "--json")
    assert done.code == 1
    names = ["line", "id", "outcome", "reason", "stream_id", "version", "position"]
    assert all(list(each)[:7] == names for each in done.objects)
    assert [each["outcome"] for each in done.objects] == [
        "accepted",
        "duplicate",
        "malformed",
        "refused",
    ]
    assert done.objects[0]["version"] == 1


def test_facts_that_are_all_in_are_a_success(ledger: Complaints, facts: Path) -> None:
    """A duplicate is no failure: whoever publishes twice has published."""
    ledger("source", "add", "crm")
    facts.write_text(f"{json.dumps(FACT)}\n{json.dumps(FACT)}\n", encoding="utf-8")
    done = ledger("publish", str(facts))
    assert (done.code, done.out) == (0, "line 2: duplicate\n2 lines: 1 accepted, 1 duplicate\n")


def test_the_refusal_of_a_source_names_the_command_that_admits_it(
    ledger: Complaints, facts: Path
) -> None:
    """A new source finds its way in by itself, whatever keeps it out."""
    facts.write_text(json.dumps(FACT) + "\n", encoding="utf-8")

    def hint() -> str:
        (said,) = ledger("publish", str(facts), "--json").objects
        assert said["reason"] == "not-authorised"
        return str(said["hint"])

    assert hint().endswith("complaints source add crm")
    ledger("source", "add", "crm", "--type", "ComplaintClosed")
    assert hint().endswith(f"complaints source rights crm --type {FACT['type']}")
    ledger("source", "suspend", "crm")
    assert "is suspended" in hint()
    ledger("source", "add", "crm", "--signing-key", "ab" * 32)
    assert "--sign-with" in hint()
    ledger("source", "rights", "crm", "--type", "ComplaintReceived")
    assert ledger("publish", str(facts)).code == 0


def test_the_register_is_shown(ledger: Complaints) -> None:
    """Who may publish what is public within the ledger."""
    ledger("source", "add", "crm", "--type", "ComplaintReceived")
    ledger("source", "revoke", "crm")
    rows = {row["source"]: row for row in ledger("source", "list", "--json").objects}
    assert rows["crm"] == {
        "source": "crm",
        "state": "revoked",
        "types": ["complaints.complaint_received.v1"],
        "signs": False,
    }
    assert "complaints.complaint_received.v1" in ledger("source", "list").out
