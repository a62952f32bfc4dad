"""Who replied to what, and whom an offer waits for, by the plain fold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.projections.fold import Row, Stream, masked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

_ANSWERS = {
    "complainant_accepted": "accepted",
    "complainant_rejected": "rejected",
    "complainant_did_not_reply": "no_reply",
}
_OFFERS = {"redress_accepted": "accepted", "redress_declined": "rejected"}


def replies(stream: Stream) -> Iterator[Row]:
    """One row for each reply."""
    rows = stream.all(*_ANSWERS, *_OFFERS)
    for row in rows:
        is_offer = row["what"] in _OFFERS
        offers = [row["redress_id"]] if is_offer else row.get("redress_ids")
        later = [each for each in rows if _about(each) == _about(row)]
        yield {
            "complaint_id": stream.stream_id,
            "position": row["position"],
            "event_id": row["event_id"],
            "replied_to": "offer" if is_offer else "answer",
            "reply": (_OFFERS | _ANSWERS)[row["what"]],
            "party_id": masked(row.get("party_id")),
            "redress_ids": [masked(each) for each in offers or ()] or None,
            "issue_ids": [masked(each) for each in row.get("issue_ids") or ()] or None,
            "occurred_on": row["occurred_on"],
            "medium": row.get("medium"),
            "reason_code": row.get("reason_code"),
            "is_last": later[-1] is row,
        }


def _about(row: Row) -> tuple[Any, Any]:
    return row.get("party_id"), row["redress_id"] if row["what"] in _OFFERS else None


def waiting_since(stream: Stream) -> date | None:
    """Since when an offer waits for a joint complainant; null: none does."""
    joined = {row["party_id"]: row for row in stream.all("complainant_joined")}
    for row in stream.all("complainant_left"):
        if row["party_id"] in joined and joined[row["party_id"]]["position"] < row["position"]:
            del joined[row["party_id"]]
    required = [key for key, row in joined.items() if row["must_accept"]]
    if not required:
        return None
    last: dict[Any, Row] = {}
    for row in stream.all(*_OFFERS):
        last[(row["redress_id"], row.get("party_id"))] = row
    days = [
        row["occurred_on"]
        for (redress, _), row in last.items()
        if row["what"] == "redress_accepted"
        and any((redress, who) not in last for who in (None, *required))
    ]
    return min(days, default=None)
