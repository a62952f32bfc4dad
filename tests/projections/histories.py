"""Random histories of complaints, with facts that break every rule of the life cycle."""

from __future__ import annotations

import types
import typing
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from domain.complaint.events import (
    COMPLAINT_EVENTS,
    ComplaintReceived,
    DecisionMade,
    IssueOutcome,
)
from domain.complaint.events.earlier import EARLIER_EVENTS
from domain.complaint.strands import STRAND_OF, STRANDS
from domain.door.events import DOOR_EVENTS
from domain.event import ENVELOPE, Event
from domain.personal import Sealed
from projections.columns import payload_fields

Row = dict[str, Any]

FIRST_DAY = date(2024, 3, 1)
RECORDED_FROM = datetime(2024, 3, 2, 9, 0)  # noqa: DTZ001  DuckDB's TIMESTAMP has no zone

_DAYS = st.integers(0, 9).map(lambda days: FIRST_DAY + timedelta(days=days))
_INSTANTS = st.integers(0, 9 * 24).map(
    lambda hours: datetime(2024, 3, 1, 0, 30, 0, 5, tzinfo=UTC) + timedelta(hours=hours)
)
_PEOPLE = st.sampled_from(["svc-desk", "u-1", "u-2", "Zoë Example"])
_FIELDS = {
    "issue_ids": st.lists(st.sampled_from(["issue-0", "k-1", "Zoë Example"]), max_size=1),
    "issue_outcomes": st.lists(
        st.builds(
            IssueOutcome,
            issue=st.sampled_from(["issue-0", "k-1", "a"]),
            outcome=st.sampled_from(["upheld", "not_upheld"]),
        ),
        max_size=2,
    ),
    "redress_id": st.sampled_from(["r1", "r2"]),
    "reference": st.sampled_from(["C-1", "C-2", "Zoë Example"]),
    "external_id": st.sampled_from(["x-1", "a@b.example"]),
    "outcome": st.sampled_from(["upheld", "not_upheld", "sort of"]),
    "decision_basis": st.sampled_from(["investigation", "summary", "review"]),
    "closure_basis": st.sampled_from(
        [
            "accepted",
            "no_reply_after_final",
            "summary_resolved",
            "withdrawn",
            "merged",
            "contact_restriction",
        ]
    ),
    "withdrawn_by": st.sampled_from(["complainant", "representative", "handler"]),
    "channel": st.sampled_from(["web", "pigeon"]),
    "medium": st.sampled_from(["phone", "pigeon"]),
    "currency": st.sampled_from(["EUR", "EUR", "EUR", "GBP"]),
    "amount_minor": st.sampled_from([0, 500, 1000]),
    "level": st.integers(1, 5),
    "severity": st.integers(1, 5),
    "corrected_field": st.sampled_from(
        [
            "received_on",
            "received_at",
            "respond_by",
            "incident_on",
            "product",
            "remedy_sought",
            "anonymous",
            "reference",
            "coverage",
            "nonsense",
        ]
    ),
    "new_value": st.sampled_from(
        [
            "2024-03-03",
            "2024-02-30",
            "0000-01-01",
            "2024-03-04T10:00:00Z",
            "2024-03-04T10:00:00.25+02:30",
            "2024-03-04T25:00:00Z",
            "true",
            "false",
            "",
            "R01\nR02\n",
            "é",
        ]
    ),
    "coverage": st.lists(
        st.sampled_from(
            [
                "acknowledged",
                "assigned",
                "assessed",
                "decided",
                "redress",
                "communicated",
                "signposting",
                "response",
                "closed",
            ]
        ),
        unique=True,
    ),
    "remedy_sought": st.lists(st.sampled_from(["R01", "R04", "R99"]), max_size=2),
    "cfpb_response": st.sampled_from(
        ["In progress", "Untimely response", "Closed", "Closed with explanation", ""]
    ),
    "cfpb_timely": st.sampled_from(["Yes", "No", ""]),
    "cfpb_disputed": st.sampled_from(["Yes", "N/A", ""]),
    "cfpb_complaint_id": st.just("4711"),
}
_PERSONS = frozenset({"owner", "reviewer", "investigator", "approved_by", "told", "received_by"})
_LATER_EVENTS = (
    *(each for each in COMPLAINT_EVENTS if not each.OPENS and each not in STRAND_OF),
    *EARLIER_EVENTS,
)
_KEYS = frozenset(strand.key for strand in STRANDS)


