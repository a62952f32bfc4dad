"""The rows of `findings`, by the plain fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from domain.codes import CODE_LISTS
from domain.complaint.corrections import CORRECTABLE
from domain.opaque import OPAQUE_FIELDS, is_opaque, is_source
from tests.projections.fold import DAY, REPLIES, Row, Stream, by_day, codes_of
from tests.projections.fold_points import of_points
from tests.projections.fold_strand_findings import (
    AFTER_CLOSING,
    STRAND_RULES,
    merged_by_that_day,
    of_strands,
)

Found = Iterator[tuple[str, str | None]]
Judge = Callable[[Stream, Row], Found]

_TURNS = {"complaint_closed", "complaint_reopened"}
_ESCALATIONS = {"escalated_internally", "escalated_externally"}
_RULES = {
    "before_receipt": ("INV-06", "breach"),
    "decided_before_assessment": ("INV-06", "breach"),
    "communicated_before_decision": ("INV-06", "breach"),
    "closed_without_decision": ("INV-06", "breach"),
    "closed_without_signposting": ("INV-08", "breach"),
    "closed_with_redress_owed": ("INV-09", "breach"),
    "approved_by_decider": ("domain 3.3", "breach"),
    "decision_not_found": ("domain 3.3", "doubt"),
    "redress_approved_by_proposer": ("INV-10", "breach"),
    "reviewed_by_first_decider": ("INV-11", "breach"),
    "summary_without_agreement": ("INV-20", "breach"),
    "no_reply_too_early": ("INV-21", "breach"),
    "withdrawn_by_another": ("INV-22", "breach"),
    "merged_without_survivor": ("INV-23", "breach"),
    "closed_to_restrict_contact": ("INV-24", "breach"),
    "after_closing": ("domain 3.2", "doubt"),
    "reopened_while_open": ("domain 3.3", "doubt"),
    "verified_by_payer": ("domain 3.3", "breach"),
    "redress_not_offered": ("domain 3.3", "doubt"),
    "correction_without_effect": ("INV-01", "doubt"),
    "receipt_moved_alone": ("INV-04", "breach"),
    "received_after_recorded": ("INV-04", "breach"),
    "dated_in_future": ("INV-04", "doubt"),
    "not_opaque": ("INV-13", "breach"),
    "unknown_code": ("domain 3.3", "doubt"),
    "closed_with_open_point": ("domain 3.6", "breach"),
    "communicated_without_answering": ("domain 3.6", "breach"),
    "upheld_without_redress": ("domain 3.6", "breach"),
    "cause_without_action": ("domain 3.8", "breach"),
    **STRAND_RULES,
}


def findings(stream: Stream) -> Iterator[Row]:
    """One row for each breach."""
    for row in stream.rows:
        judges: list[Judge] = [_any_event]
        if row["what"] not in {"complaint_received", "cfpb_row_reported"}:
            judges += [_any_step, *_JUDGES.get(row["what"], ())]
        if row["what"].startswith("redress_"):
            judges.append(_redress)
        judges += [of_strands, of_points]
        for judge in judges:
            for finding, detail in judge(stream, row):
                invariant, severity = _RULES[finding]
                yield {
                    "complaint_id": stream.stream_id,
                    "position": row["position"],
                    "event_id": row["event_id"],
                    "finding": finding,
                    "invariant": invariant,
                    "severity": severity,
                    "detail": detail,
                }


def _by_that_day(stream: Stream, row: Row, *names: str) -> list[Row]:
    found = [each for each in stream.all(*names) if each["occurred_on"] <= row["occurred_on"]]
    return sorted(found, key=by_day)


def _agreed(stream: Stream, row: Row) -> bool:
    summaries = _by_that_day(stream, row, "summary_resolution_agreed")
    return any(each["agreed_by_complainant"] for each in summaries)


def _any_event(_: Stream, row: Row) -> Found:
    tolerance = timedelta(minutes=5)
    latest_day = row["recorded_at"].date() + DAY
    instant = row["occurred_at"]
    if row["occurred_on"] > latest_day or (instant and instant > row["recorded_at"] + tolerance):
        yield "dated_in_future", None
    if row["what"] == "complaint_received":
        received = row["received_at"]
        late = received is not None and received > row["recorded_at"] + tolerance
        if row["received_on"] > latest_day or late:
            yield "received_after_recorded", None
    if not is_source(row["source"]):
        yield "not_opaque", "source"
    for field in OPAQUE_FIELDS:
        value = row.get(field)
        held = value if isinstance(value, list) else [value]
        if any(each is not None and not is_opaque(each) for each in held):
            yield "not_opaque", field
    for name, code in codes_of(row):
        if code not in CODE_LISTS[name]:
            yield "unknown_code", name


def _any_step(stream: Stream, row: Row) -> Found:
    before = [each for each in stream.rows if by_day(each) < by_day(row) and each["what"] in _TURNS]
    turn = max(before, key=by_day) if before else None
    is_closed = turn is not None and turn["what"] == "complaint_closed"
    is_early = row["occurred_on"] < stream.corrected("received_on")
    if is_early and row["what"] != "correction_recorded":
        yield "before_receipt", row["what"]
    is_late = is_closed and turn is not None and row["occurred_on"] > turn["occurred_on"]
    if is_late and row["what"] not in AFTER_CLOSING:
        yield "after_closing", row["what"]
    if row["what"] == "complaint_reopened" and not is_closed and stream.sees("decided"):
        yield "reopened_while_open", None


def _decision(stream: Stream, row: Row) -> Found:
    assessed = _by_that_day(stream, row, "initial_assessment_made") or _agreed(stream, row)
    if not assessed and stream.sees("assessed"):
        yield "decided_before_assessment", row["decision_basis"] or "no basis named"
    if _stage(stream, row) == "escalated_internally" and row["actor"] in _first_deciders(stream):
        yield "reviewed_by_first_decider", row["what"]


def _stage(stream: Stream, row: Row) -> str | None:
    before = [e for e in stream.all(*_ESCALATIONS) if e["position"] < row["position"]]
    return before[-1]["what"] if before else None


def _first_deciders(stream: Stream) -> set[str]:
    return {row["actor"] for row in stream.all("decision_made") if _stage(stream, row) is None}


def _review(stream: Stream, row: Row) -> Found:
    if row["reviewer"] in _first_deciders(stream):
        yield "reviewed_by_first_decider", row["what"]


def _named_decision(stream: Stream, row: Row) -> Found:
    named = row["decision_event_id"]
    made = [each for each in stream.all("decision_made") if each["event_id"] == named]
    if named is not None and not made:
        yield "decision_not_found", row["what"]
    if row["what"] == "decision_approved" and made and made[0]["actor"] == row["actor"]:
        yield "approved_by_decider", named


def _communication(stream: Stream, row: Row) -> Found:
    if not _by_that_day(stream, row, "decision_made") and stream.sees("decided"):
        yield "communicated_before_decision", "no decision by that day"


def _closing(stream: Stream, row: Row) -> Found:
    basis = row["closure_basis"]
    if basis == "merged" and not merged_by_that_day(stream, row):
        yield "merged_without_survivor", None
    if basis == "contact_restriction":
        yield "closed_to_restrict_contact", None
    if basis == "summary_resolved" and not _agreed(stream, row):
        yield "summary_without_agreement", row["what"]
    withdrawals = _by_that_day(stream, row, "complaint_withdrawn")
    if basis == "withdrawn" and not withdrawals:
        yield "withdrawn_by_another", row["what"]
    ends = ("decision_made", "complaint_forwarded", "complaint_merged")
    grounds = _by_that_day(stream, row, *ends) + withdrawals
    refused = _by_that_day(stream, row, "eligibility_determined")
    grounds += [each for each in refused if not each["eligible"]]
    if not grounds and not _agreed(stream, row) and stream.sees("decided"):
        detail = "no decision, withdrawal, forwarding, merge, refusal or summary by that day"
        yield "closed_without_decision", detail
    replies = _by_that_day(stream, row, *REPLIES)
    rejected = bool(replies) and replies[-1]["what"] == "complainant_rejected"
    shown = _by_that_day(stream, row, "signposted_to_edr", "escalated_externally")
    if rejected and not shown and stream.sees("signposting"):
        yield "closed_without_signposting", "rejected and not told where to go outside"
    known = [each for each in stream.rows if each["occurred_on"] <= row["occurred_on"]]
    known = known if stream.receipt in known else [stream.receipt, *known]
    owed = sum(item.is_owed() for item in Stream(known).redress_items())
    if owed and stream.sees("redress"):
        yield "closed_with_redress_owed", f"{owed} accepted and not carried out"


def _silence(stream: Stream, row: Row) -> Found:
    told = _by_that_day(stream, row, "decision_communicated")
    ends = [row.get("window_ended_on"), told[-1]["reply_by"] if told else None]
    known = [each for each in ends if each is not None]
    is_silence = row["what"] == "complainant_did_not_reply"
    counts = is_silence or row.get("closure_basis") == "no_reply_after_final"
    if counts and known and row["occurred_on"] <= max(known):
        yield "no_reply_too_early", f"the window runs until {max(known)}"


def _summary(_: Stream, row: Row) -> Found:
    if not row["agreed_by_complainant"]:
        yield "summary_without_agreement", row["what"]


def _withdrawal(_: Stream, row: Row) -> Found:
    if row["withdrawn_by"] not in {"complainant", "representative"}:
        yield "withdrawn_by_another", row["what"]


def _redress(stream: Stream, row: Row) -> Found:
    same = [each for each in stream.rows if each.get("redress_id") == row["redress_id"]]
    if not any(each["what"] == "redress_offered" for each in same) and stream.sees("redress"):
        yield "redress_not_offered", row["what"]
    offers = {each["actor"] for each in same if each["what"] == "redress_offered"}
    if row["what"] == "redress_approved" and row["actor"] in offers:
        yield "redress_approved_by_proposer", "redress_approved"
    if row["what"] == "redress_offered" and row["approved_by"] == row["actor"]:
        yield "redress_approved_by_proposer", None
    payers = {each["actor"] for each in same if each["what"] == "redress_fulfilled"}
    if row["what"] == "redress_verified" and row["actor"] in payers:
        yield "verified_by_payer", None


def _correction(stream: Stream, row: Row) -> Found:
    field = row["corrected_field"]
    target = row["target_event_id"]
    if target is not None and target != stream.receipt["event_id"]:
        yield "correction_without_effect", "aims at another event"
    elif field not in CORRECTABLE:
        yield "correction_without_effect", "field cannot be corrected"
    elif not stream.is_effective(row):
        yield "correction_without_effect", "value cannot be read"
    alone = row["approved_by"] is None or row["approved_by"] == row["actor"]
    if field in {"received_on", "received_at"} and alone:
        yield "receipt_moved_alone", field


_JUDGES: dict[str, tuple[Judge, ...]] = {
    "decision_made": (_decision,),
    "decision_approved": (_named_decision,),
    "decision_returned": (_named_decision,),
    "decision_communicated": (_named_decision, _communication),
    "escalated_internally": (_review,),
    "complaint_closed": (_closing, _silence),
    "complainant_did_not_reply": (_silence,),
    "summary_resolution_agreed": (_summary,),
    "complaint_withdrawn": (_withdrawal,),
    "correction_recorded": (_correction,),
}
