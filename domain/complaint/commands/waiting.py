"""Commands of asking, holding up and putting off (domain.md 3.10; ISO 10002 7.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from domain.complaint import events as e
from domain.complaint.commands.recording import recording
from domain.complaint.guards.moments import not_earlier
from domain.complaint.guards.standing import contactable, named, next_step
from domain.complaint.guards.values import known_code, present

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.complaint.state import ComplaintState
    from domain.complaint.strands import StrandItem

    Obstacles = Iterator[str | None]


def _asked(state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    """What is asked of the complainant reaches them; what is due is due later."""
    if command.asked_of == "complainant":
        yield contactable(state)
    yield present(due_on=command.due_on)
    yield not_earlier(
        command.due_on, command.occurred_on, later_name="due_on", earlier_name="occurred_on"
    )


def _told(state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    yield contactable(state)
    yield known_code("medium", command.medium)


def _reviewed(_state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    """A hold has a day on which somebody looks at it again."""
    yield present(review_by=command.review_by)
    yield not_earlier(
        command.review_by, command.occurred_on, later_name="review_by", earlier_name="occurred_on"
    )


def _delayed(state: ComplaintState, command: Any, item: StrandItem | None) -> Obstacles:
    """A notice of delay names a new date; after the old one it is late, and still needed."""
    yield from _told(state, command, item)
    yield present(new_due_on=command.new_due_on, delay_reason=command.delay_reason)
    yield not_earlier(
        command.new_due_on, command.old_due_on, later_name="new_due_on", earlier_name="old_due_on"
    )


def _extended(state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    """Time that has run out is not made longer (INV-16)."""
    yield present(old_due_on=command.old_due_on, delay_reason=command.delay_reason)
    yield not_earlier(
        command.new_due_on, command.old_due_on, later_name="new_due_on", earlier_name="old_due_on"
    )
    if command.old_due_on is not None and command.occurred_on > command.old_due_on:
        yield (
            f"what was due on {command.old_due_on} is late already and cannot be extended "
            f"(INV-16); tell the complainant {next_step(state, 'send-delay-notice')}"
        )


def _answered(state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    if command.failed_event_id is None and state.communication is None:
        yield (
            f"{named(state)} has nothing on record that was sent; name the event with "
            "--failed-event-id"
        )


WAITING: Final = (
    recording(
        "request-information",
        e.InformationRequested,
        "Ask somebody for information that the complaint needs.",
        "--asked-of complainant --due-on 2024-06-17",
        guard=_asked,
    ),
    recording(
        "receive-information",
        e.InformationReceived,
        "Record that information that was asked for came.",
        "--complete",
    ),
    recording(
        "record-enquiry",
        e.StatusRequested,
        "Record that the complainant asked how far it is.",
        "--medium phone",
    ),
    recording(
        "answer-enquiry",
        e.StatusProvided,
        "Tell how far it is to who asked.",
        "--medium phone",
        guard=_told,
    ),
    recording(
        "send-delay-notice",
        e.DelayNoticeSent,
        "Tell the complainant that the answer will be late, and until when.",
        "--old-due-on 2024-06-17 --new-due-on 2024-07-01 --delay-reason complexity",
        guard=_delayed,
    ),
    recording(
        "extend-deadline",
        e.DeadlineExtended,
        "Take more time before a date has passed, as far as the rules allow it.",
        "--old-due-on 2024-06-17 --new-due-on 2024-07-01 --delay-reason complexity",
        guard=_extended,
    ),
    recording(
        "place-hold",
        e.HoldPlaced,
        "Record that something outside holds the complaint up.",
        "--hold-kind third_party --review-by 2024-06-24",
        guard=_reviewed,
    ),
    recording(
        "review-hold",
        e.HoldReviewed,
        "Record that a hold was looked at and goes on.",
        "--review-by 2024-07-08",
        guard=_reviewed,
    ),
    recording(
        "release-hold",
        e.HoldReleased,
        "Record that a hold ended.",
        "",
    ),
    recording(
        "record-failed-communication",
        e.CommunicationFailed,
        "Record that what was sent did not arrive.",
        "--failure-code returned --medium post",
        guard=_answered,
    ),
)
