from __future__ import annotations

from domain.complaint.events import ComplaintWithdrawn
from tests.domain.facts import closed, reopened, withdrawn
from tests.domain.scenario import given, received


def test_the_complainant_withdraws_and_nobody_else() -> None:
    """Only the complainant or a representative takes a complaint back (INV-22)."""
    scenario = given(received())
    scenario.when("withdraw", withdrawn_by="complainant").then(ComplaintWithdrawn)
    scenario.when("withdraw", withdrawn_by="representative").then(ComplaintWithdrawn)
    scenario.when("withdraw", withdrawn_by="organisation").refused("withdrawn_by 'organisation'")


def test_a_complaint_is_taken_back_once() -> None:
    """A second withdrawal needs a reopening in between."""
    given(received(), withdrawn()).when("withdraw", withdrawn_by="complainant").refused(
        "was withdrawn already; close it with basis withdrawn"
    )
    given(received(), withdrawn(), closed(), reopened()).when(
        "withdraw", withdrawn_by="complainant"
    ).then(ComplaintWithdrawn)
