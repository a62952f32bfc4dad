"""The rows of the read models, by the plain fold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.projections.fold import (
    TOLD,
    Row,
    Stream,
    by_day,
    first,
    masked,
    masked_source,
    redress_state,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_RECEIPT = (
    "received_on",
    "received_at",
    "organisation",
    "product",
    "sub_product",
    "issue",
    "sub_issue",
    "channel",
    "respond_by",
    "remedy_sought",
    "legal_entity",
    "org_unit",
    "kind",
    "incident_on",
)


def complaints(stream: Stream) -> Iterator[Row]:
    """One row: every facet."""
    row: Row = {name: stream.corrected(name) for name in _RECEIPT}
    row |= _identity(stream) | _handling(stream) | _course(stream) | _answer(stream)
    row |= _redress(stream)
    yield row


def _identity(stream: Stream) -> Row:
    receipt = stream.receipt
    return {
        "complaint_id": stream.stream_id,
        "reference": masked(receipt["reference"]),
        "source": masked_source(receipt["source"]),
        "external_id": masked(stream.corrected("external_id")),
        "recorded_at": receipt["recorded_at"],
        "coverage": stream.coverage,
        "link_role": _link_role(stream),
        "version": len(stream.rows),
        "response": stream.reported("cfpb_response"),
        "timely": stream.reported("cfpb_timely"),
        "disputed": stream.reported("cfpb_disputed"),
    }


def _link_role(stream: Stream) -> str:
    standing: set[tuple[str, str]] = set()
    for row in stream.rows:
        what = row["what"]
        if what == "complaint_merged":
            standing.add(("merged", row["into_stream_id"]))
        elif what == "complaint_unmerged":
            standing.discard(("merged", row["into_stream_id"]))
        elif what == "complaint_split":
            standing.add(("parent", row["part_stream_id"]))
        elif what in {"complaint_linked", "complaint_unlinked"}:
            standing.discard(("child", row["linked_stream_id"]))
            if what == "complaint_linked" and row["link_kind"] == "split_from":
                standing.add(("child", row["linked_stream_id"]))
    roles = {role for role, _ in standing}
    return next((role for role in ("merged", "child", "parent") if role in roles), "standalone")


def _handling(stream: Stream) -> Row:
    eligible = (stream.last("eligibility_determined") or {}).get("eligible")
    names = {None: "undetermined", True: "eligible", False: "ineligible"}
    acknowledged = first(stream.all("complaint_acknowledged"), by_day)
    assessed = first(stream.all("initial_assessment_made"), by_day)
    return {
        "eligibility": names[eligible],
        "owner": masked((stream.last("complaint_assigned") or {}).get("owner")),
        "severity": (stream.last("initial_assessment_made") or {}).get("severity"),
        "cause_found": (stream.last("investigation_completed") or {}).get("cause_found"),
        **_moment("acknowledged", acknowledged),
        **_moment("assessed", assessed),
    }


def _course(stream: Stream) -> Row:
    closing = stream.closing()
    external, internal = stream.v("escalated_externally"), stream.v("escalated_internally")
    basis = "reported" if stream.is_reported_closed() else None
    levels = [each["level"] for each in stream.all("attention_raised")]
    outside = "signposted" if stream.all("signposted_to_edr") else "none"
    stage = "internal_review" if internal else "first_answer"
    return {
        "lifecycle": stream.label(),
        "is_open": stream.label() != "closed",
        "reopen_count": len(stream.all("complaint_reopened")),
        "closure_basis": closing["closure_basis"] if closing else basis,
        "stage": "external" if external > internal else stage,
        "external_state": "in_edr" if external else outside,
        "attention": max([0, *levels]),
        **_moment("closed", closing or {}),
        **_moment("last_event", max(stream.rows, key=by_day)),
    }


def _answer(stream: Stream) -> Row:
    decided = stream.last("decision_made") or {}
    contacts = [each for each in stream.rows if _is_told(each)]
    return {
        "outcome": decided.get("outcome"),
        **_moment("decided", decided),
        **_moment("communicated", stream.last("decision_communicated") or {}),
        **_moment("last_contact", max(contacts, key=by_day) if contacts else {}),
    }


def _redress(stream: Stream) -> Row:
    items = stream.redress_items()
    currencies = {row.get("currency") for item in items for row in item.rows} - {None}
    paid = [item.paid() for item in items if item.paid() is not None]
    is_one = len(currencies) <= 1
    return {
        "redress_state": redress_state(items),
        "redress_paid_minor": sum(filter(None, paid)) if paid and is_one else None,
        "currency": next(iter(currencies), None) if is_one else None,
    }


def complaint_transitions(stream: Stream) -> Iterator[Row]:
    """One row for each event after which the label differs."""
    before: str | None = None
    seq = 0
    for count, row in enumerate(stream.rows, start=1):
        label = stream.up_to(count).label()
        if label == before:
            continue
        seq += 1
        yield {
            "complaint_id": stream.stream_id,
            "seq": seq,
            "from_state": before,
            "to_state": label,
            "actor": masked(row["actor"]),
            **_copied(row, "occurred_on", "occurred_at", "recorded_at", "position", "event_type"),
        }
        before = label


def redress(stream: Stream) -> Iterator[Row]:
    """One row for each redress."""
    for item in stream.redress_items():
        offer = item.last("offered")
        paid_in = [r["currency"] for r in item.rows if r["what"] == "redress_fulfilled"]
        last_paid_in = next((each for each in reversed(paid_in) if each is not None), None)
        yield {
            "complaint_id": stream.stream_id,
            "redress_id": masked(item.redress_id),
            "offered_on": offer.get("occurred_on"),
            "offered_at": offer.get("occurred_at"),
            "amount_offered_minor": offer.get("amount_minor"),
            "currency": offer.get("currency") or last_paid_in,
            "amount_paid_minor": item.paid(),
            "amount_accepted_minor": _stood(item.rows),
            "amount_verified_minor": _seen(item.rows),
            "state": item.state(),
            "proposer": masked(offer.get("actor")),
            "approved_by": masked(item.last("approved").get("actor") or offer.get("approved_by")),
            **{f"{each}_on": item.last(each).get("occurred_on") for each in _REDRESS_STEPS},
            **{each: offer.get(each) for each in _OFFER},
        }


def _stood(rows: list[Row]) -> int | None:
    """Amount of the offer that the last acceptance met."""
    last = [n for n, row in enumerate(rows) if row["what"] == "redress_accepted"]
    offers = [r for r in rows[: last[-1] if last else 0] if r["what"] == "redress_offered"]
    return offers[-1]["amount_minor"] if offers else None


def _seen(rows: list[Row]) -> int | None:
    """What was carried out before somebody looked last."""
    last = [n for n, row in enumerate(rows) if row["what"] == "redress_verified"]
    paid = [r for r in rows[: last[-1] if last else 0] if r["what"] == "redress_fulfilled"]
    amounts = [row["amount_minor"] for row in paid if row["amount_minor"] is not None]
    return sum(amounts) if amounts else None


_REDRESS_STEPS = ("approved", "accepted", "declined", "fulfilled", "verified")
_OFFER = ("redress_kind", "legal_basis", "without_liability", "expires_on", "fulfil_by")


def decisions(stream: Stream) -> Iterator[Row]:
    """One row for each decision."""
    for made in stream.all("decision_made"):
        approved = _about(stream, made, "decision_approved")
        told = _about(stream, made, "decision_communicated")
        yield {
            "complaint_id": stream.stream_id,
            "decision_event_id": made["event_id"],
            "position": made["position"],
            "decider": masked(made["actor"]),
            "issues": len(made["issue_outcomes"]),
            "approved_by": masked(approved.get("actor")),
            "approved_on": approved.get("occurred_on"),
            **_moment("decided", made),
            **_moment("communicated", told),
            **_copied(made, "outcome", "decision_basis", "approval_required"),
            **_copied(made, "redress_due", "no_redress_reason"),
            **{name: told.get(name) for name in ("medium", "reply_by", "notices")},
        }


def _about(stream: Stream, made: Row, name: str) -> Row:
    found: Row = {}
    latest = None
    for row in stream.rows:
        latest = row["event_id"] if row["what"] == "decision_made" else latest
        if row["what"] == name and (row["decision_event_id"] or latest) == made["event_id"]:
            found = row
    return found


def communications(stream: Stream) -> Iterator[Row]:
    """One row for each contact."""
    inbound = {
        "complaint_received",
        "complainant_accepted",
        "complainant_rejected",
        "complaint_withdrawn",
        "redress_accepted",
        "redress_declined",
    }
    for row in stream.rows:
        if _is_told(row) or row["what"] in inbound:
            field = "channel" if row["what"] == "complaint_received" else "medium"
            yield {
                "complaint_id": stream.stream_id,
                "direction": "inbound" if row["what"] in inbound else "outbound",
                "medium": row.get(field),
                "reply_by": row.get("reply_by"),
                **{name: row.get(name) or None for name in ("content_items", "notices")},
                **{name: _masked(row.get(name)) for name in ("issue_ids", "enclosed_letters")},
                "actor": masked(row["actor"]),
                **_copied(row, "position", "event_id", "what", "occurred_on", "occurred_at"),
                **_copied(row, "recorded_at", "actor_role"),
            }


def _masked(ids: list[str] | None) -> list[str | None] | None:
    return [masked(each) for each in ids] if ids else None


_CELLS = [
    "date_received",
    "date_sent",
    "product",
    "sub_product",
    "issue",
    "sub_issue",
    "public_response",
    "company",
    "state",
    "zip_code",
    "tags",
    "consent",
    "submitted_via",
    "response",
    "timely",
    "disputed",
    "has_narrative",
]
_MEASURES = ("narrative_characters", "narrative_lines", "narrative_redactions")


def cfpb_rows(stream: Stream) -> Iterator[Row]:
    """One row: each column as last reported."""
    reports = stream.all("cfpb_row_reported")
    if reports:
        about = [row for row in reports if row["cfpb_has_narrative"] is not None]
        measured = max(about, key=_by_extract) if about else {}
        yield {
            "complaint_id": stream.stream_id,
            "cfpb_complaint_id": masked(stream.reported("cfpb_complaint_id")),
            "as_of_on": max(row["as_of_on"] for row in reports),
            "reports": len(reports),
            **{name: stream.reported(f"cfpb_{name}") for name in _CELLS},
            **{name: measured.get(name) for name in _MEASURES},
        }


def cfpb_reports(stream: Stream) -> Iterator[Row]:
    """One row for each report, in the order of the extracts."""
    known: Row = {}
    compared = {name: f"cfpb_{name}" for name in _CELLS} | {"narrative": "narrative_mark"}
    reports = sorted(stream.all("cfpb_row_reported"), key=_by_extract)
    for seq, row in enumerate(reports, start=1):
        cells = {name: row[column] for name, column in compared.items() if row[column] is not None}
        yield {
            "complaint_id": stream.stream_id,
            "seq": seq,
            "changed": [name for name in cells if known.get(name, cells[name]) != cells[name]],
            "cfpb_complaint_id": masked(row["cfpb_complaint_id"]),
            **{name: row[f"cfpb_{name}"] for name in _CELLS},
            **_copied(row, *_MEASURES),
            **_copied(row, "as_of_on", "as_of_basis", "position", "event_id", "recorded_at"),
        }
        known |= cells


def _by_extract(row: Row) -> tuple[Any, int]:
    return row["as_of_on"], row["position"]


def _is_told(row: Row) -> bool:
    return (
        row["what"] in TOLD
        or (row["what"] == "eligibility_determined" and row["explanation_sent"] is True)
        or (row["what"] == "complaint_forwarded" and row["complainant_told"] is True)
    )


def _moment(name: str, row: Row) -> Row:
    return {f"{name}_on": row.get("occurred_on"), f"{name}_at": row.get("occurred_at")}


def _copied(row: Row, *names: str) -> Row:
    return {name: row[name] for name in names}
