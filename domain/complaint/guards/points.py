"""Guards on points: each that is raised is answered by itself, and ends before the complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.complaint.events import RootCauseRecorded
from domain.complaint.guards.standing import named, next_step
from domain.complaint.points import (
    has_own_points,
    has_redress_or_reason,
    open_points,
    points,
)
from domain.complaint.strands import ACTION, ROOT_CAUSE
from domain.opaque import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from domain.complaint.points import Point
    from domain.complaint.state import ComplaintState

ANSWERED_ELSEWHERE: Final = frozenset({"merged", "edr_settled", "edr_determined", "court"})
"""Bases of closing on which the answer to a point is not ours."""


def _listed(found: Iterable[Point]) -> str:
    return ", ".join(quoted(point.issue_id) for point in found)


def every_point_decided(state: ComplaintState, answered: Collection[str]) -> Iterator[str | None]:
    """A decision that goes point by point has an outcome for each that is open, and no other.

    Without any, its own outcome is that of every point.
    """
    if not has_own_points(state):
        return
    missing = [point for point in open_points(state) if not point.names & set(answered)]
    if missing and answered:
        yield (
            f"{named(state)} has points without an outcome: {_listed(missing)}; give one for each "
            "(--issue-outcomes 'issue-1=upheld'), or end it first "
            f"{next_step(state, 'end-issue')}"
        )
    known = {name for point in points(state) for name in point.names}
    if any(name not in known for name in answered):
        yield (
            f"an issue outcome names no point of {named(state)}; name one of "
            f"{_listed(points(state))}, or raise it first {next_step(state, 'raise-issue')}"
        )


def points_known(state: ComplaintState, issue_ids: Iterable[str]) -> Iterator[str | None]:
    """What is about a point names one that was raised."""
    known = {point.issue_id for point in points(state)}
    for issue_id in issue_ids:
        if issue_id not in known:
            yield (
                f"{named(state)} has no point {quoted(issue_id)}; name one of "
                f"{_listed(points(state))}, or raise it first {next_step(state, 'raise-issue')}"
            )


def points_decided(state: ComplaintState, issue_ids: Iterable[str]) -> Iterator[str | None]:
    """A communication answers points that are decided."""
    given = set(issue_ids)
    yield from points_known(state, given)
    undecided = [p for p in points(state) if p.issue_id in given and p.decision is None]
    if undecided:
        yield (
            f"no decision on {_listed(undecided)} of {named(state)} is on record; decide it first "
            f"{next_step(state, 'decide')}"
        )


def point_is_open(state: ComplaintState, issue_id: str | None) -> Iterator[str | None]:
    """A point ends once; a decision that was made on it stands."""
    still = open_points(state)
    if issue_id is None and len(still) != 1:
        which = f"name one: {_listed(still)}" if still else "nothing is left to end"
        yield f"{named(state)} has {len(still)} open points; {which}"
        return
    if issue_id is None:
        return
    yield from points_known(state, (issue_id,))
    ended = [point for point in points(state) if point.issue_id == issue_id and point.ending]
    if ended:
        yield (
            f"point {quoted(issue_id)} of {named(state)} has ended as {ended[0].ending} already; "
            f"decide it anew if that was wrong {next_step(state, 'decide')}"
        )


def points_settled(state: ComplaintState, basis: str) -> Iterator[str | None]:
    """Closing leaves no point open, and none upheld without redress or a reason for none."""
    if not has_own_points(state) or basis in ANSWERED_ELSEWHERE:
        return
    still = open_points(state)
    if still:
        yield (
            f"{named(state)} has points that have not ended: {_listed(still)}; decide them first "
            f"{next_step(state, 'decide')}, or end them {next_step(state, 'end-issue')}"
        )
    bare = [p for p in points(state) if p.is_upheld and not has_redress_or_reason(state, p)]
    if bare:
        yield (
            f"{_listed(bare)} of {named(state)} is upheld without redress or a reason for none; "
            f"offer it first {next_step(state, 'offer-redress')}, or decide with "
            f"--no-redress-reason {next_step(state, 'decide')}"
        )


def causes_acted_on(state: ComplaintState) -> str | None:
    """A cause that affects others has an action, or a reason for none."""
    acted = {getattr(item.opened, "cause_id", None) for item in state.of_kind(ACTION)}
    left = [
        quoted(item.key)
        for item in state.of_kind(ROOT_CAUSE)
        if isinstance(item.opened, RootCauseRecorded)
        and item.opened.also_affects_others
        and item.opened.no_action_reason is None
        and item.key not in acted
    ]
    if not left:
        return None
    return (
        f"cause {', '.join(left)} of {named(state)} affects others and nothing is done about it; "
        f"raise an action first {next_step(state, 'raise-action')}, or record the cause with "
        f"--no-action-reason {next_step(state, 'record-root-cause')}"
    )
