"""`door`: what was kept out waits with an owner until it is admitted or dismissed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from adapters.avro_codec import encode_event
from complaints_ledger.ledger import open_ledger
from domain.cloudevents import parse_line
from domain.identity import derived_stream_id
from domain.ports import NewRecord

if TYPE_CHECKING:
    from tests.cli.conftest import Complaints

CANARY: Final = "Quackenbush"
STREAM: Final = "0661c87b-81a1-8857-8352-70b8484c5d57"
RECEIPT: Final = {
    "specversion": "1.0",
    "type": "complaints.complaint_received.v1",
    "id": "9418a36a-bb88-8865-b230-4a2efd66d1ae",
    "subject": STREAM,
    "occurredon": "2024-05-06",
    "actor": "system-7",
    "actorrole": "system",
    "source": "crm",
    "data": {"received_on": "2024-05-06"},
}
HEADER: Final = "Date received,Product,Company,Consumer complaint narrative,Complaint ID\n"


@pytest.fixture
def crm(ledger: Complaints, tmp_path: Path) -> Complaints:
    """A ledger that refused the receipt of a source that is not registered."""
    (tmp_path / "facts.jsonl").write_text(json.dumps(RECEIPT) + "\n", encoding="utf-8")
    assert ledger("publish", "facts.jsonl").code == 1
    return ledger


def _waiting(complaints: Complaints) -> list[dict[str, Any]]:
    """Return what waits, after a look whether the queue says the same."""
    rows = complaints("door", "list", "--json").objects
    queue = complaints("queue", "refused at the door", "--json").objects
    assert len(queue) == len(rows)
    for row in rows:
        (same,) = [each for each in queue if f"({row['id']}" in each["why"]]
        names = ("complaint_id", "since", "owner")
        assert [same[name] for name in names] == [row[name] for name in names]
        assert same["why"].startswith(f"{row['reason']} (")
        assert same["why"].endswith(row["next_step"])
    return rows


def _append(*records: tuple[bytes, bytes]) -> None:
    """Append records behind the ledger's back, as a careless producer would."""
    with open_ledger(Path("ledger")) as ledger:
        ledger.log.append([NewRecord(0, key, value, None) for key, value in records])


@pytest.mark.slow
def test_a_refused_receipt_is_assigned_and_dismissed(crm: Complaints) -> None:
    """It waits from its claimed day, has an owner, and leaves with a reason."""
    (row,) = _waiting(crm)
    assert (row["complaint_id"], row["since"]) == (STREAM, "2024-05-06")
    assert (row["owner"], row["reason"]) == (None, "not-authorised")
    assert (row["partition"], row["id"]) == (0, f"0:{row['ordinal']}")
    done = crm("door", "assign", row["id"], "--owner", "staff-17", "--json")
    types = [event["type"].split(".")[1] for event in done.objects[0]["events"]]
    assert types == ["refused_receipt_noted", "refused_receipt_assigned"]
    assert [each["owner"] for each in _waiting(crm)] == ["staff-17"]
    again = crm("door", "assign", row["id"], "--owner", "staff-17")
    assert again.out == f"{row['id']}: nothing to record\n"
    said = ("--reason-code", "not-a-complaint", "--reason", f"{CANARY} asked the way")
    assert crm("door", "dismiss", row["id"], *said).out == f"{row['id']}: dismissed\n"
    assert _waiting(crm) == []
    assert "nothing waits at the door" in crm("door", "list").out
    twice = crm("door", "dismiss", row["id"], "--reason-code", "duplicate")
    assert twice.code == 1
    assert "it was dismissed on" in twice.err
    held = [path.read_bytes() for path in Path("ledger").rglob("*") if path.is_file()]
    assert not any(CANARY.encode() in each for each in held)
    assert crm("check").code == 0


