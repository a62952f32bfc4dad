from __future__ import annotations

from domain.complaint.events import (
    ComplainantAccepted,
    ComplainantJoined,
    ComplainantLeft,
    ComplainantRejected,
    DecisionMade,
    IssueEnded,
    IssueOutcome,
    IssueRaised,
)
from domain.complaint.joint import answer_waits_for
from domain.complaint.points import open_points, points
from tests.domain.scenario import Scenario, fact, given, received

RAISED = fact(IssueRaised, issue_id="issue-1", issue="rude clerk")


def _endings(case: Scenario) -> list[tuple[str, str | None]]:
    assert case.state is not None
    return [(point.issue_id, point.ending) for point in points(case.state)]


def test_the_receipts_own_issue_is_the_first_point() -> None:
    """It needs no event of its own, and an issue that was raised comes after it."""
    assert _endings(given(received(issue="late"), RAISED)) == [
        ("issue-0", None),
        ("issue-1", None),
    ]


def test_a_decision_without_outcomes_speaks_for_every_point() -> None:
    """Who has one point names none."""
    decided = fact(DecisionMade, outcome="upheld")
    case = given(received(issue="late"), decided, RAISED)
    assert _endings(case) == [("issue-0", "upheld"), ("issue-1", None)]


def test_a_point_is_named_by_its_id_or_its_text() -> None:
    """Outcomes find it either way, and a point that none names stays open."""
    outcome = IssueOutcome(issue="rude clerk", outcome="not_upheld")
    decided = fact(DecisionMade, outcome="upheld", issue_outcomes=[outcome])
    case = given(received(issue="late"), RAISED, decided)
    assert _endings(case) == [("issue-0", None), ("issue-1", "not_upheld")]


def test_a_point_that_ended_is_not_ended_again() -> None:
    """The only one that is open needs no name."""
    ended = fact(IssueEnded, issue_id="issue-1", issue_ending="withdrawn")
    case = given(received(issue="late"), RAISED, ended)
    case.when("end-issue", issue_id="issue-1", issue_ending="forwarded").refused("ended as withd")
    (event,) = case.when("end-issue", issue_ending="forwarded").then(IssueEnded)
    after = case.and_(event)
    assert after.state is not None
    assert open_points(after.state) == ()


def test_an_answer_waits_for_each_who_must_accept_until_they_leave() -> None:
    """One who rejects does not speak for the others."""
    joined = fact(
        ComplainantJoined, party_id="party-2", party_role="joint_complainant", must_accept=True
    )
    accepted = fact(ComplainantAccepted)
    rejected = fact(ComplainantRejected, party_id="party-2")
    case = given(received(), joined, rejected, accepted)
    assert case.state is not None
    assert answer_waits_for(case.state) == ("party-2",)
    left = case.and_(fact(ComplainantLeft, party_id="party-2"))
    assert left.state is not None
    assert answer_waits_for(left.state) == ()
