from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from adapters.cfpb_extract import read_extract
from domain.complaint.events import CfpbRowReported, ComplaintForwarded, ComplaintReceived
from domain.sources.cfpb import AT_THE_EARLIEST, AsOf, SeenRows, is_open, plan_batch, survey
from domain.sources.cfpb_row import CfpbRow, SetAside
from tests.sources.rows import marks
from tests.sources.shared_data import ROOT, shared

if TYPE_CHECKING:
    from pathlib import Path

    from domain.sources.cfpb_known import Known

BATCH = 500
SNAPSHOT_COLUMNS = {
    "Company response to consumer": "cfpb_response",
    "Timely response?": "cfpb_timely",
    "Company public response": "cfpb_public_response",
    "Consumer consent provided?": "cfpb_consent",
}
SAMPLE = ROOT / "complaints_ledger" / "sample" / "cfpb_sample.csv.gz"


def rows_of(path: Path) -> tuple[list[CfpbRow], list[SetAside]]:
    """Return the rows of an extract and what was set aside."""
    items = list(read_extract(path))
    return (
        [item for item in items if isinstance(item, CfpbRow)],
        [item for item in items if isinstance(item, SetAside)],
    )


def import_file(path: Path, known: dict[str, Known]) -> tuple[Counter[str], list[Any]]:
    """Import an extract into what is known; return the counts and the events."""
    extract = read_extract(path)
    first = survey(extract)
    assert first.latest_on is not None
    seen = SeenRows(first.repeated)
    rows, set_aside = rows_of(path)
    counts = Counter(rows=len(rows) + len(set_aside), set_aside=len(set_aside))
    events: list[Any] = []
    for start in range(0, len(rows), BATCH):
        plan = plan_batch(
            rows[start : start + BATCH],
            known,
            as_of=AsOf(first.latest_on, AT_THE_EARLIEST),
            marks=marks,
            seen=seen,
        )
        known |= plan.known
        events.extend(plan.events)
        counts.update(
            imported=plan.imported, unchanged=plan.unchanged, set_aside=len(plan.set_aside)
        )
    assert counts["rows"] == counts["imported"] + counts["unchanged"] + counts["set_aside"]
    return counts, events


@pytest.mark.parametrize(
    ("name", "rows", "set_aside", "kinds"),
    [
        ("cfpb_sample.csv.gz", 6623, 0, 3),
        ("cfpb_2013_snake_header.csv.gz", 1000, 0, 3),
        ("cfpb_2014q4_old_layout.csv.gz", 8340, 1, 3),
        pytest.param("cfpb_2015q1_volume.csv.gz", 28156, 0, 3, marks=pytest.mark.slow),
    ],
)
def test_real_extract_goes_in_once(name: str, rows: int, set_aside: int, kinds: int) -> None:
    """Every row is imported or set aside; the same extract again adds nothing."""
    known: dict[str, Known] = {}
    counts, events = import_file(shared(name), known)
    assert counts == Counter(rows=rows, imported=rows - set_aside, set_aside=set_aside)
    assert len(events) == kinds * (rows - set_aside)
    assert len({event.event_id for event in events}) == len(events)
    again, events = import_file(shared(name), known)
    assert (again["unchanged"], events) == (rows - set_aside, [])


def test_short_row_of_2014_is_named() -> None:
    """The last row of the old layout lacks a cell."""
    _, (item,) = rows_of(shared("cfpb_2014q4_old_layout.csv.gz"))
    assert (item.line, item.record, item.raw[0]) == (8341, 8340, "1066397")
    assert "13 cells" in item.reason


def test_rows_sent_before_received_go_in() -> None:
    """Odd dates are facts of the source, not errors of ours."""
    rows, _ = rows_of(shared("cfpb_2013_snake_header.csv.gz"))
    early = [row for row in rows if row.date_sent and row.date_sent < row.date_received]
    assert len(early) == 23


def test_absent_columns_of_2015_are_none() -> None:
    """The layout without companies leaves them out instead of blank."""
    rows, _ = rows_of(shared("cfpb_2015q1_volume.csv.gz"))
    assert {(row.company, row.submitted_via, row.narrative) for row in rows} == {(None,) * 3}
    assert read_extract(shared("cfpb_2015q1_volume.csv.gz")).ignored_columns == ()


