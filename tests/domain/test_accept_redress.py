from __future__ import annotations

from datetime import date

from domain.complaint.events import RedressAccepted, RedressDeclined
from tests.domain.facts import offered, redress_accepted
from tests.domain.scenario import TODAY, fact, given, received


def test_an_offer_is_answered_once() -> None:
    """What was accepted or declined is not answered again."""
    scenario = given(received(), offered())
    scenario.when("accept-redress", redress_id="r1").then(RedressAccepted)
    scenario.and_(redress_accepted()).when("accept-redress", redress_id="r1").refused(
        "redress 'r1' was accepted on 2024-06-05 already"
    )
    declined = fact(RedressDeclined, redress_id="r1")
    scenario.and_(declined).when("accept-redress", redress_id="r1").refused(
        "redress 'r1' was declined on 2024-06-05 already"
    )


def test_only_an_offer_is_answered() -> None:
    """What was not offered can be neither accepted nor declined."""
    given(received()).when("accept-redress", redress_id="r1").refused(
        "no offer of a redress of that id"
    )


def test_an_expired_offer_is_not_accepted() -> None:
    """An offer is accepted up to its last day."""
    last = given(received(), offered(expires_on=TODAY))
    last.when("accept-redress", redress_id="r1").then(RedressAccepted)
    gone = given(received(), offered(expires_on=date(2024, 6, 9)))
    gone.when("accept-redress", redress_id="r1").refused("expired on 2024-06-09; offer it anew")
