"""Guards on closing: each basis rests on its own facets (INV-06, 08, 09, 20, 21, 22, 24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.complaint.guards.joint import accepted_by_all
from domain.complaint.guards.points import causes_acted_on, points_settled
from domain.complaint.guards.standing import named, next_step
from domain.complaint.guards.values import known_code
from domain.complaint.joint import offer_waits_for
from domain.opaque import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from domain.complaint.facets.redress import RedressItem
    from domain.complaint.state import ComplaintState

    Basis = Callable[[ComplaintState, date], str | None]

CONTACT_RESTRICTION: Final = "contact_restriction"


def closable(state: ComplaintState, basis: str, on: date) -> Iterator[str | None]:
    """Closing needs a basis that holds, no redress owed, and signposting after a rejection."""
    if basis == CONTACT_RESTRICTION:
        yield (
            f"a restriction of contact is never a reason to close {named(state)} (INV-24); "
            "decide it on its merits"
        )
    else:
        yield known_code("closure_basis", basis)
    holds = _BASES.get(basis)
    yield None if holds is None else holds(state, on)
    yield nothing_owed(state)
    yield from points_settled(state, basis)
    yield causes_acted_on(state)
    yield signposted_after_rejection(state)


def nothing_owed(state: ComplaintState) -> str | None:
    """Redress that was accepted is carried out before closing (INV-09)."""
    owed = [quoted(item.redress_id) for item in state.redress if _is_owed(state, item)]
    if not owed:
        return None
    return (
        f"redress {', '.join(owed)} of {named(state)} was accepted and is not carried out in "
        f"full; fulfil it first {next_step(state, 'fulfil-redress')}"
    )


def _is_owed(state: ComplaintState, item: RedressItem) -> bool:
    return item.is_owed and not offer_waits_for(state, item)


def signposted_after_rejection(state: ComplaintState) -> str | None:
    """Whoever rejects the answer is told where else to go (INV-08)."""
    rejected = state.reply is not None and state.reply.kind == "rejected"
    if not rejected or state.signpost is not None or state.stage == "external":
        return None
    return (
        f"{named(state)} was rejected and the complainant was not told where else to go; "
        f"signpost first {next_step(state, 'signpost')}"
    )


def _decided(state: ComplaintState) -> str | None:
    if state.decision is not None:
        return None
    return f"{named(state)} has no decision yet; decide it first {next_step(state, 'decide')}"


def _summary_resolved(state: ComplaintState, _on: date) -> str | None:
    if state.summary_agreed:
        return None
    return (
        f"{named(state)} has no summary resolution that the complainant agreed to (INV-20); "
        f"record it first {next_step(state, 'resolve-summarily')}"
    )


def _accepted(state: ComplaintState, _on: date) -> str | None:
    if state.reply is not None and state.reply.kind == "accepted":
        return _decided(state) or accepted_by_all(state)
    return (
        f"{named(state)} has no acceptance that stands; record it first "
        f"{next_step(state, 'record-acceptance')}"
    )


def _no_reply_after_final(state: ComplaintState, on: date) -> str | None:
    undecided = _decided(state)
    if undecided is not None or state.is_anonymous:
        return undecided  # whoever cannot be reached cannot reply
    reply, told, signpost = state.reply, state.communication, state.signpost
    if reply is not None and reply.kind == "rejected":
        # rejected, told where else to go, and did not go there in time
        refer_by = None if signpost is None else signpost.refer_by
        if refer_by is not None and on > refer_by:
            return None
        until = "a date that signposting names" if refer_by is None else str(refer_by)
        return (
            f"{named(state)} was rejected and may be taken outside until {until}; wait until "
            "then, or close it on another basis (INV-21)"
        )
    if reply is None or reply.kind != "no_reply":
        return (
            f"{named(state)} has no end of the window for a reply on record; record it first "
            f"{next_step(state, 'record-no-reply')}"
        )
    if told is not None and told.reply_by is not None and on <= told.reply_by:
        return (
            f"the window for a reply on {named(state)} runs until {told.reply_by}; wait until it "
            "has ended (INV-21)"
        )
    return None


def _outside(state: ComplaintState, _on: date) -> str | None:
    if state.stage == "external":
        return None
    return (
        f"{named(state)} is not outside; record where it went first "
        f"{next_step(state, 'escalate-externally')}"
    )


def _withdrawn(state: ComplaintState, _on: date) -> str | None:
    if state.is_withdrawn:
        return None
    return (
        f"{named(state)} was not withdrawn; record the withdrawal first "
        f"{next_step(state, 'withdraw')}"
    )


def _ineligible(state: ComplaintState, _on: date) -> str | None:
    if state.eligibility is not None and not state.eligibility.eligible:
        return None
    return (
        f"{named(state)} was not found ineligible; determine it first "
        f"{next_step(state, 'determine-eligibility')}"
    )


def _forwarded(state: ComplaintState, _on: date) -> str | None:
    if state.forwarding is None:
        return (
            f"{named(state)} was not forwarded; record to whom first {next_step(state, 'forward')}"
        )
    if state.forwarding.keeps_part:
        return (
            f"a part of {named(state)} stays with us; answer that part first "
            f"{next_step(state, 'decide')}"
        )
    return None


def _merged(state: ComplaintState, _on: date) -> str | None:
    if state.merged_into is not None:
        return None
    return (
        f"{named(state)} is not merged into another complaint (INV-23); merge it first "
        f"{next_step(state, 'merge')}"
    )


_BASES: Final[dict[str, Basis]] = {
    "summary_resolved": _summary_resolved,
    "accepted": _accepted,
    "no_reply_after_final": _no_reply_after_final,
    "edr_settled": _outside,
    "edr_determined": _outside,
    "withdrawn": _withdrawn,
    "ineligible": _ineligible,
    "forwarded": _forwarded,
    "merged": _merged,
    "not_a_complaint": _ineligible,
    "court": _outside,
    "time_barred": _ineligible,
}
"""What each basis needs; a test holds it equal to the code list."""
