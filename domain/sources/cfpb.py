"""Turns the rows of the CFPB's complaint database into facts.

A row says when a complaint was received and sent on, and what an extract showed on its own
date. It says neither when anything else happened nor that it happened: no closing date is
ever made of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from domain.complaint.events.intake import ComplaintForwarded, ComplaintReceived
from domain.complaint.events.reported import CfpbRowReported
from domain.identity import derived_event_id, derived_stream_id
from domain.personal import Plaintext
from domain.sources.cfpb_known import Known, canonical, cells_of, unix_lines
from domain.sources.cfpb_row import CfpbRow, SetAside

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from domain.event import Event
    from domain.sources.cfpb_known import Cell, Marks

SOURCE: Final = "cfpb"
ACTOR: Final = "svc-cfpb-import"
ACTOR_ROLE: Final = "importer"
OBSERVABLE_STEPS: Final = ("received", "forwarded", "response", "disputed", "closed")
"""Steps that the source can report; every other step is not observable, never missing."""

GIVEN: Final = "given"
AT_THE_EARLIEST: Final = "at_the_earliest"
"""How the date of an extract is known: somebody said so, or it is the latest date in it."""

COMPANY_NOT_NAMED: Final = "company not named in the extract"
"""Stands where a complaint was sent on and the extract has no company."""

_CHANNELS: Final = {"postal_mail": "post"}
_OPEN: Final = frozenset({"In progress", "Untimely response"})
_NOT_SAID: Final = frozenset({"", "N/A"})
_MILITARY: Final = frozenset({"AA", "AE", "AP"})  # posts of the US forces: no ISO 3166-2 code
_OWN_COUNTRY: Final = frozenset({"FM", "MH", "PW"})  # US mail serves them, ISO 3166-1 lists them
_REDACTION: Final = re.compile(r"X{2,}")
_ID_BITS: Final = 1 << 27  # ids to 134 million, 16 MiB of bits; the CFPB has reached 20 million


@dataclass(frozen=True, slots=True)
class AsOf:
    """The date of an extract, and how it is known."""

    on: date
    basis: str
    """GIVEN or AT_THE_EARLIEST."""


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What a batch of rows adds: rows = imported + unchanged + len(set_aside)."""

    events: tuple[Event, ...]
    imported: int
    unchanged: int
    set_aside: tuple[SetAside, ...]
    known: Mapping[str, Known]
    """What is known of the batch's complaints once the events are admitted, by external id."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a first pass over an extract shows."""

    rows: int
    set_aside: int
    latest_on: date | None
    """Latest date received or sent: the extract is of this date at the earliest."""
    repeated: frozenset[str]
    """External ids that stand in more than one row."""


class SeenRows:
    """The rows of one file so far whose complaint stands in it more than once."""

    def __init__(self, repeated: Container[str] | None = None) -> None:
        self._repeated = repeated
        self._rows: dict[tuple[str, date], tuple[int, tuple[str | bytes, ...]]] = {}

    def contradicted_line(self, row: CfpbRow, as_of: date, cells: Mapping[str, Cell]) -> int | None:
        """Return the line that says something else of the same complaint and date, if any."""
        if self._repeated is not None and row.complaint_id not in self._repeated:
            return None
        said = canonical(cells)
        line, before = self._rows.setdefault((row.complaint_id, as_of), (row.line, said))
        return None if before == said else line


def survey(items: Iterable[CfpbRow | SetAside]) -> Survey:
    """Return what a first pass over an extract shows, in memory that does not grow with it."""
    rows = set_aside = 0
    latest: date | None = None
    low, high, repeated = bytearray(), set[str](), set[str]()
    for item in items:
        if isinstance(item, SetAside):
            set_aside += 1
            continue
        rows += 1
        for day in (item.date_received, item.date_sent):
            if day is not None and (latest is None or day > latest):
                latest = day
        if _was_seen(item.complaint_id, low, high):
            repeated.add(item.complaint_id)
    return Survey(rows, set_aside, latest, frozenset(repeated))


def _was_seen(complaint_id: str, low: bytearray, high: set[str]) -> bool:
    number = int(complaint_id)
    if number >= _ID_BITS:
        seen = complaint_id in high
        high.add(complaint_id)
        return seen
    place, bit = number >> 3, 1 << (number & 7)
    if place >= len(low):
        low.extend(bytes(max(place + 1 - len(low), len(low))))
    seen = bool(low[place] & bit)
    low[place] |= bit
    return seen


def latest_date(items: Iterable[CfpbRow | SetAside]) -> date | None:
    """Return the latest date received or sent in an extract: its date at the earliest."""
    return survey(items).latest_on


def is_open(response: str | None) -> bool | None:
    """Return whether a response says that the complaint is open; None if it does not say."""
    if response in _OPEN:
        return True
    if response is not None and response.startswith("Closed"):
        return False
    return None


