"""The command that ends a point without a finding on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import Field

from domain.complaint.commands.command import (
    Command,
    CommandSpec,
    allow,
    draft,
    on_record,
    said_in,
    save,
)
from domain.complaint.events.inquiry import IssueEnded
from domain.complaint.guards.points import point_is_open
from domain.complaint.guards.standing import not_closed
from domain.complaint.guards.values import known_code
from domain.complaint.points import open_points
from domain.personal import PlaintextField

if TYPE_CHECKING:
    from domain.complaint.state import ComplaintState
    from domain.event import Event


class EndIssue(Command):
    """End a point without a finding on it."""

    issue_id: str | None = Field(
        default=None,
        description="The point that ended; left out: the only one that is open.",
    )
    issue_ending: str = said_in(IssueEnded, "issue_ending")
    reason_code: str | None = said_in(IssueEnded, "reason_code")
    explanation: PlaintextField | None = said_in(IssueEnded, "explanation")


def decide_end(state: ComplaintState | None, command: EndIssue) -> tuple[Event, ...]:
    """End a point that is open."""
    case = on_record("end-issue", state, command)
    allow(
        "end-issue",
        case,
        command,
        not_closed(case),
        known_code("issue_ending", command.issue_ending),
        *point_is_open(case, command.issue_id),
    )
    issue_id = command.issue_id or open_points(case)[0].issue_id
    return save(case, command, draft(IssueEnded, command, issue_id=issue_id))


POINTS: Final = (
    CommandSpec(
        "end-issue",
        EndIssue,
        decide_end,
        "End a point without a finding: settled, withdrawn, not ours to decide.",
        "complaints case end-issue C-17 --issue-id issue-1 --issue-ending withdrawn",
    ),
)
