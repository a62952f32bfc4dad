"""The codes that events use and the lists that they are looked up in, for SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.catalogue import EVENT_TYPES
from domain.codes import CODE_LISTS
from domain.complaint.corrections import CORRECTABLE
from domain.opaque import OPAQUE_FIELDS
from projections.columns import event_columns, payload_fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.event import Event

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


def codes_used_expression(event_types: Iterable[type[Event]] = EVENT_TYPES) -> str:
    """DuckDB expression over a row `e` of `events`: its codes, each with its list."""
    branches = " ".join(branch for each in event_types if (branch := _branch(each)))
    return f"case e.event_type {branches} end"


def opaque_violations_expression() -> str:
    """DuckDB expression over a row `e` of `events`: its fields that hold no opaque id, and nulls."""
    cases = (f"case when {test} then '{name}' end" for name, test in _opaque_tests())
    return f"[{', '.join(cases)}]"


def is_not_opaque_expression() -> str:
    """DuckDB condition over a row `e` of `events`: some field holds no opaque id."""
    return " or ".join(test for _, test in _opaque_tests())


def _opaque_tests() -> list[tuple[str, str]]:
    columns = [name for name, _ in event_columns() if name in OPAQUE_FIELDS]
    tests = [(name, f"not is_opaque(e.{name})") for name in columns]
    return [("source", "not is_source(e.source)"), *tests]


def _branch(event_type: type[Event]) -> str:
    items: list[str] = []
    for field in payload_fields(event_type):
        name = field.name
        code_list = _REASON_LISTS.get(event_type.__name__, "") if name == "reason_code" else name
        if code_list not in CODE_LISTS:
            continue
        column = f"e.{field.column}" if field.duckdb_type.endswith("[]") else f"[e.{field.column}]"
        items.append(
            f"list_transform({column}, lambda code: {{'list': '{code_list}', 'code': code}})"
        )
    if not items:
        return ""
    return f"when '{event_type.TOPIC}' then flatten([{', '.join(items)}])"