def plan_batch(
    rows: Sequence[CfpbRow],
    known: Mapping[str, Known],
    *,
    as_of: AsOf,
    marks: Marks,
    seen: SeenRows | None = None,
) -> BatchPlan:
    """Return what a batch of rows adds to the ledger, in the order of their extracts.

    Args:
        rows: rows of one file, as read.
        known: what the ledger holds, by external id; no entry: nothing.
        as_of: date of the extract, for rows that do not carry their own.
        marks: makes the keyed mark of a narrative.
        seen: carried from batch to batch of one file, so that two rows that contradict each
            other are found wherever they stand.
    """
    seen = seen if seen is not None else SeenRows()
    now_known: dict[str, Known] = {}
    events: list[Event] = []
    set_aside: list[SetAside] = []
    imported = 0
    dated = [(AsOf(row.as_of, GIVEN) if row.as_of else as_of, row) for row in rows]
    for when, row in sorted(dated, key=lambda item: (item[0].on, item[1].record)):
        stream_id = derived_stream_id(SOURCE, row.complaint_id)
        cells = cells_of(row, marks=marks, stream_id=stream_id)
        line = seen.contradicted_line(row, when.on, cells)
        if line is not None:
            set_aside.append(_contradiction(row, when.on, line))
            continue
        before = now_known.get(row.complaint_id) or known.get(row.complaint_id) or Known()
        added = _facts(row, cells, stream_id=stream_id, as_of=when, known=before)
        imported += bool(added)
        events.extend(added)
        now_known[row.complaint_id] = before.after(added)
    unchanged = len(rows) - imported - len(set_aside)
    return BatchPlan(tuple(events), imported, unchanged, tuple(set_aside), now_known)


def facts_for(
    row: CfpbRow, *, as_of: date, as_of_basis: str, known: Known, marks: Marks
) -> list[Event]:
    """Return the facts that a row adds to what is known; none if it is unchanged."""
    stream_id = derived_stream_id(SOURCE, row.complaint_id)
    cells = cells_of(row, marks=marks, stream_id=stream_id)
    return _facts(row, cells, stream_id=stream_id, as_of=AsOf(as_of, as_of_basis), known=known)


def _facts(
    row: CfpbRow,
    cells: Mapping[str, Cell],
    *,
    stream_id: str,
    as_of: AsOf,
    known: Known,
) -> list[Event]:
    events: list[Event] = []
    if not known.exists:
        events.append(_received(row, stream_id))
    if row.date_sent is not None and not known.forwarded:
        events.append(_forwarded(row, stream_id, row.date_sent))
    if not known.says(cells, as_of.on):
        events.append(_reported(row, cells, stream_id, as_of))
    return events


def _received(row: CfpbRow, stream_id: str) -> ComplaintReceived:
    said: dict[str, str | None] = {
        "organisation": _said(row.company),
        "product": _said(row.product),
        "sub_product": _said(row.sub_product),
        "issue": _said(row.issue),
        "sub_issue": _said(row.sub_issue),
        "channel": _channel(row.submitted_via),
        "complainant_jurisdiction": _jurisdiction(row.state),
    }
    parts = [part for name, text in said.items() if text is not None for part in (name, text)]
    on = row.date_received
    return ComplaintReceived(
        event_id=_event_id(row, ComplaintReceived, str(on), *parts),
        **_envelope(stream_id, on),
        reference=f"CFPB-{row.complaint_id}",
        external_id=row.complaint_id,
        received_on=on,
        kind="complaint",
        complainant_category="consumer",
        referred_by=SOURCE,
        coverage=list(OBSERVABLE_STEPS),
        **said,  # type: ignore[arg-type]  # all of these fields are text or null
    )


def _forwarded(row: CfpbRow, stream_id: str, sent_on: date) -> ComplaintForwarded:
    company = _said(row.company) or COMPANY_NOT_NAMED
    return ComplaintForwarded(
        event_id=_event_id(row, ComplaintForwarded, str(sent_on), company),
        **_envelope(stream_id, sent_on),
        forwarded_to=company,
    )


def _reported(
    row: CfpbRow, cells: Mapping[str, Cell], stream_id: str, as_of: AsOf
) -> CfpbRowReported:
    told: dict[str, Any] = dict(cells)
    if row.narrative:
        text = unix_lines(row.narrative)
        told |= {
            "narrative": Plaintext(text),
            "narrative_characters": len(text),
            "narrative_lines": text.count("\n") + 1,
            "narrative_redactions": len(_REDACTION.findall(text)),
        }
    return CfpbRowReported(
        event_id=_event_id(row, CfpbRowReported, str(as_of.on), as_of.basis, *canonical(cells)),
        **_envelope(stream_id, as_of.on),
        as_of_on=as_of.on,
        as_of_basis=as_of.basis,
        cfpb_complaint_id=row.complaint_id,
        **told,
    )


def _envelope(stream_id: str, occurred_on: date) -> dict[str, Any]:
    return {
        "stream_id": stream_id,
        "occurred_on": occurred_on,
        "actor": ACTOR,
        "actor_role": ACTOR_ROLE,
        "source": SOURCE,
    }


def _event_id(row: CfpbRow, kind: type[Event], *parts: str | bytes) -> UUID:
    return derived_event_id(SOURCE, row.complaint_id, kind.TOPIC, *parts)


def _said(text: str | None) -> str | None:
    return None if text is None or text.strip() in _NOT_SAID else unix_lines(text)


def _channel(submitted_via: str | None) -> str | None:
    said = _said(submitted_via)
    if said is None:
        return None
    code = re.sub(r"[^a-z0-9]+", "_", said.casefold()).strip("_")
    return _CHANNELS.get(code, code) or None


def _jurisdiction(state: str | None) -> str | None:
    code = (state or "").strip()
    if re.fullmatch(r"[A-Z]{2}", code) is None:
        return None
    if code in _MILITARY:
        return "US"
    return code if code in _OWN_COUNTRY else f"US-{code}"


def _contradiction(row: CfpbRow, as_of: date, line: int) -> SetAside:
    reason = (
        f"complaint '{row.complaint_id}' stands in line {line} as at {as_of} with other cells; "
        "keep the row that is right"
    )
    return SetAside(row.line, row.record, "complaint_id", reason, row.raw)