@st.composite
def histories(draw: st.DrawFn, max_events: int = 24) -> list[tuple[Event, Row]]:
    """Events of up to three streams in one partition, in the order of the log."""
    count = draw(st.integers(1, 3))
    streams: dict[int, list[Event]] = {no: [] for no in range(1, count + 1)}
    history: list[tuple[Event, Row]] = []
    for position in range(1, draw(st.integers(1, max_events)) + 1):
        stream_no = draw(st.integers(1, count))
        stream = streams[stream_no]
        later = st.sampled_from(_LATER_EVENTS) | st.sampled_from(tuple(STRAND_OF))
        event_type = draw(later) if stream else ComplaintReceived
        event = draw(_events(event_type, stream_no, position, _ids(stream)))
        stream.append(event)
        recorded_at = RECORDED_FROM + timedelta(hours=7 * position)
        history.append((event, row_of(event, stream_no, position, len(stream), recorded_at)))
    return history


@st.composite
def door_histories(draw: st.DrawFn) -> list[tuple[Event, Row]]:
    """Events of up to three streams of the door among those of complaints."""
    history = draw(histories(max_events=6))
    opening = st.sampled_from([each for each in DOOR_EVENTS if each.OPENS])
    later = st.sampled_from([each for each in DOOR_EVENTS if not each.OPENS])
    streams: dict[int, int] = {}
    first = len(history) + 1
    for position in range(first, first + draw(st.integers(1, 12))):
        stream_no = draw(st.integers(4, 6))
        streams[stream_no] = streams.get(stream_no, 0) + 1
        event_type = draw(later if streams[stream_no] > 1 else opening)
        event = draw(_events(event_type, stream_no, position, []))
        recorded_at = RECORDED_FROM + timedelta(hours=7 * position)
        history.append((event, row_of(event, stream_no, position, streams[stream_no], recorded_at)))
    return history


def _ids(stream: list[Event]) -> list[UUID]:
    """Ids that a later event may name: of the receipt and of the decisions."""
    return [each.event_id for each in stream if isinstance(each, (ComplaintReceived, DecisionMade))]


def row_of(event: Event, stream_no: int, position: int, version: int, recorded_at: datetime) -> Row:
    """Return the row of `events` that the projector would write."""
    row: Row = {
        "stream_no": stream_no,
        "partition": 0,
        "ordinal": position + 2,
        "position": position,
        "version": version,
        "judged_ordinal": position + 2,
        "event_type": type(event).TOPIC,
        "recorded_at": recorded_at,
        "judged_at": recorded_at,
    }
    for name in ENVELOPE:
        if name != "command":
            row[name] = _cell(getattr(event, name))
    for field in payload_fields(type(event)):
        value = getattr(event, field.name)
        row[field.column] = value.key_id if isinstance(value, Sealed) else _cell(value)
    return row


def _cell(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, list):
        return [each.model_dump() if isinstance(each, IssueOutcome) else each for each in value]
    return value


@st.composite
def _events(
    draw: st.DrawFn, event_type: type[Event], stream_no: int, position: int, known: list[UUID]
) -> Event:
    values: dict[str, Any] = {
        "event_id": UUID(int=position, version=4),
        "stream_id": str(UUID(int=stream_no, version=4)),
        "occurred_on": draw(_DAYS),
        "occurred_at": draw(st.none() | _INSTANTS),
        "actor": draw(_PEOPLE),
        "actor_role": "handler",
        "source": draw(st.sampled_from(["desk", "desk", "Zoë Example"])),
    }
    for name, field in event_type.model_fields.items():
        if name in ENVELOPE:
            continue
        if not field.is_required() and draw(st.booleans()):
            continue  # left at its default
        values[name] = draw(_values(name, field.annotation, known))
    return event_type.model_validate(values)


def _values(name: str, annotation: Any, known: list[UUID]) -> st.SearchStrategy[Any]:
    if name in _FIELDS:
        return _FIELDS[name]
    if name in _KEYS:
        return st.sampled_from(["k-1", "k-2", "Zoë Example"])
    if name in _PERSONS:
        return _PEOPLE
    if typing.get_origin(annotation) in {types.UnionType, typing.Union}:
        kinds = [each for each in typing.get_args(annotation) if each is not type(None)]
        if Sealed in kinds:
            return st.just(
                Sealed(subject="s-1", key_id="k-1", nonce=b"", ciphertext=b"", key_commitment=b"")
            )
        return _values(name, kinds[0], known)
    if annotation is UUID:
        return st.sampled_from([*known, UUID(int=99, version=4)])
    if typing.get_origin(annotation) is list:
        return _values(name, typing.get_args(annotation)[0], known).map(lambda item: [item])
    if annotation is IssueOutcome:
        return st.just(IssueOutcome(issue="x", outcome="upheld"))
    return {
        str: st.sampled_from(["a", "ü'\"", "x:1,"]),
        int: st.integers(0, 5),
        bool: st.booleans(),
        date: _DAYS,
        datetime: _INSTANTS,
        bytes: st.just(b"\x01"),
    }[annotation]
