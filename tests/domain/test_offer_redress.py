from __future__ import annotations

from datetime import date

from domain.complaint.events import RedressOffered
from tests.domain.facts import OFFER, offered
from tests.domain.scenario import TODAY, given, received


def test_an_offer_names_kind_value_expiry_and_liability() -> None:
    """An offer lacks none of these, and its id is given if nobody chose one."""
    (event,) = given(received()).when("offer-redress", **OFFER).then(RedressOffered)
    assert isinstance(event, RedressOffered)
    assert event.redress_id == "r1"
    given(received()).when("offer-redress", redress_kind="R04").refused(
        "needs amount_minor and currency", "expires_on, without_liability are missing"
    )


def test_what_is_not_money_needs_no_amount() -> None:
    """An apology has no value; half an amount is none."""
    apology = {"redress_kind": "R01", "expires_on": TODAY, "without_liability": True}
    given(received()).when("offer-redress", **apology).then(RedressOffered)
    given(received()).when("offer-redress", **apology, currency="EUR").refused(
        "needs amount_minor and currency"
    )


def test_values_are_of_their_form() -> None:
    """Kind, amount, currency, dates and legal basis are what they should be."""
    wrong = OFFER | {
        "redress_kind": "R99",
        "amount_minor": 0,
        "currency": "euro",
        "expires_on": date(2024, 6, 9),
        "fulfil_by": date(2024, 6, 8),
        "legal_basis": "mercy",
    }
    given(received()).when("offer-redress", **wrong).refused(
        "redress_kind 'R99'",
        "amount_minor 0 is not an amount",
        "currency is not an ISO 4217 code",
        "expires_on 2024-06-09 is before",
        "fulfil_by 2024-06-08 is before",
        "legal_basis 'mercy'",
    )
    nothing = {"redress_kind": "R25", "expires_on": TODAY, "without_liability": True}
    given(received()).when("offer-redress", **nothing).refused("'R25' means none")


def test_an_id_names_one_redress() -> None:
    """An id is used once in its complaint; the next free one is given."""
    scenario = given(received(), offered())
    scenario.when("offer-redress", **OFFER, redress_id="r1").refused("a redress 'r1' already")
    (event,) = scenario.when("offer-redress", **OFFER).then(RedressOffered)
    assert isinstance(event, RedressOffered)
    assert event.redress_id == "r2"
    (other,) = given(received(), offered(redress_id="r2")).when("offer-redress", **OFFER).events()
    assert isinstance(other, RedressOffered)
    assert other.redress_id == "r3"


def test_nobody_approves_their_own_offer() -> None:
    """Whoever proposes redress does not approve it (INV-10)."""
    given(received()).when("offer-redress", **OFFER, approved_by="staff-3").then(RedressOffered)
    given(received()).when("offer-redress", **OFFER, approved_by="staff-1").refused("(INV-10)")
