"""The rows of `queue_entries`, by the plain fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.projections.fold import Row, Stream, masked
from tests.projections.fold_waits import waits

if TYPE_CHECKING:
    from collections.abc import Iterator


def queue_entries(stream: Stream) -> Iterator[Row]:
    """One row for each reason for which the complaint waits."""
    ended = _ended(stream)
    found = [_awaiting_redress(stream, ended), _awaiting_response(stream)]
    found.append(_awaiting_closure(stream, ended))
    if ended is None:
        found += [_unacknowledged(stream), _unassigned(stream), _escalated(stream)]
        found += [_awaiting_decision(stream), _not_signposted(stream)]
    found += waits(stream)
    for entry in found:
        if entry is not None:
            queue, since, why = entry[:3]
            yield {
                "queue": queue,
                "complaint_id": stream.stream_id,
                "since": since,
                "due_on": entry[3] if len(entry) > 3 else stream.corrected("respond_by"),
                "owner": masked((stream.last("complaint_assigned") or {}).get("owner")),
                "severity": (stream.last("initial_assessment_made") or {}).get("severity"),
                "why": why,
            }


def _on(row: Row | None) -> object:
    return None if row is None else row["occurred_on"]


def _ended(stream: Stream) -> tuple[str, object] | None:
    reopened = stream.v("complaint_reopened")
    if stream.v("complaint_withdrawn") > reopened:
        return "withdrawn", _on(stream.last("complaint_withdrawn"))
    eligibility = stream.last("eligibility_determined")
    if eligibility and eligibility["position"] > reopened and not eligibility["eligible"]:
        return "ineligible", _on(eligibility)
    forwarding = stream.last("complaint_forwarded")
    if forwarding and forwarding["position"] > reopened and not forwarding["keeps_part"]:
        return ("forwarded", _on(forwarding)) if stream.sees("decided") else None
    return None


Entry = tuple[object, ...] | None


def _unacknowledged(stream: Stream) -> Entry:
    answered = stream.all("complaint_acknowledged", "decision_communicated")
    if (
        stream.label() in {"closed", "in_edr"}
        or answered
        or stream.summary_position()
        or (stream.corrected("anonymous") and not stream.all("complainant_identified"))
        or not stream.sees("acknowledged")
    ):
        return None
    return "unacknowledged", stream.corrected("received_on"), "no acknowledgement"


def _unassigned(stream: Stream) -> Entry:
    owned = stream.all("complaint_assigned")
    if stream.label() == "closed" or owned or not stream.sees("assigned"):
        return None
    return "unassigned", stream.corrected("received_on"), "nobody is responsible"


def _escalated(stream: Stream) -> Entry:
    told = stream.v("decision_communicated")
    external, internal = stream.v("escalated_externally"), stream.v("escalated_internally")
    if stream.label() == "closed":
        return None
    if external > internal:
        return "escalated", _on(stream.last("escalated_externally")), "external"
    if internal > told:
        return "escalated", _on(stream.last("escalated_internally")), "internal review"
    if stream.v("attention_raised") > told:
        level = max(row["level"] for row in stream.all("attention_raised"))
        return "escalated", _on(stream.last("attention_raised")), f"attention level {level}"
    return None


def _awaiting_decision(stream: Stream) -> Entry:
    label, reopened = stream.label(), stream.last("complaint_reopened")
    restarted = reopened is not None and label in {"received", "acknowledged"}
    waits = label in {"assessed", "investigating", "deciding", "in_review"} or restarted
    if not waits or not stream.sees("decided"):
        return None
    made = stream.last("decision_made")
    if label == "in_review":
        return "awaiting decision", _on(stream.last("escalated_internally")), "in internal review"
    if made is not None and made["position"] > stream.v("complaint_reopened"):
        approvals = {row["decision_event_id"] for row in stream.all("decision_approved")}
        missing = made["approval_required"] and made["event_id"] not in approvals
        why = "decision not approved" if missing else "decision not communicated"
        return "awaiting decision", _on(made), why
    if label == "deciding":
        since = _on(stream.last("investigation_completed"))
        return "awaiting decision", since, "investigation completed"
    if label == "investigating":
        since = _on(stream.last("investigation_opened"))
        return "awaiting decision", since, "under investigation"
    if reopened is not None:
        return "awaiting decision", _on(reopened), "reopened"
    return "awaiting decision", _on(stream.last("initial_assessment_made")), "assessed"


def _awaiting_redress(stream: Stream, ended: object) -> Entry:
    if not stream.sees("redress"):
        return None
    owed = [item for item in stream.redress_items() if item.is_owed()]
    if owed:
        dues = [item.last("offered").get("fulfil_by") for item in owed]
        since = min(item.last("accepted")["occurred_on"] for item in owed)
        known = [due for due in dues if due is not None]
        why = "accepted and not carried out"
        return "awaiting redress", since, why, min(known) if known else None
    made = stream.last("decision_made")
    if (
        made is None
        or ended is not None
        or stream.label() == "closed"
        or made["position"] <= stream.v("complaint_reopened")
        or not made["redress_due"]
        or stream.all("redress_offered")
    ):
        return None
    return "awaiting redress", _on(made), "owed and not offered", None


def _not_signposted(stream: Stream) -> Entry:
    shown = stream.all("signposted_to_edr")
    if stream.label() != "unresolved" or shown or not stream.sees("signposting"):
        return None
    why = "rejected; not told where to go outside"
    return "rejected and not signposted", _on(stream.standing_reply()), why


def _awaiting_response(stream: Stream) -> Entry:
    response = stream.reported("cfpb_response")
    waits = response in {"In progress", "Untimely response"} and stream.sees("response")
    if stream.label() == "closed" or not waits:
        return None
    return "awaiting response", stream.corrected("received_on"), response


def _awaiting_closure(stream: Stream, ended: tuple[str, object] | None) -> Entry:
    if stream.label() == "closed" or not stream.sees("closed"):
        return None
    if ended is not None:
        return "awaiting closure", ended[1], ended[0]
    if stream.label() != "decided":
        return None
    reply = stream.standing_reply()
    if reply is not None:
        accepted = reply["what"] == "complainant_accepted"
        return "awaiting closure", _on(reply), "accepted" if accepted else "no reply"
    agreed = stream.summary_position()
    if agreed > max(stream.v("decision_communicated"), stream.v("complaint_reopened")):
        row = next(each for each in stream.rows if each["position"] == agreed)
        return "awaiting closure", _on(row), "put right at first contact"
    return None
