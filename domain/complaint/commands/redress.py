"""Commands of redress: offer, accept, decline, fulfil, verify (domain.md 3.6)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from pydantic import Field

from domain.complaint.commands.command import (
    Command,
    CommandSpec,
    allow,
    draft,
    on_record,
    said_in,
    save,
)
from domain.complaint.events.redress import (
    RedressAccepted,
    RedressDeclined,
    RedressFulfilled,
    RedressOffered,
    RedressVerified,
)
from domain.complaint.guards.joint import offer_accepted_by_all, takes_part
from domain.complaint.guards.moments import not_earlier
from domain.complaint.guards.points import points_known
from domain.complaint.guards.redress import (
    can_be_answered,
    can_be_fulfilled,
    can_be_verified,
    money_is_complete,
    not_expired,
    not_offered_before,
    not_own_approval,
    something_is_offered,
)
from domain.complaint.guards.standing import not_closed
from domain.complaint.guards.values import currency, known_code, positive, present
from domain.personal import PlaintextField

if TYPE_CHECKING:
    from domain.complaint.state import ComplaintState
    from domain.event import Event


class OfferRedress(Command):
    """Offer something that puts it right."""

    redress_id: str | None = Field(
        default=None,
        description="Opaque id of the redress within its complaint; left out: r1, r2 and so on.",
    )
    redress_kind: str = said_in(RedressOffered, "redress_kind")
    amount_minor: int | None = said_in(RedressOffered, "amount_minor")
    currency: str | None = said_in(RedressOffered, "currency")
    expires_on: date | None = said_in(RedressOffered, "expires_on")
    fulfil_by: date | None = said_in(RedressOffered, "fulfil_by")
    without_liability: bool | None = said_in(RedressOffered, "without_liability")
    legal_basis: str | None = said_in(RedressOffered, "legal_basis")
    approved_by: str | None = said_in(RedressOffered, "approved_by")
    issue_ids: list[str] = said_in(RedressOffered, "issue_ids")
    description: PlaintextField | None = said_in(RedressOffered, "description")


def decide_offer(state: ComplaintState | None, command: OfferRedress) -> tuple[Event, ...]:
    """Offer with kind, value, expiry and a word on liability; nobody approves their own offer."""
    case = on_record("offer-redress", state, command)
    on = command.occurred_on
    allow(
        "offer-redress",
        case,
        command,
        not_closed(case),
        known_code("redress_kind", command.redress_kind),
        something_is_offered(command.redress_kind),
        money_is_complete(command.redress_kind, command.amount_minor, command.currency),
        positive("amount_minor", command.amount_minor),
        currency(command.currency),
        present(expires_on=command.expires_on, without_liability=command.without_liability),
        not_earlier(command.expires_on, on, later_name="expires_on", earlier_name="occurred_on"),
        not_earlier(command.fulfil_by, on, later_name="fulfil_by", earlier_name="occurred_on"),
        known_code("legal_basis", command.legal_basis),
        not_offered_before(case, command.redress_id),
        not_own_approval(command.actor, command.approved_by),
        *points_known(case, command.issue_ids),
    )
    redress_id = command.redress_id or _next_id(case)
    return save(case, command, draft(RedressOffered, command, redress_id=redress_id))


def _next_id(case: ComplaintState) -> str:
    taken = {item.redress_id for item in case.redress}
    number = len(taken) + 1
    while f"r{number}" in taken:
        number += 1
    return f"r{number}"


class AcceptRedress(Command):
    """Record that the complainant accepted an offer."""

    redress_id: str = said_in(RedressAccepted, "redress_id")
    party_id: str | None = said_in(RedressAccepted, "party_id")


def decide_accept(state: ComplaintState | None, command: AcceptRedress) -> tuple[Event, ...]:
    """Accept an offer that stands."""
    case = on_record("accept-redress", state, command)
    allow(
        "accept-redress",
        case,
        command,
        not_closed(case),
        takes_part(case, command.party_id),
        *can_be_answered(case, command.redress_id, command.party_id),
        not_expired(case, command.redress_id, command.occurred_on),
    )
    return save(case, command, draft(RedressAccepted, command))


class DeclineRedress(Command):
    """Record that the complainant declined an offer."""

    redress_id: str = said_in(RedressDeclined, "redress_id")
    party_id: str | None = said_in(RedressDeclined, "party_id")
    reason_code: str | None = said_in(RedressDeclined, "reason_code")


def decide_decline(state: ComplaintState | None, command: DeclineRedress) -> tuple[Event, ...]:
    """Decline an offer that nobody answered yet."""
    case = on_record("decline-redress", state, command)
    allow(
        "decline-redress",
        case,
        command,
        not_closed(case),
        takes_part(case, command.party_id),
        *can_be_answered(case, command.redress_id, command.party_id),
    )
    return save(case, command, draft(RedressDeclined, command))


class FulfilRedress(Command):
    """Record that redress was carried out or paid, in full or in part."""

    redress_id: str = said_in(RedressFulfilled, "redress_id")
    amount_minor: int | None = said_in(RedressFulfilled, "amount_minor")
    currency: str | None = said_in(RedressFulfilled, "currency")
    payment_ref: str | None = said_in(RedressFulfilled, "payment_ref")


def decide_fulfil(state: ComplaintState | None, command: FulfilRedress) -> tuple[Event, ...]:
    """Carry out what was accepted, up to its amount."""
    case = on_record("fulfil-redress", state, command)
    allow(
        "fulfil-redress",
        case,
        command,
        not_closed(case),
        offer_accepted_by_all(case, command.redress_id),
        *can_be_fulfilled(case, command.redress_id, command.amount_minor, command.currency),
        positive("amount_minor", command.amount_minor),
        currency(command.currency),
    )
    return save(case, command, draft(RedressFulfilled, command))


class VerifyRedress(Command):
    """Check as another person that redress reached the complainant."""

    redress_id: str = said_in(RedressVerified, "redress_id")


def decide_verify(state: ComplaintState | None, command: VerifyRedress) -> tuple[Event, ...]:
    """Verify what somebody else carried out; closing does not wait for it."""
    case = on_record("verify-redress", state, command)
    allow(
        "verify-redress",
        case,
        command,
        *can_be_verified(case, command.redress_id, command.actor),
    )
    return save(case, command, draft(RedressVerified, command))


REDRESS: Final = (
    CommandSpec(
        "offer-redress",
        OfferRedress,
        decide_offer,
        "Offer something that puts it right.",
        "complaints case offer-redress C-17 --redress-kind R04 --amount-minor 2500 "
        "--currency EUR --expires-on 2024-07-31 --without-liability",
    ),
    CommandSpec(
        "accept-redress",
        AcceptRedress,
        decide_accept,
        "Record that the complainant accepted an offer.",
        "complaints case accept-redress C-17 --redress-id r1",
    ),
    CommandSpec(
        "decline-redress",
        DeclineRedress,
        decide_decline,
        "Record that the complainant declined an offer.",
        "complaints case decline-redress C-17 --redress-id r1",
    ),
    CommandSpec(
        "fulfil-redress",
        FulfilRedress,
        decide_fulfil,
        "Record that redress was carried out or paid.",
        "complaints case fulfil-redress C-17 --redress-id r1 --amount-minor 2500 "
        "--currency EUR --payment-ref pay-881",
    ),
    CommandSpec(
        "verify-redress",
        VerifyRedress,
        decide_verify,
        "Check as another person that redress arrived.",
        "complaints case verify-redress C-17 --redress-id r1",
    ),
)
