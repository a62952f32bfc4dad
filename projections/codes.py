"""The codes that events use and the lists that they are looked up in, for SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.catalogue import CURRENT, EVENT_TYPES
from domain.codes import CODE_LISTS
from domain.complaint.corrections import CORRECTABLE
from domain.opaque import OPAQUE_FIELDS
from projections.columns import payload_fields
from projections.event_tables import event_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.event import Event
    from projections.columns import PayloadField

CORRECTABLE_FIELD = "correctable_field"
"""Name of the list of the receipt's fields that a correction may change."""

_REASON_LISTS = {
    "EligibilityDetermined": "eligibility_reason",
    "AttentionRaised": "escalation_reason",
    "ComplaintReopened": "reopen_reason",
    "CorrectionRecorded": "correction_reason",
}
"""List of the codes in `reason_code`, a field whose list depends on the event."""


def code_rows() -> tuple[tuple[str, str], ...]:
    """Rows of table `codes`: every list and each of its codes."""
    known = ((name, code) for name, codes in CODE_LISTS.items() for code in codes)
    fields = ((CORRECTABLE_FIELD, field) for field in CORRECTABLE)
    return (*known, *fields)


def odd_values_query(event_types: Iterable[type[Event]] = EVENT_TYPES) -> str:
    """Query over the events in scope: those with a field that holds no opaque id or no known code.

    Each has its fields of both kinds: `ids` and `codes`, lists of a name and a value; the name
    of a code is that of its list. Only odd events are unfolded, since nearly all are in order.
    """
    # A relation `scoped_<event>` has the records of every version, so each event is asked once.
    newest = dict.fromkeys(CURRENT[each.TOPIC] for each in event_types)
    branches = [branch for each in newest if (branch := _branch(each))]
    return "\n    union all\n    ".join((_NO_VALUES, *branches))


_PAIRS = "null::struct(name varchar, value varchar)[]"
_NO_VALUES = (
    "select null::bigint as stream_no, null::bigint as position, null::varchar as event_id, "
    f"{_PAIRS} as ids, {_PAIRS} as codes where false"
)


def _branch(event_type: type[Event]) -> str:
    fields = payload_fields(event_type)
    opaque = {f.column: _one_id(f) for f in fields if f.column in OPAQUE_FIELDS}
    coded = [(field, name) for field in fields if (name := _list_of(event_type, field))]
    tests = [f"is_opaque({value})" for value in opaque.values()]
    tests += [_known(field, name) for field, name in coded]
    if not tests:
        return ""
    ids = ", ".join(_pair(column, value) for column, value in opaque.items())
    single = ", ".join(_pair(n, f"e.{f.column}") for f, n in coded if not _is_several(f))
    codes = f"[{single}]"
    for field, name in coded:
        if _is_several(field):
            pairs = f"list_transform(e.{field.column}, lambda code: {_pair(name, 'code')})"
            codes = f"list_concat({codes}, {pairs})"
    return (
        f"select e.stream_no, e.position, e.event_id, [{ids}] as ids, {codes} as codes "
        f"from scoped_{event_name(event_type)} as e where not ({' and '.join(tests)})"
    )


def _one_id(field: PayloadField) -> str:
    """Expression for the id that a field holds; of several the first that is not opaque."""
    column = f"e.{field.column}"
    if not _is_several(field):
        return column
    return f"list_filter({column}, lambda id: not is_opaque(id))[1]"


def _pair(name: str, value: str) -> str:
    return f"{{'name': '{name}', 'value': {value}}}"


def _list_of(event_type: type[Event], field: PayloadField) -> str | None:
    name = field.name
    if name == "reason_code":
        return _REASON_LISTS.get(event_type.__name__)
    return name if name in CODE_LISTS else None


def _is_several(field: PayloadField) -> bool:
    return field.duckdb_type.endswith("[]")


def _known(field: PayloadField, name: str) -> str:
    listed = " ".join(CODE_LISTS[name])  # one literal is planned faster than many
    test = "list_has_all" if _is_several(field) else "list_contains"
    return f"{test}(string_split('{listed}', ' '), e.{field.column})"