def test_known_answers_come_out_of_the_events() -> None:
    """The facts hold what the extract's known answers ask."""
    expected = json.loads(shared("cfpb_sample.expected.json").read_text())
    _, events = import_file(shared("cfpb_sample.csv.gz"), {})
    reports = [event for event in events if isinstance(event, CfpbRowReported)]
    ids = sorted(event.cfpb_complaint_id for event in reports)
    texts = [event for event in reports if event.cfpb_has_narrative]
    assert {event.as_of_on.isoformat() for event in reports} == {"2020-03-20"}
    for name, column in {
        "by_product": "cfpb_product",
        "by_company_response": "cfpb_response",
        "by_timely": "cfpb_timely",
        "by_submitted_via": "cfpb_submitted_via",
        "by_consent": "cfpb_consent",
        "by_tags": "cfpb_tags",
        "by_disputed": "cfpb_disputed",
    }.items():
        assert Counter(getattr(event, column) for event in reports) == expected[name]
    assert len(texts) == expected["narratives"]
    assert (
        max(event.narrative_characters or 0 for event in texts) == expected["narrative_max_chars"]
    )
    assert (
        sum((event.narrative_lines or 0) > 1 for event in texts) == expected["narratives_multiline"]
    )
    redacted = sum(bool(event.narrative_redactions) for event in texts)
    assert redacted == expected["narratives_with_XX_redaction"]
    assert sum(event.cfpb_response == "In progress" for event in reports) == 35
    digests = {
        hashlib.sha256(mark.join(ids).encode() + end).hexdigest()
        for mark in ("\n", ",", "")
        for end in (b"", b"\n")
    }
    assert expected["sha256_of_sorted_ids"] in digests


def test_snapshots_tell_their_changes_in_the_order_of_the_extracts() -> None:
    """177 complaints, each seen twice: the later row is added where it differs."""
    _, events = import_file(shared("cfpb_snapshots_dev.csv"), {})
    kinds = Counter(type(event) for event in events)
    assert kinds[ComplaintReceived] == kinds[ComplaintForwarded] == 177
    told: dict[str, list[CfpbRowReported]] = {}
    for event in events:
        if isinstance(event, CfpbRowReported):
            told.setdefault(event.cfpb_complaint_id, []).append(event)
    with shared("cfpb_snapshots_dev.csv").open(newline="", encoding="utf-8") as file:
        raw: dict[str, list[dict[str, str]]] = {}
        for row in csv.DictReader(file):
            raw.setdefault(row["Complaint ID"], []).append(row)
    for name, column in SNAPSHOT_COLUMNS.items():
        expected, found = Counter[Any](), Counter[Any]()
        for number, seen in raw.items():
            first, last = sorted(seen, key=lambda row: row["extract_date_approx"])
            expected[first[name], last[name]] += 1
            found[getattr(told[number][0], column), getattr(told[number][-1], column)] += 1
        assert found == expected
    changed = Counter(
        (reports[0].cfpb_response, reports[-1].cfpb_response) for reports in told.values()
    )
    assert changed["In progress", "Closed with explanation"] == 19
    assert changed["Closed", "Untimely response"] == 1


def test_snapshots_know_the_same_whatever_the_order_of_rows(tmp_path: Path) -> None:
    """Turning the file around changes who came first, not what was reported as at which date."""
    text = shared("cfpb_snapshots_dev.csv").read_text()
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    turned = tmp_path / "turned.csv"
    with turned.open("w", newline="") as file:
        csv.writer(file).writerows([header, *reversed(rows)])
    forward: dict[str, Known] = {}
    backward: dict[str, Known] = {}
    import_file(shared("cfpb_snapshots_dev.csv"), forward)
    import_file(turned, backward)
    assert forward.keys() == backward.keys()
    for number, known in forward.items():
        latest = known.reports[-1].cells
        assert latest.items() <= backward[number].reports[-1].cells.items() or (
            backward[number].says(latest, known.reports[-1].as_of_on)
        )


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_extract_with_other_line_ends_everywhere_adds_nothing(tmp_path: Path, ends: str) -> None:
    """A file whose very narratives were given other line ends says nothing new."""
    known: dict[str, Known] = {}
    import_file(SAMPLE, known)
    other = tmp_path / "other.csv"
    other.write_bytes(gzip.decompress(SAMPLE.read_bytes()).replace(b"\n", ends.encode()))
    counts, events = import_file(other, known)
    assert (counts["unchanged"], events) == (1200, [])


def test_shipped_sample_holds_what_its_page_says() -> None:
    """The sample of the demo has every kind of row that the importer must tell apart."""
    rows, set_aside = rows_of(SAMPLE)
    assert (len(rows), set_aside) == (1200, [])
    responses = Counter(row.response for row in rows)
    assert (responses["In progress"], responses["Untimely response"]) == (35, 37)
    assert sum(is_open(row.response) is True for row in rows) == 72
    assert sum("\n" in (row.narrative or "") for row in rows) >= 100
    assert sum(not (row.company or "").isascii() for row in rows) == 6


def test_shipped_sample_has_unchanged_cells() -> None:
    """The sample is a selection: no cell of it differs from its origin."""
    origin = {row.complaint_id: row.raw for row in rows_of(shared("cfpb_sample.csv.gz"))[0]}
    for row in rows_of(SAMPLE)[0]:
        assert origin[row.complaint_id] == row.raw
