"""How each event of redress moves its facet, one small function per event."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from domain.complaint.facets.redress import RedressItem

if TYPE_CHECKING:
    from domain.complaint import events as e
    from domain.complaint.state import ComplaintState


def _with_redress(
    state: ComplaintState,
    redress_id: str,
    **changes: Any,
) -> ComplaintState:
    known = state.redress_item(redress_id)
    if known is None:
        item = replace(RedressItem(redress_id), **changes)
        return replace(state, redress=(*state.redress, item))
    items = tuple(replace(item, **changes) if item is known else item for item in state.redress)
    return replace(state, redress=items)


def offered(state: ComplaintState, event: e.RedressOffered) -> ComplaintState:
    """Keep what was offered, and by whom."""
    return _with_redress(
        state,
        event.redress_id,
        redress_kind=event.redress_kind,
        amount_minor=event.amount_minor,
        currency=event.currency,
        issue_ids=tuple(event.issue_ids),
        expires_on=event.expires_on,
        fulfil_by=event.fulfil_by,
        without_liability=event.without_liability,
        proposer=event.actor,
        approved_by=event.approved_by,
        offered_on=event.occurred_on,
    )


def approved(state: ComplaintState, event: e.RedressApproved) -> ComplaintState:
    """Keep who approved an offer."""
    return _with_redress(state, event.redress_id, approved_by=event.actor)


def accepted(state: ComplaintState, event: e.RedressAccepted) -> ComplaintState:
    """Keep who accepts an offer."""
    yes, no = _answered(state, event, accepts=True)
    return _with_redress(
        state,
        event.redress_id,
        accepted_on=event.occurred_on,
        accepted_by=yes,
        declined_by=no,
    )


def declined(state: ComplaintState, event: e.RedressDeclined) -> ComplaintState:
    """Keep who declines an offer."""
    yes, no = _answered(state, event, accepts=False)
    return _with_redress(
        state,
        event.redress_id,
        declined_on=event.occurred_on,
        accepted_by=yes,
        declined_by=no,
    )


def _answered(
    state: ComplaintState, event: e.RedressAccepted | e.RedressDeclined, *, accepts: bool
) -> tuple[tuple[str | None, ...], tuple[str | None, ...]]:
    """Return who accepts an offer and who declines it, after one more answer."""
    known = state.redress_item(event.redress_id) or RedressItem(event.redress_id)
    accepted = tuple(each for each in known.accepted_by if each != event.party_id)
    declined = tuple(each for each in known.declined_by if each != event.party_id)
    if accepts:
        return (*accepted, event.party_id), declined
    return accepted, (*declined, event.party_id)


def fulfilled(state: ComplaintState, event: e.RedressFulfilled) -> ComplaintState:
    """Add what was carried out."""
    known = state.redress_item(event.redress_id)
    before = known.fulfilled_minor if known is not None else None
    paid = before if event.amount_minor is None else (before or 0) + event.amount_minor
    return _with_redress(
        state,
        event.redress_id,
        fulfilled_on=event.occurred_on,
        fulfilled_by=event.actor,
        fulfilled_minor=paid,
    )


def verified(state: ComplaintState, event: e.RedressVerified) -> ComplaintState:
    """Keep who saw that it arrived."""
    return _with_redress(
        state, event.redress_id, verified_on=event.occurred_on, verified_by=event.actor
    )
