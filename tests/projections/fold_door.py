"""The rows of `refused_receipts`, by a plain fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.projections.fold import Row, masked, masked_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NOTED = "complaints.refused_receipt_noted.v1"
SET_ASIDE = "complaints.receipt_set_aside.v1"


def refused_receipts(rows: Iterable[Row]) -> Iterator[Row]:
    """One row per stream that a refused record or a row set aside opened."""
    found: dict[int, Row] = {}
    for row in sorted(rows, key=lambda each: each["position"]):
        known = found.get(row["stream_no"])
        if row["event_type"] in {NOTED, SET_ASIDE}:
            found[row["stream_no"]] = _opened(row)
        elif known is not None and row["event_type"].endswith("_assigned.v1"):
            known |= {"owner": masked(row["owner"]), "assigned_on": row["occurred_on"]}
        elif known is not None and row["event_type"].endswith("_dismissed.v1"):
            known["dismissed_on"] = row["occurred_on"]
            known["dismissal_reason"] = row["reason_code"]
    yield from found.values()


def _opened(row: Row) -> Row:
    refused = row["event_type"] == NOTED
    return {
        "door_id": row["stream_id"],
        "origin": "refused" if refused else "set_aside",
        "ordinal": row["ordinal"],
        "recorded_at": row["recorded_at"],
        "refused_partition": row.get("refused_partition"),
        "refused_ordinal": row.get("refused_ordinal"),
        "extract_digest": masked(row.get("extract_digest")),
        "extract_line": row.get("extract_line"),
        "reason": row["refused_reason" if refused else "set_aside_reason"],
        "set_aside_field": row.get("set_aside_field"),
        "claimed_stream_id": masked(row.get("claimed_stream_id")),
        "claimed_source": masked_source(row.get("claimed_source")),
        "claimed_external_id": masked(row.get("claimed_external_id")),
        "claimed_received_on": row.get("claimed_received_on"),
        "owner": None,
        "assigned_on": None,
        "dismissed_on": None,
        "dismissal_reason": None,
    }
