"""The codes that events use and the lists that they are looked up in, for SQL."""

from __future__ import annotations

from collections.abc import Iterable

from domain.catalogue import EVENT_TYPES
from domain.codes import CODE_LISTS
from domain.complaint.corrections import CORRECTABLE
from domain.event import Event
from domain.opaque import OPAQUE_FIELDS
from projections.columns import event_columns, payload_fields

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
    columns = [name for name, _ in event_columns() if name in OPAQUE_FIELDS]
    source = "case when not is_source(e.source) then 'source' end"
    others = (f"case when not is_opaque(e.{name}) then '{name}' end" for name in columns)
    return f"[{', '.join((source, *others))}]"


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
