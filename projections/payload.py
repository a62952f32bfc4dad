"""The payload of any event as JSON text, by SQL generated from the event classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.opaque import OPAQUE_FIELDS
from projections.columns import PayloadField, payload_fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.event import Event


def payload_expression(event_types: Iterable[type[Event]]) -> str:
    """DuckDB expression over a row of `events` that gives its payload as JSON text.

    Fields that are null are left out (a merge patch drops them, RFC 7396); a sealed field
    shows the name of its data key only. A type that this version does not know gives null.
    """
    branches = "\n".join(_branch(event_type) for event_type in event_types)
    return f"case event_type\n{branches}\nend"


def _branch(event_type: type[Event]) -> str:
    pairs = ", ".join(f"'{field.name}', {_value(field)}" for field in payload_fields(event_type))
    return f"when '{event_type.TOPIC}' then json_merge_patch('{{}}', json_object({pairs}))::varchar"


def _value(field: PayloadField) -> str:
    if field.sealed:
        return (
            f"case when {field.column} is not null then json_object('sealed', {field.column}) end"
        )
    if field.duckdb_type == "TIMESTAMP":
        return f"strftime({field.column}, '%Y-%m-%dT%H:%M:%S.%fZ')"
    if field.duckdb_type == "BLOB":
        return f"lower(hex({field.column}))"
    if field.name in OPAQUE_FIELDS:
        return f"masked({field.column})"
    return field.column
