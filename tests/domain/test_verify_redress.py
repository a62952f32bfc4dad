from __future__ import annotations

from domain.complaint.events import RedressVerified
from tests.domain.facts import closed, fulfilled, offered, redress_accepted
from tests.domain.scenario import fact, given, received


def test_another_person_verifies() -> None:
    """Whoever carried it out does not verify it."""
    scenario = given(received(), offered(), redress_accepted(), fulfilled(actor="staff-4"))
    scenario.when("verify-redress", redress_id="r1").then(RedressVerified)
    scenario.when("verify-redress", redress_id="r1", actor="staff-4").refused(
        "'staff-4' carried out redress 'r1' and cannot verify it too"
    )


def test_all_of_it_is_verified_once() -> None:
    """A part is not the whole, and what was verified is settled."""
    paid = given(received(), offered(), redress_accepted())
    paid.and_(fulfilled(amount_minor=1)).when("verify-redress", redress_id="r1").refused(
        "is not carried out in full yet"
    )
    verified = fact(RedressVerified, redress_id="r1")
    paid.and_(fulfilled(), verified).when("verify-redress", redress_id="r1").refused(
        "was verified on 2024-06-05 already"
    )
    given(received()).when("verify-redress", redress_id="r1").refused("no offer of a redress")


def test_closing_does_not_end_verification() -> None:
    """Whether it arrived may be checked after closing."""
    given(received(), offered(), redress_accepted(), fulfilled(), closed()).when(
        "verify-redress", redress_id="r1"
    ).then(RedressVerified)