@pytest.mark.slow
def test_the_reason_in_words_is_read_for_a_purpose_only(crm: Complaints) -> None:
    """What was sealed is opened for whoever says what for, and that is recorded."""
    (row,) = _waiting(crm)
    (found,) = crm("door", "show", row["id"], "--json").objects
    assert (found["state"], found["door_id"], found["next_step"]) == (
        "waiting",
        None,
        row["next_step"],
    )
    crm("door", "dismiss", row["id"], "--reason-code", "other", "--reason", f"{CANARY} again")
    shown = crm("door", "show", row["id"])
    assert "dismissal reason  other" in shown.out
    assert CANARY not in shown.out
    assert f"{CANARY} again" in crm("door", "show", row["id"], "--purpose", "handling").out
    reads = "select purpose_code from events where purpose_code is not null"
    assert crm("sql", reads, "--json").objects == [{"purpose_code": "handling"}]


@pytest.mark.slow
def test_a_receipt_that_is_admitted_leaves_by_itself(crm: Complaints) -> None:
    """Whoever lets the source in and has it publish again need not tidy up."""
    (row,) = _waiting(crm)
    assert "let in its source crm" in row["next_step"]
    crm("source", "add", "crm")
    assert len(_waiting(crm)) == 1
    assert crm("publish", "facts.jsonl").code == 0
    assert _waiting(crm) == []
    done = crm("door", "dismiss", row["id"], "--reason-code", "duplicate", "--json")
    assert done.code == 1
    assert "its complaint was admitted" in done.err


@pytest.mark.slow
def test_what_is_published_again_waits_with_what_waits_already(crm: Complaints) -> None:
    """Every record of one claim is assigned and dismissed together; a later one waits anew."""
    crm("publish", "facts.jsonl")
    (row,) = _waiting(crm)
    assert row["records"] == 2
    assert len(crm("door", "assign", row["id"], "--owner", "staff-17", "--json").objects) == 2
    crm("publish", "facts.jsonl")
    (row,) = _waiting(crm)
    assert (row["records"], row["owner"]) == (3, "staff-17")
    done = crm("door", "dismiss", row["id"], "--reason-code", "test_data")
    assert done.out == f"{row['id']}: dismissed, with 2 more\n"
    assert _waiting(crm) == []
    crm("publish", "facts.jsonl")
    assert [each["records"] for each in _waiting(crm)] == [1]


@pytest.mark.slow
def test_a_malformed_record_waits_and_is_dismissed(ledger: Complaints) -> None:
    """What looks like a receipt waits, though nobody can read it; other noise does not."""
    event = parse_line(json.dumps(RECEIPT).encode())
    value = encode_event(event)
    _append(
        (STREAM.encode(), value[:-1]),
        (CANARY.encode(), value + b"\0"),
        (CANARY.encode(), f"{CANARY} in clear".encode()),
        (b"f7d0f8f5-5d8d-4a53-8d0e-53d87f0e0b6b", f"{CANARY} in clear".encode()),
        (b"f7d0f8f5-5d8d-4a53-8d0e-53d87f0e0b6c", b"\xc3\x0112345678" + value[10:]),
    )
    rows = _waiting(ledger)
    assert [(row["complaint_id"] or "")[:8] for row in rows] == [STREAM[:8], "", *["f7d0f8f5"] * 2]
    assert [row["reason"] for row in rows] == ["malformed"] * 3 + ["unknown-schema"]
    for row in rows:
        done = ledger("door", "dismiss", row["id"], "--reason-code", "admitted_elsewhere")
        assert done.code == 0
    assert _waiting(ledger) == []
    everything = ledger("sql", "from record_verdicts", "--format", "csv").out
    assert CANARY not in everything + ledger("sql", "from door_records", "--format", "csv").out


