"""Guards on redress: what an offer says, and the order of accepting, fulfilling, verifying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.codes import MONEY_REDRESS
from domain.complaint.guards.standing import named, next_step
from domain.complaint.joint import must_accept
from domain.opaque import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from domain.complaint.facets.redress import RedressItem
    from domain.complaint.state import ComplaintState

_NONE = "R25"


def something_is_offered(redress_kind: str | None) -> str | None:
    """An offer offers something; that there is none belongs into the decision."""
    if redress_kind != _NONE:
        return None
    return "redress_kind 'R25' means none; say so in the decision (--no-redress-due)"


def money_is_complete(
    redress_kind: str | None, amount_minor: int | None, currency: str | None
) -> str | None:
    """Money has an amount and a currency."""
    if amount_minor is not None and currency is not None:
        return None
    if redress_kind not in MONEY_REDRESS and amount_minor is None and currency is None:
        return None
    return "an amount of money needs amount_minor and currency; give both"


def not_own_approval(proposer: str, approved_by: str | None) -> str | None:
    """Whoever proposes redress does not approve it (INV-10)."""
    if approved_by != proposer:
        return None
    return (
        f"{quoted(proposer)} proposes the redress and cannot approve it too (INV-10); let somebody "
        "else approve it"
    )


def can_be_approved(state: ComplaintState, redress_id: str, approver: str) -> Iterator[str | None]:
    """An offer is approved once, by somebody else than who proposed it (INV-10)."""
    item = state.redress_item(redress_id)
    yield _offered(state, item)
    if item is None:
        return
    if item.proposer is not None:
        yield not_own_approval(item.proposer, approver)
    if item.approved_by is not None:
        yield (
            f"redress {quoted(redress_id)} of {named(state)} was approved by "
            f"{quoted(item.approved_by)} already; go on with it"
        )


def not_offered_before(state: ComplaintState, redress_id: str | None) -> str | None:
    """An id names one redress of its complaint for ever."""
    if redress_id is None or state.redress_item(redress_id) is None:
        return None
    return f"{named(state)} has a redress {quoted(redress_id)} already; choose another id"


def can_be_answered(
    state: ComplaintState, redress_id: str, party_id: str | None
) -> Iterator[str | None]:
    """An offer is accepted or declined once, by each who must."""
    item = state.redress_item(redress_id)
    yield _offered(state, item)
    if item is None:
        return
    if must_accept(state):
        if party_id in (*item.accepted_by, *item.declined_by):
            who = "the complainant" if party_id is None else quoted(party_id)
            yield (
                f"redress {quoted(redress_id)} of {named(state)} was answered by {who} already; "
                f"offer it anew if that changed {next_step(state, 'offer-redress')}"
            )
        return
    if item.accepted_on is not None:
        yield (
            f"redress {quoted(redress_id)} was accepted on {item.accepted_on} already; fulfil it "
            f"{next_step(state, 'fulfil-redress')}"
        )
    if item.declined_on is not None:
        yield (
            f"redress {quoted(redress_id)} was declined on {item.declined_on} already; offer it "
            f"anew {next_step(state, 'offer-redress')}"
        )


def not_expired(state: ComplaintState, redress_id: str, on: date) -> str | None:
    """An offer is accepted while it stands."""
    item = state.redress_item(redress_id)
    if item is None or item.expires_on is None or on <= item.expires_on:
        return None
    return (
        f"the offer of redress {quoted(redress_id)} expired on {item.expires_on}; offer it anew "
        f"{next_step(state, 'offer-redress')}"
    )


def can_be_fulfilled(
    state: ComplaintState, redress_id: str, amount_minor: int | None, currency: str | None
) -> Iterator[str | None]:
    """Accepted redress is carried out, in its currency and up to its amount."""
    item = state.redress_item(redress_id)
    yield _offered(state, item)
    if item is None:
        return
    if item.accepted_on is None:
        yield (
            f"redress {quoted(redress_id)} is not accepted yet; record the acceptance first "
            f"{next_step(state, 'accept-redress')}"
        )
    if item.is_fulfilled:
        yield (
            f"redress {quoted(redress_id)} was fulfilled on {item.fulfilled_on} already; verify it "
            f"{next_step(state, 'verify-redress')}"
        )
        return
    yield _amount_fits(item, amount_minor, currency)


def _amount_fits(item: RedressItem, amount_minor: int | None, currency: str | None) -> str | None:
    if item.amount_minor is None:
        return None
    if amount_minor is None or currency is None:
        return (
            f"redress {quoted(item.redress_id)} is an amount of money; say what was paid with "
            "amount_minor and currency"
        )
    if currency != item.currency:
        return (
            f"redress {quoted(item.redress_id)} was offered in {item.currency}, not in the "
            "currency given; pay what was accepted, or offer anew"
        )
    due = item.amount_minor - (item.fulfilled_minor or 0)
    if amount_minor > due:
        return (
            f"redress {quoted(item.redress_id)} has {due} {item.currency} (minor units) left to "
            f"pay, less than {amount_minor}; pay what was accepted, or offer more"
        )
    return None


def can_be_verified(state: ComplaintState, redress_id: str, verifier: str) -> Iterator[str | None]:
    """Somebody else than who carried it out checks that it arrived."""
    item = state.redress_item(redress_id)
    yield _offered(state, item)
    if item is None:
        return
    if not item.is_fulfilled:
        yield (
            f"redress {quoted(redress_id)} is not carried out in full yet; fulfil it first "
            f"{next_step(state, 'fulfil-redress')}"
        )
    if item.fulfilled_by == verifier:
        yield (
            f"{quoted(verifier)} carried out redress {quoted(redress_id)} and cannot verify "
            "it too; let somebody else verify it"
        )
    if item.verified_on is not None:
        yield (
            f"redress {quoted(redress_id)} was verified on {item.verified_on} already; "
            "nothing is left"
        )


def _offered(state: ComplaintState, item: RedressItem | None) -> str | None:
    if item is not None and item.offered_on is not None:
        return None
    return (
        f"{named(state)} has no offer of a redress of that id; offer it first "
        f"{next_step(state, 'offer-redress')}"
    )
