"""Every read model, view and macro; the only list to edit."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

from domain.rules.partition_state import SHAPE
from projections import (
    cfpb_reports,
    cfpb_rows,
    communications,
    complaint_transitions,
    complaints,
    decisions,
    event_tables,
    facets,
    findings,
    issues,
    odd_values,
    points,
    queue_entries,
    redress,
    refused_receipts,
    replies,
    strand_findings,
    strands,
    waits,
)
from projections.codes import code_rows
from projections.columns import event_columns
from projections.read_model import Column, Macro, ReadModel, Shared, View, sql_text
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

SHARED: tuple[Shared, ...] = (
    facets.RELATION,
    points.RELATION,
    odd_values.RELATION,
    strand_findings.RELATION,
    waits.RELATION,
)
"""What is made over the events in scope before the read models are answered."""

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
    refused_receipts.MODEL,
    issues.MODEL,
    replies.MODEL,
    *strands.MODELS,
)
"""Stored answers; none reads another, so their order is that of the documentation."""


def create_event_tables_sql() -> tuple[str, ...]:
    """Statements that make what the events lie in, and the views that the answers read."""
    texts = [model.answer_sql for model in READ_MODELS]
    texts += [each.sql(None) for each in SHARED]
    return event_tables.create_event_tables_sql(texts)


VIEWS: tuple[Macro | View, ...] = (*MACROS, *DERIVED)
"""Everything that is made over the tables, in an order in which each knows the ones it uses."""


@cache
def shape() -> str:
    """Digest of every text that a projection is made by: a file of another shape is made anew."""
    return sha256("\n".join(shape_texts()).encode()).hexdigest()


def shape_texts() -> tuple[str, ...]:
    """Every text that a projection is made by."""
    return (
        ledger_tables_sql(),
        *create_event_tables_sql(),
        *(text for model in READ_MODELS for text in (model.create_sql, model.answer_sql)),
        *(shared.sql(None) for shared in SHARED),
        *(view.sql for view in VIEWS),
        *(f"{name} {code}" for name, code in code_rows()),
        f"partition state {SHAPE}",
    )


def ledger_tables_sql() -> str:
    """Statements that make what the projector keeps beside events and read models."""
    return sql_text("ledger_tables.sql")


__all__ = [
    "DERIVED",
    "MACROS",
    "READ_MODELS",
    "SHARED",
    "VIEWS",
    "Column",
    "Macro",
    "ReadModel",
    "View",
    "code_rows",
    "create_event_tables_sql",
    "event_columns",
    "ledger_tables_sql",
    "shape",
    "shape_texts",
]
