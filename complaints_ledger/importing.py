"""Imports: rows of an extract become facts, and every row is accounted for."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from adapters.cfpb_extract import read_extract
from adapters.cfpb_set_aside import write_set_aside
from complaints_ledger.projector import Progress
from complaints_ledger.publishing import append_facts
from complaints_ledger.sources import ensure_source
from domain.complaint.events import CfpbRowReported, ComplaintForwarded, ComplaintReceived
from domain.errors import InputError
from domain.identity import derived_stream_id
from domain.sealing import marks_of
from domain.sources import cfpb
from domain.sources.cfpb_known import REPORTED_CELLS, Known, Report, unix_lines
from domain.sources.cfpb_row import CfpbRow, SetAside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from adapters.cfpb_extract import Extract
    from adapters.duckdb_store import DuckStore
    from complaints_ledger.ledger import Ledger
    from complaints_ledger.projection import Projection

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
    projection: Projection,
    path: Path,
    *,
    as_of: date | None = None,
    set_aside_file: Path | None = None,
    tell: Callable[[Progress], None] = lambda _progress: None,
) -> ImportReport:
    """Import a CFPB extract: receipt and forwarding as facts, the rest as at the extract's date.

    Args:
        ledger: where the facts go.
        projection: where it looks up what the ledger knows already.
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
        _import_batch(ledger, projection, rows, when=when, seen=seen, report=report)
        tell(Progress(report.rows, total))
    report.set_aside = len(report.rows_set_aside)
    if report.rows_set_aside:
        report.set_aside_file = set_aside_file or path.with_name(
            f"{path.name.split('.')[0]}.set-aside.csv"
        )
        ordered = sorted(report.rows_set_aside, key=lambda item: item.record)
        write_set_aside(report.set_aside_file, extract.header, ordered)
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
    projection: Projection,
    rows: Sequence[CfpbRow],
    *,
    when: cfpb.AsOf,
    seen: cfpb.SeenRows,
    report: ImportReport,
) -> None:
    with projection.writing() as store:
        known = known_of(store, [row.complaint_id for row in rows])
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


_KNOWN = (
    "select e.stream_id, e.event_type, e.as_of_on, e.position, {cells} from events as e "
    "join streams as s on s.stream_no = e.stream_no semi join asked on asked.stream_id = s.stream_id "
    "where e.event_type in ($received, $forwarded, $reported) order by e.as_of_on, e.position"
)


def known_of(store: DuckStore, external_ids: Sequence[str]) -> dict[str, Known]:
    """Return what the ledger holds of these complaints, by external id."""
    import polars as pl  # noqa: PLC0415  heavy, and only an import needs it here

    by_stream = {derived_stream_id(cfpb.SOURCE, id_): id_ for id_ in external_ids}
    asked = pl.DataFrame({"stream_id": list(by_stream)}, schema={"stream_id": pl.String})
    cells = ", ".join(f"e.{name}" for name in REPORTED_CELLS)
    topics = {
        "received": ComplaintReceived.TOPIC,
        "forwarded": ComplaintForwarded.TOPIC,
        "reported": CfpbRowReported.TOPIC,
    }
    known: dict[str, Known] = {}
    with store.shown("asked", asked):
        for stream_id, topic, as_of_on, _, *values in store.rows(
            _KNOWN.format(cells=cells), topics
        ):
            name = by_stream[stream_id]
            known[name] = _with(known.get(name, Known(exists=True)), topic, as_of_on, values)
    return known


def _with(known: Known, topic: str, as_of_on: Any, values: Sequence[Any]) -> Known:
    if topic == ComplaintForwarded.TOPIC:
        return Known(reports=known.reports, exists=True, forwarded=True)
    if topic == CfpbRowReported.TOPIC:
        cells = {n: v for n, v in zip(REPORTED_CELLS, values, strict=True) if v is not None}
        return known.with_report(Report(as_of_on, cells))
    return known
