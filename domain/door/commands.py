"""Commands at the door: make somebody responsible, dismiss with a reason."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.complaint.commands.command import (
    Command,
    CommandSpec,
    command_itself,
    draft,
    refuse_if,
    said_in,
    save,
)
from domain.complaint.guards.values import known_code
from domain.door.events import (
    RefusedReceiptAssigned,
    RefusedReceiptDismissed,
    RefusedReceiptNoted,
)
from domain.personal import PlaintextField

if TYPE_CHECKING:
    from domain.complaint.commands.command import Draft
    from domain.door.receipt import DoorState
    from domain.event import Event


class DoorCommand(Command):
    """A wish to act on one receipt at the door, with what the log says of a refused record.

    The first act on a refused record notes it; a row that an import set aside is noted already.
    """

    refused_partition: int | None = said_in(RefusedReceiptNoted, "refused_partition", default=None)
    refused_ordinal: int | None = said_in(RefusedReceiptNoted, "refused_ordinal", default=None)
    refused_reason: str | None = said_in(RefusedReceiptNoted, "refused_reason", default=None)
    refused_event_id: UUID | None = said_in(RefusedReceiptNoted, "refused_event_id")
    claimed_stream_id: str | None = said_in(RefusedReceiptNoted, "claimed_stream_id")
    claimed_received_on: date | None = said_in(RefusedReceiptNoted, "claimed_received_on")


class AssignRefusedReceipt(DoorCommand):
    """Make somebody responsible for a receipt at the door."""

    owner: str = said_in(RefusedReceiptAssigned, "owner")


def decide_assign(state: DoorState | None, command: AssignRefusedReceipt) -> tuple[Event, ...]:
    """Make somebody responsible; whoever is already is not made so again."""
    drafts = _allowed("assign", state, command)
    if state is not None and state.owner == command.owner:
        return ()
    return save(state, command, *drafts, draft(RefusedReceiptAssigned, command))


class DismissRefusedReceipt(DoorCommand):
    """Say why no complaint waits behind a receipt at the door."""

    reason_code: str = said_in(RefusedReceiptDismissed, "reason_code")
    reasons: PlaintextField | None = said_in(RefusedReceiptDismissed, "reasons")


def decide_dismiss(state: DoorState | None, command: DismissRefusedReceipt) -> tuple[Event, ...]:
    """Dismiss with a reason of the list; `other` is a reason only with words."""
    wordless = None
    if command.reason_code == "other" and command.reasons is None:
        wordless = "reason_code 'other' says nothing by itself; say the reason in words too"
    drafts = _allowed(
        "dismiss",
        state,
        command,
        known_code("reason_code", command.reason_code, "dismissal_reason"),
        wordless,
    )
    return save(state, command, *drafts, draft(RefusedReceiptDismissed, command))


def _allowed(
    name: str, state: DoorState | None, command: DoorCommand, *obstacles: str | None
) -> list[Draft]:
    """Let a command pass and return what has to be noted first.

    Raises:
        CommandRefusedError: something stands in the way.
    """
    placeless = dismissed = None
    if state is None and None in {command.refused_partition, command.refused_ordinal}:
        placeless = "nothing is known of it; take an id that `complaints door list` shows"
    if state is not None and state.dismissed_on is not None:
        dismissed = f"it was dismissed on {state.dismissed_on}; nothing is left to do about it"
    refuse_if(
        f"{name} the refused receipt",
        (placeless, dismissed, *obstacles, *command_itself(command)),
    )
    return [draft(RefusedReceiptNoted, command)] if state is None else []


DOOR_COMMANDS: Final[tuple[CommandSpec, ...]] = (
    CommandSpec(
        "assign",
        AssignRefusedReceipt,
        decide_assign,
        "Make somebody responsible for a receipt at the door.",
        "complaints door assign 0:417 --owner staff-0017",
    ),
    CommandSpec(
        "dismiss",
        DismissRefusedReceipt,
        decide_dismiss,
        "Dismiss a receipt at the door, with a reason.",
        "complaints door dismiss 0:417 --reason-code duplicate",
    ),
)
"""Every command at the door."""

ASSIGN, DISMISS = DOOR_COMMANDS
