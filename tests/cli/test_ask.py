"""`sql`, `queue`, `history`, `show`, `status`, `check`: answers and their shapes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Complaints

FIRST_LINE = Path(__file__).parents[2] / "docs" / "how-to" / "first-line.jsonl"


@pytest.fixture
def held(ledger: Complaints) -> Complaints:
    """The command over a ledger with one complaint that waits."""
    words = ["--channel", "phone", "--issue", "late", "--respond-by", "2025-03-31"]
    at = ("--occurred-at", "2025-03-03T09:12:00Z")
    assert ledger("case", "log", "--reference", "C-17", *words, *at).code == 0
    return ledger


def test_sql_answers_one_object_per_row(held: Complaints) -> None:
    """Dates are ISO, instants end in Z, lists are arrays, and the second `n` has its own name."""
    query = "select reference as n, received_on, received_at, [1, 2] as l, 1 as n from complaints"
    assert held("sql", query, "--json").objects == [
        {
            "n": "C-17",
            "received_on": "2025-03-03",
            "received_at": "2025-03-03T09:12:00Z",
            "l": [1, 2],
            "n_2": 1,
        }
    ]


def test_sql_prints_a_table(held: Complaints) -> None:
    """People read columns; what is said beside them is on stderr."""
    done = held("sql", "select reference, 7 as n from complaints")
    assert done.out == "reference  n\n---------  -\nC-17       7\n"
    assert done.err == "1 row\n"


def test_a_table_too_wide_is_printed_row_by_row(held: Complaints) -> None:
    """Fifty columns side by side are no answer."""
    lines = held("sql", "from complaints").out.splitlines()
    assert lines[0].startswith("- 1 -")
    assert max(len(line) for line in lines) <= 80


def test_sql_writes_csv_and_parquet(held: Complaints, tmp_path: Path) -> None:
    """A file is whole or not there; formulas in it are text."""
    query = "select '=1' as f, -1 as n, null as e from complaints"
    assert held("sql", query, "--format", "csv").out == "f,n,e\n'=1,-1,\n"
    assert held("sql", query, "--format", "parquet", "--out", "x.parquet").code == 0
    assert pl.read_parquet(tmp_path / "x.parquet").rows() == [("=1", -1, None)]
    failed = held("sql", "select error('no') as e", "--format", "csv", "--out", "y.csv")
    assert failed.code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ledger", "x.parquet"]


def test_a_queue_shows_who_waits_and_until_when(held: Complaints) -> None:
    """People see the reference; programs get every column of the view."""
    done = held("queue", "overdue")
    assert "C-17" in done.out
    assert "2025-03-31" in done.out
    (row,) = held("queue", "overdue", "--json").objects
    assert list(row)[:7] == [
        "queue",
        "complaint_id",
        "since",
        "due_at",
        "owner",
        "severity",
        "why",
    ]
    assert len(held("queue", "--limit", "2", "--json").objects) == 2
    assert held("queue", "escalated").out == "nobody waits in 'escalated'\n"


def test_history_is_one_row_per_event(held: Complaints) -> None:
    """Programs get the columns of `complaint_events`, people a line."""
    held("case", "acknowledge", "C-17")
    rows = held("history", "C-17", "--json").objects
    assert [row["version"] for row in rows] == [1, 2]
    assert json.loads(rows[0]["payload"])["reference"] == "C-17"
    lines = held("history", "C-17").out.splitlines()[2:]
    assert [line[19:42].strip() for line in lines if line[:4].isdigit()] == [
        "complaint received",
        "complaint acknowledged",
    ]


def test_full_history_holds_every_record_about_a_complaint(
    held: Complaints, tmp_path: Path
) -> None:
    """An auditor sees what was refused beside what was accepted, and what is sealed as sealed."""
    line = tmp_path / "line.jsonl"
    shown = json.loads(FIRST_LINE.read_text(encoding="utf-8"))
    line.write_text(json.dumps(shown), encoding="utf-8")
    assert held("publish", str(line)).code == 1
    held("source", "add", "crm-eu", "--type", "ComplaintReceived")
    for _ in range(2):
        held("publish", str(line))
    held("case", "acknowledge", "C-1001", "--medium", "email")
    rows = held("history", "C-1001", "--full", "--json").objects
    assert [row["outcome"] for row in rows] == ["refused", "accepted", "duplicate", "accepted"]
    assert [row["version"] for row in rows] == [None, 1, None, 2]
    assert [row["verified"] for row in rows] == [None, False, None, False]
    assert rows[3]["expected_version"] == 1
    told = held("history", "C-1001", "--full").out
    assert "complaint received; refused (not-authorised)" in told
    assert "complaint acknowledged; version 2, position" in told
    assert "svc-crm (service)" in told
    assert "sealed with key" in told
    assert shown["data"]["narrative"] not in told


def test_show_says_what_it_waits_for(held: Complaints) -> None:
    """The state comes with the queues and findings that are about it."""
    (row,) = held("show", "C-17", "--json").objects
    assert row["lifecycle"] == "received"
    assert {wait["queue"] for wait in row["waits"]} >= {"overdue", "unassigned"}
    assert "waits in 'overdue'" in held("show", "C-17").out


def test_a_complaint_is_found_by_any_of_its_names(held: Complaints) -> None:
    """Reference, id in the source and stream id lead to the same complaint."""
    external = ("--external-id", "4711", "--reference", "C-18")
    stream_id = held("case", "log", *external, "--json").objects[0]["stream_id"]
    for name in ("4711", "C-18", "complaints-desk:4711", stream_id):
        assert held("resolve", name).out == f"{stream_id}\n"


def test_status_and_check_agree(held: Complaints) -> None:
    """Both name the same records and the same digest, and an intact ledger has no problems."""
    (status,) = held("status", "--json").objects
    assert list(status)[:5] == ["ledger", "records", "position", "lag", "digest"]
    assert held("status", "--json").objects[0]["lag"] == 0
    done = held("check", "--json")
    assert done.code == 0
    (found,) = done.objects
    assert list(found) == ["ok", "records", "accepted", "digest", "problems"]
    assert found == {
        "ok": True,
        "records": status["records"],
        "accepted": 1,
        "digest": status["digest"],
        "problems": [],
    }


@pytest.mark.slow
def test_status_and_check_agree_on_an_empty_ledger(ledger: Complaints) -> None:
    """Nothing has a digest too."""
    assert (
        ledger("status", "--json").objects[0]["digest"]
        == (ledger("check", "--json").objects[0]["digest"])
    )


@pytest.mark.slow
def test_rebuilt_is_what_was_there(held: Complaints) -> None:
    """A rebuild changes no answer."""
    before = held("status", "--json").objects[0]["digest"]
    assert held("rebuild").code == 0
    assert held("project").out == "projected 0 records\n"
    assert held("status", "--json").objects[0]["digest"] == before


def test_the_log_is_read_by_its_own_schemas(held: Complaints) -> None:
    """Control records and events come out as JSON, sealed fields as they are."""
    held("case", "log", "--reference", "C-18", "--narrative", "Canary")
    records = held("log", "decode").objects
    assert [record["ordinal"] for record in records] == list(range(len(records)))
    assert records[0]["control"] == "descriptor"
    last = records[-1]
    assert last["type"] == "complaints.complaint_received.v1"
    assert last["values"]["reference"] == "C-18"
    assert set(last["values"]["narrative"]) == {
        "subject",
        "key_id",
        "nonce",
        "ciphertext",
        "key_commitment",
    }
    assert held("log", "decode", "--from", "1", "--limit", "2").objects == records[1:3]
    assert held("log", "decode", "--partition", "9").code == 2


def test_the_schemas_are_those_of_the_classes(complaints: Complaints) -> None:
    """The contract can be listed, checked and written without a ledger."""
    assert complaints("schemas", "check").code == 0
    names = {row["event"] for row in complaints("schemas", "list", "--json").objects}
    assert "ComplaintReceived" in names
    assert complaints("schemas", "write", "--folder", "elsewhere").code == 0
    assert complaints("schemas", "check", "--folder", "elsewhere").code == 0
