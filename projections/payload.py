"""Admitted events with their payload as JSON text, by SQL generated from the event classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.catalogue import BY_TOPIC
from domain.opaque import OPAQUE_FIELDS
from projections.columns import ENVELOPE_COLUMNS, RECORD_COLUMNS, PayloadField, payload_fields
from projections.event_tables import OF_STREAM, event_tables, union_sql

if TYPE_CHECKING:
    from projections.event_tables import EventTable

_TOLD = tuple(name for name, _ in (*RECORD_COLUMNS, *ENVELOPE_COLUMNS) if name not in OF_STREAM)


def placed_events_query() -> str:
    """DuckDB query for what the record and the envelope say of every admitted event."""
    return union_sql(_TOLD, lambda table: table.full_name, event_tables())


def told_events_query() -> str:
    """DuckDB query for every admitted event: record, envelope, and the payload as JSON text.

    Fields that are null are left out (a merge patch drops them, RFC 7396); a sealed field
    shows the name of its data key only. A type that this version does not know gives null.
    """
    return "\nunion all\n".join(
        union_sql((*_TOLD, "payload"), _with_payload, (table,), own=("payload",))
        for table in event_tables()
    )


def _with_payload(table: EventTable) -> str:
    return f"(select e.*, {_payload(table)} as payload from {table.full_name} as e)"


def _payload(table: EventTable) -> str:
    if table.topic is None:
        return "null::VARCHAR"
    fields = payload_fields(BY_TOPIC[table.topic])
    pairs = ", ".join(f"'{field.name}', {_value(field)}" for field in fields)
    return f"json_merge_patch('{{}}', json_object({pairs}))::varchar"


def _value(field: PayloadField) -> str:
    column = f"e.{field.column}"
    if field.sealed:
        return f"case when {column} is not null then json_object('sealed', {column}) end"
    if field.duckdb_type == "TIMESTAMP":
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%S.%fZ')"
    if field.duckdb_type == "BLOB":
        return f"lower(hex({column}))"
    if field.name in OPAQUE_FIELDS:
        is_list = field.duckdb_type.endswith("[]")
        return f"list_transform({column}, lambda x: masked(x))" if is_list else f"masked({column})"
    return column
