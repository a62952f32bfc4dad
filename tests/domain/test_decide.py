from __future__ import annotations

from typing import Any

from domain.complaint.events import DecisionMade
from tests.domain.facts import (
    answered,
    assessed,
    in_review,
    investigated,
    opened,
    reopened,
    summary_agreed,
)
from tests.domain.scenario import given, received

SAID: dict[str, Any] = {"outcome": "upheld", "reasons": "it came late"}


def test_a_decision_follows_assessment_and_investigation() -> None:
    """Nothing is decided before it was assessed and investigated (INV-06)."""
    (event,) = investigated().when("decide", **SAID).then(DecisionMade)
    assert isinstance(event, DecisionMade)
    assert event.decision_basis == "investigation"
    given(received()).when("decide", **SAID).refused(
        "complaint 'C-17' has no assessment yet; assess it first (complaints case assess C-17)",
        "has no completed investigation; investigate it first (complaints case open-inv",
    )
    given(received(), assessed(), opened()).when("decide", **SAID).refused(
        "investigate it first (complaints case complete-investigation C-17)"
    )


def test_the_summary_path_needs_no_investigation() -> None:
    """A summary decision rests on an agreed summary resolution alone."""
    summary = SAID | {"decision_basis": "summary"}
    given(received(), summary_agreed()).when("decide", **summary).then(DecisionMade)
    given(received(), summary_agreed(agreed=False)).when("decide", **summary).refused(
        "has no summary resolution that the complainant agreed to"
    )
    given(received(), summary_agreed(), reopened()).when("decide", **summary).refused(
        "has no summary resolution that the complainant agreed to"
    )


def test_a_review_is_decided_by_somebody_else() -> None:
    """Whoever gave the first answer does not review it (INV-11)."""
    review = answered().and_(in_review())
    (event,) = review.when("decide", **SAID, actor="staff-9").then(DecisionMade)
    assert isinstance(event, DecisionMade)
    assert event.decision_basis == "review"
    review.when("decide", **SAID, actor="staff-2").refused(
        "'staff-2' gave the first answer to complaint 'C-17' and cannot be its reviewer (INV-11)"
    )
    review.and_(opened()).when("decide", **SAID, actor="staff-9").refused("an open investigation")
    answered().when("decide", **SAID, actor="staff-2").then(DecisionMade)


def test_a_review_happens_in_review() -> None:
    """The basis review needs the stage of review."""
    investigated().when("decide", **SAID, decision_basis="review").refused(
        "is not in internal review"
    )


def test_a_decision_has_reasons_and_known_codes() -> None:
    """Reasons are given; outcome and basis are of their lists."""
    investigated().when("decide", outcome="whatever", decision_basis="coin").refused(
        "outcome 'whatever' is not", "decision_basis 'coin' is not", "reasons is missing"
    )


def test_no_redress_for_an_upheld_complaint_has_a_reason() -> None:
    """An explicit none says why, if the complaint is upheld."""
    investigated().when("decide", **SAID, redress_due=False).refused("no_redress_reason is missing")
    investigated().when("decide", **SAID, redress_due=False, no_redress_reason="none_lost").then(
        DecisionMade
    )
    investigated().when("decide", outcome="not_upheld", reasons="x", redress_due=False).then(
        DecisionMade
    )


def test_each_issue_has_its_outcome() -> None:
    """Outcomes per issue are read from text; what cannot be read is refused."""
    outcomes = ["late = late=upheld:delay", "rude staff=not_upheld"]
    (event,) = investigated().when("decide", **SAID, issue_outcomes=outcomes).then(DecisionMade)
    assert isinstance(event, DecisionMade)
    assert [(part.issue, part.outcome, part.reason_code) for part in event.issue_outcomes] == [
        ("late = late", "upheld", "delay"),
        ("rude staff", "not_upheld", None),
    ]
    investigated().when("decide", **SAID, issue_outcomes=["late", "late=so"]).refused(
        "an issue outcome cannot be read; write 'issue=outcome'"
    )
