"""Commands of finding out and learning: issues, staff heard, causes, actions, samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from domain.complaint import events as e
from domain.complaint.commands.recording import recording
from domain.complaint.guards.moments import not_earlier
from domain.complaint.guards.standing import investigating, named, next_step
from domain.complaint.guards.values import present
from domain.complaint.strands import ROOT_CAUSE
from domain.opaque import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.complaint.state import ComplaintState
    from domain.complaint.strands import StrandItem

    Obstacles = Iterator[str | None]

POINTS: Final = range(101)


def _heard(state: ComplaintState, _command: Any, _item: StrandItem | None) -> Obstacles:
    """Statements belong to an investigation."""
    yield investigating(state)


def _explained(_state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    """A cause that affects others is acted on, or there is a reason not to (domain.md 3.8)."""
    yield present(cause_confidence=command.cause_confidence)


def _raised(state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    """An action has somebody who does it, and a day."""
    yield present(action_owner=command.action_owner, due_on=command.due_on)
    yield not_earlier(
        command.due_on, command.occurred_on, later_name="due_on", earlier_name="occurred_on"
    )
    if command.cause_id is not None and state.strand(ROOT_CAUSE, command.cause_id) is None:
        yield (
            f"{named(state)} has no cause {quoted(command.cause_id)}; record it first "
            f"{next_step(state, 'record-root-cause')}"
        )


def _implemented(state: ComplaintState, command: Any, item: StrandItem | None) -> Obstacles:
    """Whether something helped is seen after it was done, by somebody else."""
    if item is None:
        return
    if not item.has_since_opened(e.ActionImplemented):
        yield (
            f"action {quoted(item.key)} of {named(state)} is not carried out yet; record that "
            f"first {next_step(state, 'implement-action')}"
        )
    if getattr(item.opened, "action_owner", None) == command.actor:
        yield (
            f"{quoted(command.actor)} carried out action {quoted(item.key)} of {named(state)} "
            "and cannot verify it too; let somebody else look"
        )


def _scored(_state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    if command.score not in POINTS:
        yield f"score {command.score} is no number of points; give one from 0 to 100"


INQUIRY: Final = (
    recording(
        "raise-issue",
        e.IssueRaised,
        "Record a point that asks for an answer of its own.",
        "--issue 'late delivery'",
    ),
    recording(
        "amend-issue",
        e.IssueAmended,
        "Put a point differently; the earlier wording stays.",
        "--issue 'late and damaged delivery'",
    ),
    recording(
        "inform-subject",
        e.SubjectInformed,
        "Record that staff complained about were told.",
        "--subject-id staff-5",
    ),
    recording(
        "take-statement",
        e.SubjectStatementTaken,
        "Record what staff complained about said.",
        "--subject-id staff-5",
        guard=_heard,
    ),
    recording(
        "record-root-cause",
        e.RootCauseRecorded,
        "Record why it happened, as found.",
        "--cause-code process.delay --cause-confidence high --systemic",
        guard=_explained,
    ),
    recording(
        "raise-action",
        e.ActionRaised,
        "Record what is to be done about a cause, by whom and when.",
        "--action-kind process --action-owner staff-8 --due-on 2024-07-31",
        guard=_raised,
    ),
    recording(
        "implement-action",
        e.ActionImplemented,
        "Record that an action was carried out.",
        "",
    ),
    recording(
        "verify-action",
        e.ActionEffectivenessVerified,
        "Record whether an action took the cause away.",
        "--effective",
        guard=_implemented,
    ),
    recording(
        "link-promise",
        e.PromiseBreachLinked,
        "Record which promise was not kept.",
        "--promise-ref P-3 --breached-on 2024-06-01",
    ),
    recording(
        "draw-sample",
        e.QaSampleDrawn,
        "Draw the complaint into a sample of quality control.",
        "",
    ),
    recording(
        "score-sample",
        e.QaSampleScored,
        "Record how good the handling was, without touching the outcome.",
        "--score 85",
        guard=_scored,
    ),
)
