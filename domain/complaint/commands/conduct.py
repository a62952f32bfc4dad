"""Commands of class, rules, attention from the top, and limits of contact (domain.md 3.5, 5.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from domain.complaint import events as e
from domain.complaint.commands.recording import recording
from domain.complaint.guards.moments import not_earlier
from domain.complaint.guards.standing import named
from domain.complaint.guards.values import currency, positive, present
from domain.opaque import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.complaint.state import ComplaintState
    from domain.complaint.strands import StrandItem

    Obstacles = Iterator[str | None]


def _not_a_complaint(_state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    if command.kind == "complaint":
        yield "kind 'complaint' is what it was; name what it is instead, for example query"
    yield present(reason_code=command.reason_code, complainant_told=command.complainant_told)


def _restricted(state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    """Contact is limited by somebody senior, in writing, for a time, with a day of review."""
    yield present(
        review_by=command.review_by, approved_by=command.approved_by, grounds=command.grounds
    )
    yield not_earlier(
        command.review_by, command.occurred_on, later_name="review_by", earlier_name="occurred_on"
    )
    yield not_earlier(
        command.ends_on, command.occurred_on, later_name="ends_on", earlier_name="occurred_on"
    )
    if command.approved_by is not None and command.approved_by == command.actor:
        yield (
            f"{quoted(command.actor)} cannot approve their own restriction on {named(state)}; "
            "have somebody senior decide it"
        )
    if command.told_in_writing is not True:
        yield (
            f"the complainant of {named(state)} is told in writing, with how to appeal; do that "
            "first and say --told-in-writing"
        )


def _reviewed(_state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    yield present(review_by=command.review_by)
    yield not_earlier(
        command.review_by, command.occurred_on, later_name="review_by", earlier_name="occurred_on"
    )


def _paid_back(_state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    yield positive("amount_minor", command.amount_minor)
    yield currency(command.currency)


def _named(_state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    yield present(regimes=command.regimes)


CONDUCT: Final = (
    recording(
        "classify",
        e.ComplaintClassified,
        "Settle kind, product and issue in a taxonomy.",
        "--taxonomy house --taxonomy-version 2024 --product parcel --issue delivery.late",
    ),
    recording(
        "reclassify",
        e.ReclassifiedAsNotComplaint,
        "Record that it is no complaint, and that the complainant was told.",
        "--kind query --reason-code asked_only --complainant-told",
        guard=_not_a_complaint,
    ),
    recording(
        "assign-regime",
        e.RegimeAssigned,
        "Name the rules that apply.",
        "--regimes iso-10002",
        guard=_named,
    ),
    recording(
        "escalate-significant",
        e.SignificantComplaintEscalated,
        "Tell top management of a serious case at once.",
        "--significance-code safety --told role:board",
    ),
    recording(
        "restrict-contact",
        e.ContactRestrictionImposed,
        "Limit contact because of conduct; the complaint is decided all the same.",
        "--restriction-kind written_only --conduct-kind behaviours --review-by 2024-09-10 "
        "--approved-by staff-3 --told-in-writing --grounds 'threats on the phone'",
        guard=_restricted,
    ),
    recording(
        "review-restriction",
        e.ContactRestrictionReviewed,
        "Record that a restriction was looked at and goes on.",
        "--review-by 2024-12-10",
        guard=_reviewed,
    ),
    recording(
        "lift-restriction",
        e.ContactRestrictionLifted,
        "Record that a restriction ended.",
        "",
    ),
    recording(
        "refund-charge",
        e.ChargeRefunded,
        "Record that a charge for complaining was paid back.",
        "--amount-minor 500 --currency EUR",
        guard=_paid_back,
    ),
)
