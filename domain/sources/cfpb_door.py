"""Rows of a CFPB extract that were set aside, as facts: each may be a complaint received."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from domain.door.events import ReceiptSetAside
from domain.identity import derived_event_id, derived_stream_id, set_aside_stream_id
from domain.rules.decoding import MAX_DATE, MIN_DATE
from domain.sources.cfpb import ACTOR, ACTOR_ROLE, SOURCE
from domain.sources.cfpb_reading import complaint_id_in
from domain.sources.cfpb_row import layout_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from domain.sources.cfpb_row import Layout, SetAside

_EPOCH: Final = date(1970, 1, 1)


def receipts_set_aside(
    items: Iterable[SetAside],
    header: Sequence[str],
    *,
    extract_digest: str,
    noted_at: datetime,
    noted_by: str,
) -> Iterator[ReceiptSetAside]:
    """Yield a fact for each row that was set aside; no cell but id and date goes into it.

    Args:
        items: the rows.
        header: names of the extract's columns.
        extract_digest: SHA-256 of the extract, in hexadecimal.
        noted_at: instant at which they are noted (UTC).
        noted_by: source that says so.
    """
    layout = layout_of(header, file="extract")
    names = {header[place]: name for name, place in layout.places.items()} | {
        name: name for name in layout.places
    }
    for item in items:
        external_id = _external_id(item, layout)
        received_on = _received_on(item, layout)
        field = None if item.field is None else names.get(item.field)
        reason = "row_unreadable" if item.field is None else "cell_unfit"
        parts = (str(noted_at), noted_by, reason, field, external_id, received_on)
        yield ReceiptSetAside(
            event_id=derived_event_id(
                ReceiptSetAside.TOPIC,
                extract_digest,
                str(item.line),
                *("" if part is None else str(part) for part in parts),
            ),
            stream_id=set_aside_stream_id(extract_digest, item.line),
            occurred_on=noted_at.date(),
            occurred_at=noted_at,
            occurred_zone="UTC",
            actor=ACTOR,
            actor_role=ACTOR_ROLE,
            source=noted_by,
            extract_digest=extract_digest,
            extract_line=item.line,
            set_aside_reason=reason,
            set_aside_field=field,
            claimed_source=SOURCE,
            claimed_external_id=external_id,
            claimed_stream_id=derived_stream_id(SOURCE, external_id) if external_id else None,
            claimed_received_on=received_on,
        )


def _cell(item: SetAside, layout: Layout, name: str) -> str:
    """Return a cell, or nothing if the row has slipped: its cells may stand anywhere."""
    whole = len(item.raw) == len(layout.header)
    return item.raw[layout.places[name]].strip() if whole else ""


def _external_id(item: SetAside, layout: Layout) -> str | None:
    return complaint_id_in(_cell(item, layout, "complaint_id"))


def _received_on(item: SetAside, layout: Layout) -> date | None:
    try:
        found = date.fromisoformat(_cell(item, layout, "date_received"))
    except ValueError:
        return None
    return found if MIN_DATE <= (found - _EPOCH).days <= MAX_DATE else None
