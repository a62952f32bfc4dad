"""The findings about what surrounds an answer, by the plain fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.complaint.after_closing import POSSIBLE_AFTER_CLOSING
from domain.complaint.strands import STRANDS
from tests.projections.fold import Row, Stream, by_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    Found = Iterator[tuple[str, str | None]]

AFTER_CLOSING = {each.TOPIC.split(".")[1] for each in POSSIBLE_AFTER_CLOSING}
STRAND_RULES = {
    "charged": ("INV-14", "breach"),
    "extended_late": ("INV-16", "breach"),
    "disclosed_without_authority": ("INV-12", "breach"),
    "restricted_without_safeguards": ("domain 3.5", "breach"),
    "effect_verified_by_doer": ("domain 3.5", "breach"),
    "without_beginning": ("domain 3.5", "doubt"),
}


def of_strands(stream: Stream, row: Row) -> Found:
    """What a step shows of the strand that it belongs to."""
    what = row["what"]
    if what == "charge_recorded":
        yield "charged", None
    if what in {"deadline_extended", "delay_notice_sent"}:
        old = row["old_due_on"]
        if old is not None and row["occurred_on"] > old:
            yield "extended_late", what
    if what == "disclosure_made" and not _has_authority(stream, row):
        yield "disclosed_without_authority", None
    if what == "contact_restriction_imposed":
        yield from _restricted(row)
    if what == "action_effectiveness_verified":
        done = stream.all("action_implemented")
        doers = {each["actor"] for each in done if each["action_id"] == row["action_id"]}
        if row["actor"] in doers:
            yield "effect_verified_by_doer", None
    for strand in STRANDS:
        begun, *later = [each.TOPIC.split(".")[1] for each, _ in strand.steps]
        keys = {each[strand.key] for each in stream.all(begun)}
        if what in later and row[strand.key] not in keys:
            yield "without_beginning", what


def _has_authority(stream: Stream, row: Row) -> bool:
    who = row["representative_id"]
    checks = stream.all("representative_authority_verified", "representative_authority_revoked")
    known = [
        each
        for each in checks
        if each["representative_id"] == who and each["occurred_on"] <= row["occurred_on"]
    ]
    last = max(known, key=by_day, default=None)
    return who is None or (last is not None and last["what"] == "representative_authority_verified")


def _restricted(row: Row) -> Found:
    if row["approved_by"] is None or row["approved_by"] == row["actor"]:
        yield "restricted_without_safeguards", "nobody senior decided it"
    elif not row["told_in_writing"]:
        yield "restricted_without_safeguards", "not told in writing"
    elif row["review_by"] is None:
        yield "restricted_without_safeguards", "no day of review"


def merged_by_that_day(stream: Stream, closing: Row) -> bool:
    """Whether a merge into some complaint stood on the day of a closing."""
    moves = [
        each
        for each in stream.all("complaint_merged", "complaint_unmerged")
        if each["occurred_on"] <= closing["occurred_on"]
    ]
    last = {each["into_stream_id"]: each["what"] for each in sorted(moves, key=by_day)}
    return "complaint_merged" in last.values()
