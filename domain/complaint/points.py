"""The points of a complaint: what it raises, and how each of them ended.

The receipt's own issue is the first point, `issue-0`; every issue that was raised is a
further one. A point is named by its id or by a text that it was ever put in. The last
decision on it or end without a finding, after it was raised, is its ending; without either
it ends as the complaint does: by agreement, withdrawal, forwarding or as not eligible.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from domain.complaint.strands import ISSUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.complaint.facets.answer import Decision
    from domain.complaint.state import ComplaintState

RECEIPTS_OWN: Final = "issue-0"
"""Id of the point that is the receipt's own issue."""

UPHELD: Final = frozenset({"upheld", "partly_upheld"})


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a complaint."""

    issue_id: str
    texts: tuple[str, ...]
    """How it was ever put, the last one last."""
    raised_version: int
    ending: str | None = None
    """Outcome, or code of an end without a finding; null: it is open."""
    ended_version: int = 0
    decision: Decision | None = None
    """The decision that ended it, if one did."""

    @property
    def names(self) -> frozenset[str]:
        """Everything by which it may be named."""
        return frozenset((self.issue_id, *self.texts))

    @property
    def is_upheld(self) -> bool:
        """Whether it was upheld, at least in part."""
        return self.decision is not None and self.ending in UPHELD


def points(state: ComplaintState) -> tuple[Point, ...]:
    """Return every point that was raised, the receipt's own first."""
    found = []
    for issue_id in dict.fromkeys(issue_id for issue_id, _ in state.issue_texts):
        texts = tuple(text for named, text in state.issue_texts if named == issue_id)
        item = state.strand(ISSUE, issue_id)
        found.append(_ended(state, issue_id, texts, 1 if item is None else item.opened_version))
    return tuple(found)


def has_own_points(state: ComplaintState) -> bool:
    """Whether a point was raised beside the receipt's own: then each is answered by itself."""
    return any(issue_id != RECEIPTS_OWN for issue_id, _ in state.issue_texts)


def open_points(state: ComplaintState) -> tuple[Point, ...]:
    """Return the points that have no ending."""
    return tuple(point for point in points(state) if point.ending is None)


def told(state: ComplaintState, point: Point) -> bool:
    """Whether a communication after the decision on a point answers it."""
    return any(
        each.version > point.ended_version
        and (not each.issue_ids or point.issue_id in each.issue_ids)
        for each in state.communications
    )


def has_redress_or_reason(state: ComplaintState, point: Point) -> bool:
    """Whether something was offered for a point, or the decision says why nothing is."""
    offered = any(
        item.offered_on is not None and (not item.issue_ids or point.issue_id in item.issue_ids)
        for item in state.redress
    )
    return offered or (point.decision is not None and point.decision.no_redress_reason is not None)


def _ended(state: ComplaintState, issue_id: str, texts: tuple[str, ...], raised: int) -> Point:
    point = Point(issue_id, texts, raised)
    ends = [each for each in _explicit(state, point) if each[1] > raised]
    if ends:
        ending, version, decision = max(ends, key=lambda each: each[1])
        return Point(issue_id, texts, raised, ending, version, decision)
    courses = [each for each in _courses(state) if each[1] > raised]
    if courses:
        ending, version = min(courses, key=lambda each: each[1])
        return Point(issue_id, texts, raised, ending, version)
    return point


def _explicit(state: ComplaintState, point: Point) -> Iterator[tuple[str, int, Decision | None]]:
    for decision in state.decisions:
        answers = [outcome for name, outcome in decision.issue_outcomes if name in point.names]
        if not decision.issue_outcomes:
            yield decision.outcome, decision.version, decision
        elif answers:
            yield answers[-1], decision.version, decision
    for issue_id, ending, version in state.issue_endings:
        if issue_id == point.issue_id:
            yield ending, version, None


def _courses(state: ComplaintState) -> Iterator[tuple[str, int]]:
    if state.summary_agreed:
        yield "resolved_by_agreement", state.summary_version
    if state.is_withdrawn:
        yield "withdrawn", state.withdrawn_version
    if state.forwarding is not None and not state.forwarding.keeps_part:
        yield "forwarded", state.forwarding.version
    if state.eligibility is not None and not state.eligibility.eligible:
        yield "ineligible", state.eligibility.version
