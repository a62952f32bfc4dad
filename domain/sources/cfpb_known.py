"""What the ledger already knows of a complaint from the CFPB, and whether a row adds to it.

Rows arrive in any order of extracts. A row adds nothing if the ledger would say the same as
at the row's date without it, column by column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from domain.complaint.events.intake import ComplaintForwarded
from domain.complaint.events.reported import CfpbRowReported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from domain.event import Event
    from domain.sources.cfpb_row import CfpbRow

    Cell = str | bool | bytes | date
    Marks = Callable[[str, str], bytes]
    """Takes a stream id and a text of its subject; returns the text's keyed digest."""

REPORTED_TEXT: Final = {
    "cfpb_product": "product",
    "cfpb_sub_product": "sub_product",
    "cfpb_issue": "issue",
    "cfpb_sub_issue": "sub_issue",
    "cfpb_public_response": "public_response",
    "cfpb_company": "company",
    "cfpb_state": "state",
    "cfpb_zip_code": "zip_code",
    "cfpb_tags": "tags",
    "cfpb_consent": "consent",
    "cfpb_submitted_via": "submitted_via",
    "cfpb_response": "response",
    "cfpb_timely": "timely",
    "cfpb_disputed": "disputed",
}
"""Field of the event for each text column of a row that is not personal."""

REPORTED_CELLS: Final = (
    "cfpb_date_received",
    "cfpb_date_sent",
    *REPORTED_TEXT,
    "cfpb_has_narrative",
    "narrative_mark",
)
"""Fields of `CfpbRowReported` that a later row is compared with."""

_LINE_END: Final = re.compile(r"\r\n|\r")


@dataclass(frozen=True, slots=True)
class Report:
    """The cells of one earlier row, by field of `CfpbRowReported`; a missing key is no column."""

    as_of_on: date
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger holds of one complaint: its reports in as-of order, and its facts."""

    reports: tuple[Report, ...] = ()
    exists: bool = False
    forwarded: bool = False

    def with_report(self, report: Report) -> Known:
        """Return what is known once a report was added, behind those of the same date."""
        before = tuple(known for known in self.reports if known.as_of_on <= report.as_of_on)
        after = self.reports[len(before) :]
        return replace(self, reports=(*before, report, *after))

    def after(self, events: Iterable[Event]) -> Known:
        """Return what is known once these events of the complaint's stream were admitted."""
        known, exists, forwarded = self, self.exists, self.forwarded
        for event in events:
            exists = True
            if isinstance(event, ComplaintForwarded):
                forwarded = True
            elif isinstance(event, CfpbRowReported):
                known = known.with_report(report_of(event))
        return Known(known.reports, exists, forwarded)

    def says(self, cells: Mapping[str, Cell], as_of: date) -> bool:
        """Return whether the ledger says as much as these cells without them."""
        if any(report.as_of_on == as_of and _agree(cells, report.cells) for report in self.reports):
            return True
        until = [report for report in self.reports if report.as_of_on <= as_of]
        if until:
            return _agree(cells, _latest(until))
        return bool(self.reports) and _agree(cells, _latest(reversed(self.reports)))


def report_of(event: CfpbRowReported) -> Report:
    """Return the report that an event recorded."""
    cells = {name: getattr(event, name) for name in REPORTED_CELLS}
    return Report(event.as_of_on, {name: cell for name, cell in cells.items() if cell is not None})


def cells_of(row: CfpbRow, *, marks: Marks, stream_id: str) -> dict[str, Cell]:
    """Return the cells of a row by field of the event, its narrative as a keyed mark only."""
    cells: dict[str, Cell] = {"cfpb_date_received": row.date_received}
    if row.date_sent is not None:
        cells["cfpb_date_sent"] = row.date_sent
    for name, column in REPORTED_TEXT.items():
        text: str | None = getattr(row, column)
        if text is not None:
            cells[name] = unix_lines(text)
    if row.narrative is not None:
        cells["cfpb_has_narrative"] = bool(row.narrative)
        if row.narrative:
            cells["narrative_mark"] = marks(stream_id, unix_lines(row.narrative))
    return cells


def canonical(cells: Mapping[str, Cell]) -> tuple[str | bytes, ...]:
    """Return the cells as parts of an event id: name and value in turn, in a fixed order."""
    parts: list[str | bytes] = []
    for name in REPORTED_CELLS:
        if name in cells:
            cell = cells[name]
            parts.append(name)
            parts.append(cell if isinstance(cell, str | bytes) else str(cell))
    return tuple(parts)


def unix_lines(text: str) -> str:
    """Return a text with LF line ends: the others are a matter of who rendered the file."""
    return _LINE_END.sub("\n", text) if "\r" in text else text


def _latest(reports: Iterable[Report]) -> dict[str, Cell]:
    latest: dict[str, Cell] = {}
    for report in reports:
        latest.update(report.cells)
    return latest


def _agree(cells: Mapping[str, Cell], known: Mapping[str, Cell]) -> bool:
    return all(name in known and known[name] == cell for name, cell in cells.items())
