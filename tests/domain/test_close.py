from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from domain.codes import CLOSURE_BASIS
from domain.complaint.events import ComplaintClosed
from domain.complaint.guards.closing import _BASES
from tests.domain.facts import (
    accepted,
    answered,
    assessed,
    closed,
    communicated,
    decided,
    forwarded,
    fulfilled,
    ineligible,
    investigated,
    offered,
    outside,
    redress_accepted,
    rejected,
    reopened,
    signposted,
    silent,
    summary_agreed,
    withdrawn,
)
from tests.domain.scenario import TODAY, given, received

if TYPE_CHECKING:
    from tests.domain.scenario import Scenario


SIGNPOSTED_IN_TIME = signposted(refer_by=date(2024, 6, 9))


@pytest.mark.parametrize(
    ("scenario", "basis"),
    [
        (given(received(), summary_agreed()), "summary_resolved"),
        (answered().and_(accepted()), "accepted"),
        (answered().and_(silent()), "no_reply_after_final"),
        (answered().and_(rejected(), SIGNPOSTED_IN_TIME), "no_reply_after_final"),
        (given(received(anonymous=True), decided()), "no_reply_after_final"),
        (answered().and_(rejected(), outside()), "edr_settled"),
        (answered().and_(outside()), "edr_determined"),
        (answered().and_(outside()), "court"),
        (given(received(), withdrawn()), "withdrawn"),
        (given(received(), ineligible()), "ineligible"),
        (given(received(), ineligible()), "not_a_complaint"),
        (given(received(), ineligible()), "time_barred"),
        (given(received(), forwarded()), "forwarded"),
    ],
)
def test_a_basis_that_holds_closes(scenario: Scenario, basis: str) -> None:
    """Each basis rests on its own facets (INV-06)."""
    scenario.when("close", closure_basis=basis).then(ComplaintClosed)


@pytest.mark.parametrize(
    ("basis", "obstacle"),
    [
        ("summary_resolved", "has no summary resolution that the complainant agreed to (INV-20)"),
        ("accepted", "has no acceptance that stands"),
        ("no_reply_after_final", "has no decision yet"),
        ("edr_settled", "is not outside"),
        ("edr_determined", "is not outside"),
        ("withdrawn", "was not withdrawn"),
        ("ineligible", "was not found ineligible"),
        ("forwarded", "was not forwarded"),
        ("merged", "is not merged into another complaint (INV-23)"),
        ("not_a_complaint", "was not found ineligible"),
        ("court", "is not outside"),
        ("time_barred", "was not found ineligible"),
        ("reported", "closure_basis 'reported' is not a known code"),
        ("contact_restriction", "is never a reason to close complaint 'C-17' (INV-24)"),
    ],
)
def test_a_basis_that_does_not_hold_is_refused(basis: str, obstacle: str) -> None:
    """A complaint that was only received is closed on no basis."""
    given(received(), assessed()).when("close", closure_basis=basis).refused(obstacle)


def test_every_basis_of_the_list_has_its_guard() -> None:
    """No basis of the code list closes unguarded."""
    assert set(_BASES) == set(CLOSURE_BASIS)


def test_silence_before_the_end_of_the_window_closes_nothing() -> None:
    """A silence that was recorded too early is held as a fact, and closes nothing (INV-21)."""
    told = investigated().and_(decided(), communicated(reply_by=TODAY))
    told.when("close", closure_basis="no_reply_after_final").refused("has no end of the window")
    told.and_(silent()).when("close", closure_basis="no_reply_after_final").refused(
        "runs until 2024-06-10"
    )


def test_an_acceptance_of_nothing_closes_nothing() -> None:
    """No closing before a decision, whatever was accepted (INV-06)."""
    given(received(), accepted()).when("close", closure_basis="accepted").refused(
        "has no decision yet"
    )


def test_rejection_leads_outside_before_it_leads_to_closing() -> None:
    """Whoever rejects is told where to go, and has the time to go there (INV-08)."""
    scenario = answered().and_(rejected())
    scenario.when("close", closure_basis="no_reply_after_final").refused(
        "may be taken outside until a date that signposting names",
        "the complainant was not told where else to go; signpost first",
    )
    scenario.and_(withdrawn()).when("close", closure_basis="withdrawn").refused("signpost first")
    scenario.and_(signposted(refer_by=TODAY)).when(
        "close", closure_basis="no_reply_after_final"
    ).refused("may be taken outside until 2024-06-10")


def test_nothing_is_owed_at_closing() -> None:
    """Accepted redress is carried out in full before closing (INV-09)."""
    owing = answered().and_(accepted(), offered(), redress_accepted())
    owing.when("close", closure_basis="accepted").refused("redress 'r1' of complaint 'C-17' was")
    owing.and_(fulfilled(amount_minor=1)).when("close", closure_basis="accepted").refused("'r1'")
    owing.and_(fulfilled()).when("close", closure_basis="accepted").then(ComplaintClosed)


def test_what_we_keep_is_not_closed_as_forwarded() -> None:
    """A part that stays with us is answered by us."""
    given(received(), forwarded(keeps_part=True)).when("close", closure_basis="forwarded").refused(
        "a part of complaint 'C-17' stays with us"
    )


@pytest.mark.parametrize(
    ("before", "basis"),
    [
        (answered().and_(accepted()), "accepted"),
        (given(received(), summary_agreed()), "summary_resolved"),
        (given(received(), withdrawn()), "withdrawn"),
    ],
)
def test_what_closed_it_once_does_not_close_it_again(before: Scenario, basis: str) -> None:
    """After a reopening an old reply, resolution or withdrawal no longer stands."""
    before.and_(closed(), reopened()).when("close", closure_basis=basis).refused("C-17")
