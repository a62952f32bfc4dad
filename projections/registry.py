"""Every read model, view and macro; the only list to edit."""

from __future__ import annotations

from projections import (
    cfpb_reports,
    cfpb_rows,
    communications,
    complaint_transitions,
    complaints,
    decisions,
    findings,
    queue_entries,
    redress,
)
from projections.codes import code_rows
from projections.columns import create_events_sql, event_columns
from projections.read_model import Column, Macro, ReadModel, View, sql_text
from projections.view_columns import DERIVED

MACROS: tuple[Macro, ...] = tuple(
    Macro(name)
    for name in (
        "event_name",
        "is_opaque",
        "is_source",
        "masked",
        "masked_source",
        "in_order",
        "as_date",
        "as_instant",
        "as_items",
        "is_readable",
        "observable",
        "is_reply",
        "is_told",
        "is_turn",
        "reported_closed",
        "redress_state",
        "lifecycle_label",
    )
)
"""What the SQL texts share, in an order in which each knows the ones that it uses."""

READ_MODELS: tuple[ReadModel, ...] = (
    complaints.MODEL,
    complaint_transitions.MODEL,
    redress.MODEL,
    decisions.MODEL,
    communications.MODEL,
    findings.MODEL,
    cfpb_rows.MODEL,
    cfpb_reports.MODEL,
    queue_entries.MODEL,
)
"""Stored answers; none reads another, so their order is that of the documentation."""

VIEWS: tuple[Macro | View, ...] = (*MACROS, *DERIVED)
"""Everything that is made over the tables, in an order in which each knows the ones it uses."""


def ledger_tables_sql() -> str:
    """Statements that make what the projector keeps beside events and read models."""
    return sql_text("ledger_tables.sql")


__all__ = [
    "DERIVED",
    "MACROS",
    "READ_MODELS",
    "VIEWS",
    "Column",
    "Macro",
    "ReadModel",
    "View",
    "code_rows",
    "create_events_sql",
    "event_columns",
    "ledger_tables_sql",
]