@pytest.mark.slow
def test_a_second_receipt_of_a_complaint_waits_until_it_is_dismissed(crm: Complaints) -> None:
    """What it claimed may be another matter, so that its stream exists is no answer."""
    crm("source", "add", "crm")
    other = RECEIPT | {"id": "9418a36a-bb88-8865-b230-4a2efd66d1af"}
    lines = [json.dumps(RECEIPT), json.dumps(other)]
    Path("both.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert crm("publish", "both.jsonl").code == 1
    (row,) = _waiting(crm)
    assert (row["reason"], row["complaint_id"]) == ("already-open", STREAM)
    assert f"({row['id']})" in str(crm("show", STREAM, "--json").objects[0]["waits"])
    crm("door", "dismiss", row["id"], "--reason-code", "duplicate")
    assert _waiting(crm) == []


@pytest.mark.slow
def test_a_row_set_aside_waits_until_the_mended_row_is_imported(ledger: Complaints) -> None:
    """An import that cannot take a row leaves somebody something to do."""
    good = (
        f"2024-05-01,Mortgage,Example Bank,,4710\n2024-13-05,Mortgage,Example Bank,{CANARY},4711\n"
    )
    bad = f"2024-05-06,{CANARY}\n"
    Path("may.csv").write_text(HEADER + good + bad, encoding="utf-8")
    done = ledger("import", "cfpb", "may.csv", "--as-of", "2024-05-31", "--json")
    (report,) = done.objects
    assert (report["imported"], report["set_aside"], report["events"]) == (1, 2, 2)
    rows = sorted(_waiting(ledger), key=lambda row: row["extract_line"])
    assert [row["extract_line"] for row in rows] == [3, 4]
    assert [row["external_id"] for row in rows] == ["4711", None]
    assert rows[0]["complaint_id"] == derived_stream_id("cfpb", "4711")
    assert [row["reason"] for row in rows] == ["cell_unfit", "row_unreadable"]
    assert [row["set_aside_field"] for row in rows] == ["date_received", None]
    assert rows[0]["next_step"] == "mend the row and import it, or dismiss it"
    (again,) = ledger("import", "cfpb", "may.csv", "--as-of", "2024-05-31", "--json").objects
    assert (again["imported"], again["set_aside"], again["events"]) == (0, 2, 0)
    assert len(_waiting(ledger)) == 2
    mended = HEADER + good.replace("2024-13-05", "2024-05-13")
    Path("mended.csv").write_text(mended, encoding="utf-8")
    ledger("import", "cfpb", "mended.csv", "--as-of", "2024-05-31")
    (row,) = _waiting(ledger)
    assert ledger("door", "assign", row["id"], "--owner", "staff-17").code == 0
    assert ledger("door", "dismiss", row["id"], "--reason-code", "test-data").code == 0
    assert _waiting(ledger) == []
    for name in ("events", "complaint_events", "refused_receipts", "door_records"):
        assert CANARY not in ledger("sql", f"from {name}", "--format", "csv").out


@pytest.mark.slow
def test_nothing_at_the_door_is_a_complaint(crm: Complaints) -> None:
    """A stream of the door is in no answer about complaints, and bears no name."""
    (row,) = _waiting(crm)
    crm("door", "assign", row["id"], "--owner", "staff-17")
    for table in ("complaints", "complaint_transitions", "findings", "queue_entries"):
        found = crm("sql", f"select count(*) as n from {table}", "--json").objects
        assert found == [{"n": 0}], table
    (door,) = crm("sql", "select door_id from refused_receipts", "--json").objects
    assert crm("show", door["door_id"]).code == 2
    assert crm("status", "--json").objects[0]["complaints"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("assign", "0:9999", "--owner", "staff-17"), "nothing with id '0:9999' is at the door"),
        (("assign", "it", "--owner", "staff-17"), "see: complaints door list"),
    ],
)
def test_what_is_not_at_the_door_is_not_dealt_with(
    crm: Complaints, arguments: tuple[str, ...], said: str
) -> None:
    """An id that nobody listed is a mistake in typing."""
    done = crm("door", *arguments)
    assert done.code == 2
    assert said in done.err


def test_a_refused_act_leaves_no_trace_and_no_name(crm: Complaints) -> None:
    """An owner's name and a reason that is none are refused, and not repeated."""
    (row,) = _waiting(crm)
    named = crm("door", "assign", row["id"], "--owner", CANARY)
    reasoned = crm("door", "dismiss", row["id"], "--reason-code", f"{CANARY} said so")
    wordless = crm("door", "dismiss", row["id"], "--reason-code", "other")
    assert (named.code, reasoned.code, wordless.code) == (1, 1, 1)
    assert CANARY not in named.err + reasoned.err
    assert "say the reason in words" in wordless.err
    assert _waiting(crm) == [row]
