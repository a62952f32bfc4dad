"""Commands of the reply: accepted, rejected, or none in time, each for one person (7.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.complaint.commands.command import (
    Command,
    CommandSpec,
    allow,
    draft,
    on_record,
    said_in,
    save,
)
from domain.complaint.events.decision import (
    ComplainantAccepted,
    ComplainantDidNotReply,
    ComplainantRejected,
)
from domain.complaint.guards.answer import communicated, not_replied, window_ended
from domain.complaint.guards.joint import not_replied_by, offers_known, takes_part
from domain.complaint.guards.points import points_known
from domain.complaint.guards.standing import named, not_closed
from domain.complaint.guards.values import known_code
from domain.complaint.joint import must_accept
from domain.personal import PlaintextField

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.complaint.facets.answer import ReplyKind
    from domain.complaint.state import ComplaintState
    from domain.event import Event


class RecordAcceptance(Command):
    """Record that the complainant accepted the answer."""

    medium: str | None = said_in(ComplainantAccepted, "medium")
    party_id: str | None = said_in(ComplainantAccepted, "party_id")
    redress_ids: list[str] = said_in(ComplainantAccepted, "redress_ids")
    issue_ids: list[str] = said_in(ComplainantAccepted, "issue_ids")


def decide_acceptance(state: ComplaintState | None, command: RecordAcceptance) -> tuple[Event, ...]:
    """Record an acceptance of what was communicated, even after a rejection."""
    case = on_record("record-acceptance", state, command)
    allow(
        "record-acceptance",
        case,
        command,
        not_closed(case),
        communicated(case),
        *_not_replied(case, command, "accepted"),
        _after_it_was_told(case, command),
        known_code("medium", command.medium),
    )
    return save(case, command, draft(ComplainantAccepted, command))


class RecordRejection(Command):
    """Record that the complainant rejected the answer; the complaint stays open."""

    medium: str | None = said_in(ComplainantRejected, "medium")
    party_id: str | None = said_in(ComplainantRejected, "party_id")
    redress_ids: list[str] = said_in(ComplainantRejected, "redress_ids")
    issue_ids: list[str] = said_in(ComplainantRejected, "issue_ids")
    reason_code: str | None = said_in(ComplainantRejected, "reason_code")
    reasons: PlaintextField | None = said_in(ComplainantRejected, "reasons")


def decide_rejection(state: ComplaintState | None, command: RecordRejection) -> tuple[Event, ...]:
    """Record a rejection of what was communicated."""
    case = on_record("record-rejection", state, command)
    allow(
        "record-rejection",
        case,
        command,
        not_closed(case),
        communicated(case),
        *_not_replied(case, command, "rejected"),
        _after_it_was_told(case, command),
        known_code("medium", command.medium),
    )
    return save(case, command, draft(ComplainantRejected, command))


class RecordNoReply(Command):
    """Record that the window for a reply ended without one."""

    party_id: str | None = said_in(ComplainantDidNotReply, "party_id")
    redress_ids: list[str] = said_in(ComplainantDidNotReply, "redress_ids")
    issue_ids: list[str] = said_in(ComplainantDidNotReply, "issue_ids")


def decide_no_reply(state: ComplaintState | None, command: RecordNoReply) -> tuple[Event, ...]:
    """Record silence only after the window that the letter named (INV-21)."""
    case = on_record("record-no-reply", state, command)
    allow(
        "record-no-reply",
        case,
        command,
        not_closed(case),
        *_not_replied(case, command, "accepted", "rejected", "no_reply"),
        window_ended(case, command.occurred_on),
    )
    ended = None if case.communication is None else case.communication.reply_by
    return save(case, command, draft(ComplainantDidNotReply, command, window_ended_on=ended))


def _not_replied(
    case: ComplaintState,
    command: RecordAcceptance | RecordRejection | RecordNoReply,
    *kinds: ReplyKind,
) -> Iterator[str | None]:
    """Each who must accept replies for themselves, about points and offers that there are."""
    yield takes_part(case, command.party_id)
    yield from offers_known(case, command.redress_ids)
    yield from points_known(case, command.issue_ids)
    if must_accept(case):
        yield from not_replied_by(case, command.party_id, *kinds)
    else:
        yield not_replied(case, *kinds)


def _after_it_was_told(case: ComplaintState, command: Command) -> str | None:
    told = case.communication
    if told is None or command.occurred_on >= told.on:
        return None
    return (
        f"the decision on {named(case)} was communicated on {told.on}, after "
        f"{command.occurred_on}; correct the date of the reply"
    )


REPLIES: Final = (
    CommandSpec(
        "record-acceptance",
        RecordAcceptance,
        decide_acceptance,
        "Record that the complainant accepted the answer.",
        "complaints case record-acceptance C-17 --medium phone",
    ),
    CommandSpec(
        "record-rejection",
        RecordRejection,
        decide_rejection,
        "Record that the complainant rejected the answer.",
        "complaints case record-rejection C-17 --medium email",
    ),
    CommandSpec(
        "record-no-reply",
        RecordNoReply,
        decide_no_reply,
        "Record that the window for a reply ended without one.",
        "complaints case record-no-reply C-17",
    ),
)
