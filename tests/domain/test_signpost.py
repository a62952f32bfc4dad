from __future__ import annotations

from datetime import date

from domain.complaint.events import SignpostedToEdr
from tests.domain.facts import answered
from tests.domain.scenario import given, received


def test_signposting_carries_a_notice() -> None:
    """Where to go outside is told with the notice, through a known channel."""
    answered().when("signpost", edr_body="ombudsman", notices=["N02"]).then(SignpostedToEdr)
    answered().when("signpost", edr_body="ombudsman", medium="owl").refused(
        "notices is missing", "medium 'owl'"
    )


def test_somebody_is_told_in_time() -> None:
    """Nobody is told of a date that has passed, and nobody who cannot be reached."""
    said = {"edr_body": "ombudsman", "notices": ["N02"]}
    answered().when("signpost", **said, refer_by=date(2024, 6, 9)).refused("refer_by 2024-06-09")
    given(received(anonymous=True)).when("signpost", **said).refused("is anonymous")
