"""Imports: rows of an extract become facts, and every row is accounted for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from adapters.avro_codec import decode_event
from adapters.cfpb_extract import read_extract
from adapters.cfpb_set_aside import write_set_aside
from complaints_ledger.door import note_set_aside
from complaints_ledger.projector import Progress
from complaints_ledger.publishing import append_facts, uncollected
from complaints_ledger.sources import ensure_source
from domain.complaint.events import CfpbRowReported, ComplaintForwarded, ComplaintReceived
from domain.errors import InputError
from domain.identity import derived_stream_id
from domain.sealing import marks_of
from domain.sources import cfpb
from domain.sources.cfpb_known import Known, unix_lines
from domain.sources.cfpb_row import CfpbRow, SetAside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from adapters.cfpb_extract import Extract
    from complaints_ledger.ledger import Ledger

BATCH = 5_000
"""Rows planned and appended at a time; a killed import goes on behind the last such batch."""


@dataclass(slots=True)
class ImportReport:
    """What an import came to: rows = imported + unchanged + set_aside."""

    rows: int = 0
    imported: int = 0
    unchanged: int = 0
    set_aside: int = 0
    events: int = 0
    as_of: date | None = None
    as_of_basis: str = ""
    set_aside_file: Path | None = None
    ignored_columns: tuple[str, ...] = ()
    refused: int = 0
    """Events that admission refused: a source suspended, or somebody else's record in the way."""
    rows_set_aside: list[SetAside] = field(default_factory=list, repr=False)


def import_cfpb(
    ledger: Ledger,
    path: Path,
    *,
    as_of: date | None = None,
    set_aside_file: Path | None = None,
    tell: Callable[[Progress], None] = lambda _progress: None,
) -> ImportReport:
    """Import a CFPB extract: receipt and forwarding as facts, the rest as at the extract's date.

    Args:
        ledger: where the facts go.
        path: the extract, plain or gzip.
        as_of: the date of the extract; None: its latest date, marked at the earliest.
        set_aside_file: where the rows that could not go in are written, to be mended.
        tell: called after each batch of rows.

    Raises:
        InputError: the file is no CFPB extract.
    """
    extract = read_extract(path)
    survey = cfpb.survey(extract)
    when = _as_of(survey, as_of, path)
    ensure_source(ledger, cfpb.SOURCE)
    report = ImportReport(
        as_of=when.on, as_of_basis=when.basis, ignored_columns=extract.ignored_columns
    )
    total = survey.rows + survey.set_aside
    seen = cfpb.SeenRows(survey.repeated)
    for rows, bad in _batches(extract):
        report.rows += len(rows) + len(bad)
        report.rows_set_aside += bad
        with uncollected():
            _import_batch(ledger, rows, when=when, seen=seen, report=report)
        tell(Progress(report.rows, total))
    report.set_aside = len(report.rows_set_aside)
    if report.rows_set_aside:
        report.set_aside_file = set_aside_file or path.with_name(
            f"{path.name.split('.')[0]}.set-aside.csv"
        )
        ordered = sorted(report.rows_set_aside, key=lambda item: item.record)
        write_set_aside(report.set_aside_file, extract.header, ordered)
        report.refused += note_set_aside(ledger, extract, ordered)
    return report


def _as_of(survey: cfpb.Survey, given: date | None, path: Path) -> cfpb.AsOf:
    if given is not None:
        return cfpb.AsOf(given, cfpb.GIVEN)
    if survey.latest_on is None:
        msg = f"extract '{path}' has no row with a date; look at the file"
        raise InputError(msg)
    return cfpb.AsOf(survey.latest_on, cfpb.AT_THE_EARLIEST)


def _batches(extract: Extract) -> Iterator[tuple[list[CfpbRow], list[SetAside]]]:
    items = iter(extract)
    while batch := list(islice(items, BATCH)):
        rows = [item for item in batch if isinstance(item, CfpbRow)]
        yield rows, [item for item in batch if isinstance(item, SetAside)]


def _import_batch(
    ledger: Ledger,
    rows: Sequence[CfpbRow],
    *,
    when: cfpb.AsOf,
    seen: cfpb.SeenRows,
    report: ImportReport,
) -> None:
    known = known_of(ledger, [row.complaint_id for row in rows])
    marks = _marks(ledger, rows)
    plan = cfpb.plan_batch(
        rows, known, as_of=when, marks=lambda stream, text: marks[stream, text], seen=seen
    )
    ledger.world.fault("import.planned")
    verdicts = append_facts(ledger, plan.events)
    ledger.world.fault("import.appended")
    report.imported += plan.imported
    report.unchanged += plan.unchanged
    report.events += sum(verdict.outcome == "accepted" for verdict in verdicts)
    report.refused += sum(verdict.outcome == "refused" for verdict in verdicts)
    report.rows_set_aside += plan.set_aside


def _marks(ledger: Ledger, rows: Sequence[CfpbRow]) -> dict[tuple[str, str], bytes]:
    wanted = [
        (derived_stream_id(cfpb.SOURCE, row.complaint_id), unix_lines(row.narrative))
        for row in rows
        if row.narrative
    ]
    if not wanted:
        return {}
    found = marks_of(wanted, data_class="narrative", sealer=ledger.keys.sealer())
    return dict(zip(wanted, found, strict=True))


def known_of(ledger: Ledger, external_ids: Sequence[str]) -> dict[str, Known]:
    """Return what the ledger holds of these complaints now, by external id."""
    ledger.replica.catch_up()
    by_stream = {derived_stream_id(cfpb.SOURCE, id_): id_ for id_ in external_ids}
    topics = (ComplaintReceived.TOPIC, ComplaintForwarded.TOPIC, CfpbRowReported.TOPIC)
    known: dict[str, Known] = {}
    for stream_id, topic, fingerprint, value in ledger.replica.events_of(list(by_stream), topics):
        name = by_stream[stream_id]
        before = known.get(name) or Known(exists=True)
        if topic == ComplaintForwarded.TOPIC:
            before = replace(before, forwarded=True)
        elif topic == CfpbRowReported.TOPIC:
            text = ledger.replica.schema_text(fingerprint)
            before = before.after([decode_event(value, topic, text)])
        known[name] = before
    return known
