from __future__ import annotations

from typing import Any

from domain.complaint.events import RedressFulfilled
from tests.domain.facts import fulfilled, offered, redress_accepted
from tests.domain.scenario import given, received

PAID: dict[str, Any] = {"redress_id": "r1", "amount_minor": 2500, "currency": "EUR"}


def test_what_was_accepted_is_paid() -> None:
    """Redress is carried out after its acceptance."""
    given(received(), offered(), redress_accepted()).when("fulfil-redress", **PAID).then(
        RedressFulfilled
    )
    given(received(), offered()).when("fulfil-redress", **PAID).refused("is not accepted yet")
    given(received()).when("fulfil-redress", **PAID).refused("no offer of a redress of that id")


def test_money_is_paid_in_its_currency_up_to_its_amount() -> None:
    """The amount is said, in the currency of the offer, and is not more than is left."""
    scenario = given(received(), offered(), redress_accepted())
    scenario.when("fulfil-redress", redress_id="r1").refused("say what was paid")
    scenario.when("fulfil-redress", **PAID | {"currency": "GBP"}).refused("was offered in EUR")
    scenario.when("fulfil-redress", **PAID | {"amount_minor": 2501}).refused("has 2500 EUR")
    scenario.when("fulfil-redress", **PAID | {"amount_minor": -1}).refused("-1 is not an amount")


def test_money_may_be_paid_in_parts() -> None:
    """What is left after a part is due, and nothing after the whole."""
    part = given(received(), offered(), redress_accepted(), fulfilled(amount_minor=1000))
    part.when("fulfil-redress", **PAID | {"amount_minor": 1500}).then(RedressFulfilled)
    part.when("fulfil-redress", **PAID).refused("has 1500 EUR (minor units) left to pay")
    part.and_(fulfilled(amount_minor=1500)).when("fulfil-redress", **PAID).refused(
        "was fulfilled on 2024-06-05 already"
    )


def test_an_apology_is_given_without_an_amount() -> None:
    """What is not money is carried out as it is."""
    apology = offered(redress_kind="R01", amount_minor=None, currency=None)
    given(received(), apology, redress_accepted()).when("fulfil-redress", redress_id="r1").then(
        RedressFulfilled
    )
