"""Random facts about one complaint: any event of the catalogue, in any order, against any rule."""

from __future__ import annotations

import types
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Union, get_args, get_origin
from uuid import UUID

from hypothesis import strategies as st

from domain.complaint.events import COMPLAINT_EVENTS, CorrectionRecorded, IssueOutcome
from domain.event import ENVELOPE
from tests.domain.scenario import event_id, fact

if TYPE_CHECKING:
    from domain.event import Event

_DAYS: Final = st.integers(-30, 30).map(lambda days: date(2024, 6, 10) + timedelta(days=days))
_VALUES: Final[dict[object, st.SearchStrategy[Any]]] = {
    str: st.sampled_from(["r1", "r2", "accepted", "rejected", "Closed", "In progress", "staff-1"]),
    int: st.integers(-3, 3000),
    bool: st.booleans(),
    date: _DAYS,
    datetime: _DAYS.map(lambda day: datetime(day.year, day.month, day.day, tzinfo=UTC)),
    UUID: st.integers(0, 3).map(event_id),
    bytes: st.just(b"mark"),
    list[str]: st.lists(st.sampled_from(["product", "R04"]), max_size=2),
    list[IssueOutcome]: st.just([]),
    type(None): st.none(),
}
_CORRECTIONS: Final = {
    "corrected_field": st.sampled_from(["product", "received_on", "anonymous", "reference", "x"]),
    "new_value": st.sampled_from([None, "2024-05-01", "true", "nonsense"]),
}


def _values(annotation: Any) -> st.SearchStrategy[Any]:
    if get_origin(annotation) in {Union, types.UnionType}:
        known = [part for part in get_args(annotation) if part in _VALUES]
        return st.one_of([_VALUES[part] for part in known])
    return _VALUES[annotation]


def _facts(event_type: type[Event]) -> st.SearchStrategy[Event]:
    fields = {
        name: _values(field.annotation)
        for name, field in event_type.model_fields.items()
        if name not in ENVELOPE
    }
    if event_type is CorrectionRecorded:
        fields |= _CORRECTIONS
    envelope = {"event_id": _VALUES[UUID], "occurred_on": _DAYS, "actor": _VALUES[str]}
    return st.fixed_dictionaries(envelope | fields).map(lambda said: fact(event_type, **said))


FACTS: Final = st.one_of([_facts(event_type) for event_type in COMPLAINT_EVENTS])
"""Any one fact."""

HISTORIES: Final = st.lists(FACTS, max_size=25)
"""Any facts in any order."""
