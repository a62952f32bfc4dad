from __future__ import annotations

from domain.complaint.events import RedressDeclined
from tests.domain.facts import offered, redress_accepted
from tests.domain.scenario import fact, given, received


def test_an_offer_is_answered_once() -> None:
    """What was accepted or declined is not answered again."""
    scenario = given(received(), offered())
    scenario.when("decline-redress", redress_id="r1").then(RedressDeclined)
    scenario.and_(redress_accepted()).when("decline-redress", redress_id="r1").refused(
        "redress 'r1' was accepted on 2024-06-05 already"
    )
    declined = fact(RedressDeclined, redress_id="r1")
    scenario.and_(declined).when("decline-redress", redress_id="r1").refused(
        "redress 'r1' was declined on 2024-06-05 already"
    )


def test_only_an_offer_is_answered() -> None:
    """What was not offered can be neither accepted nor declined."""
    given(received()).when("decline-redress", redress_id="r1").refused(
        "no offer of a redress of that id"
    )
