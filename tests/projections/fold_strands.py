"""The rows of the strands' read models, by the plain fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.opaque import OPAQUE_FIELDS
from projections.columns import payload_fields
from tests.projections.fold import Row, Stream, masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from domain.complaint.strands import Strand

_SAID_ANEW = {"authority_evidence", "expires_on", "review_by", "issue", "sub_issue", "respond_by"}


def strands(kind: Strand) -> Callable[[Stream], Iterator[Row]]:
    """Return the fold of one kind of strand."""
    return lambda stream: _rows(kind, stream)


def _rows(kind: Strand, stream: Stream) -> Iterator[Row]:
    verbs = {each.TOPIC.split(".")[1]: verb for each, verb in kind.steps}
    empty = _empty(kind)
    rows: dict[str, Row] = {}
    for event in stream.rows:
        verb = verbs.get(event["what"])
        if verb is None:
            continue
        key = event[kind.key]
        row = rows.setdefault(
            key, {"complaint_id": stream.stream_id, kind.key: masked(key), **empty}
        )
        row["state"] = verb
        row |= _said(kind, event, verb, row)
    yield from rows.values()


def _empty(kind: Strand) -> Row:
    names: list[str] = []
    for each, verb in kind.steps:
        names += [f"{verb}_on", f"{verb}_by"]
        names += [_name(field, verb, names) for field in _fields(each, kind)]
    return dict.fromkeys(names)


def _fields(event_type: object, kind: Strand) -> list[str]:
    found = payload_fields(event_type)  # type: ignore[arg-type]
    return [field.name for field in found if not field.sealed and field.name != kind.key]


def _name(field: str, verb: str, taken: list[str]) -> str:
    return f"{verb}_{field}" if field in taken and field not in _SAID_ANEW else field


def _said(kind: Strand, event: Row, verb: str, row: Row) -> Row:
    event_type = next(each for each, _ in kind.steps if event["event_type"] == each.TOPIC)
    said: Row = {f"{verb}_on": event["occurred_on"], f"{verb}_by": masked(event["actor"])}
    earlier: list[str] = []
    for each, its_verb in kind.steps:
        if each is event_type:
            break
        earlier += [_name(field, its_verb, earlier) for field in _fields(each, kind)]
    for field in _fields(event_type, kind):
        value = masked(event[field]) if field in OPAQUE_FIELDS else event[field]
        name = _name(field, verb, earlier)
        said[name] = row[name] if value is None and field in _SAID_ANEW else value
    return said
