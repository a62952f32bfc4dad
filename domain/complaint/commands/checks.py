"""Commands of the second person: send a decision back, approve an offer (four eyes)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

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
from domain.complaint.commands.recording import recording
from domain.complaint.events import DecisionReturned, RedressApproved
from domain.complaint.guards.answer import decision_named, returnable
from domain.complaint.guards.redress import can_be_approved
from domain.complaint.guards.standing import not_closed
from domain.personal import PlaintextField

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.complaint.state import ComplaintState
    from domain.complaint.strands import StrandItem
    from domain.event import Event


class ReturnDecision(Command):
    """Send a decision back to who decided it."""

    decision_event_id: UUID | None = Field(
        default=None, description="The decision sent back; left out: the last one."
    )
    reason_code: str | None = said_in(DecisionReturned, "reason_code")
    comments: PlaintextField | None = said_in(DecisionReturned, "comments")


def decide_return(state: ComplaintState | None, command: ReturnDecision) -> tuple[Event, ...]:
    """Send back what was not told yet, and never one's own."""
    case = on_record("return-decision", state, command)
    allow(
        "return-decision",
        case,
        command,
        not_closed(case),
        *returnable(case, command.decision_event_id, command.actor),
    )
    decision = decision_named(case, command.decision_event_id)
    returned = None if decision is None else decision.event_id
    return save(case, command, draft(DecisionReturned, command, decision_event_id=returned))


def _approvable(
    state: ComplaintState, command: Any, _item: StrandItem | None
) -> Iterator[str | None]:
    yield from can_be_approved(state, command.redress_id, command.actor)


CHECKS: Final = (
    CommandSpec(
        "return-decision",
        ReturnDecision,
        decide_return,
        "Send a decision back to who decided it.",
        "complaints case return-decision C-17 --reason-code reasons_missing",
    ),
    recording(
        "approve-redress",
        RedressApproved,
        "Approve an offer that somebody else proposes.",
        "--redress-id r1",
        guard=_approvable,
    ),
)
