from __future__ import annotations

from domain.complaint.events import EligibilityDetermined
from tests.domain.scenario import given, received


def test_eligibility_has_a_reason() -> None:
    """A reason code of the list goes with every determination."""
    scenario = given(received())
    scenario.when("determine-eligibility", eligible=True, reason_code="in_scope").then(
        EligibilityDetermined
    )
    scenario.when("determine-eligibility", eligible=True).refused("reason_code is missing")
    scenario.when("determine-eligibility", eligible=True, reason_code="mood").refused(
        "reason_code 'mood' is not a known code"
    )


def test_who_is_ineligible_is_told_why() -> None:
    """Ineligible needs an explanation in writing, unless nobody can be told."""
    said = {"eligible": False, "reason_code": "time_barred"}
    scenario = given(received())
    scenario.when("determine-eligibility", **said).refused("was not told why")
    scenario.when("determine-eligibility", **said, explanation_sent=True).then(
        EligibilityDetermined
    )
    given(received(anonymous=True)).when("determine-eligibility", **said).then(
        EligibilityDetermined
    )
