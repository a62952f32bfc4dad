"""Commands of the course: escalate, raise attention, close, reopen, withdraw, correct (7.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
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
from domain.complaint.events.course import (
    AttentionRaised,
    ComplaintClosed,
    ComplaintReopened,
    ComplaintWithdrawn,
    CorrectionRecorded,
    EscalatedExternally,
    EscalatedInternally,
)
from domain.complaint.guards import correction
from domain.complaint.guards.answer import may_go_outside, may_go_to_review, not_a_first_decider
from domain.complaint.guards.closing import closable
from domain.complaint.guards.moments import latest_date
from domain.complaint.guards.standing import is_closed, not_closed, not_withdrawn
from domain.complaint.guards.values import known_code, on_scale, present
from domain.personal import PlaintextField

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.complaint.state import ComplaintState
    from domain.event import Event


class EscalateInternally(Command):
    """Take the complaint to internal review; the stage moves."""

    requested_by: str | None = said_in(EscalatedInternally, "requested_by")
    reviewer: str | None = said_in(EscalatedInternally, "reviewer")
    reason_code: str | None = said_in(EscalatedInternally, "reason_code")
    reasons: PlaintextField | None = said_in(EscalatedInternally, "reasons")


def decide_escalate_internally(
    state: ComplaintState | None, command: EscalateInternally
) -> tuple[Event, ...]:
    """Review at somebody's request, by somebody who did not give the first answer (INV-11)."""
    case = on_record("escalate-internally", state, command)
    allow(
        "escalate-internally",
        case,
        command,
        not_closed(case),
        may_go_to_review(case),
        present(requested_by=command.requested_by),
        known_code("requested_by", command.requested_by),
        known_code("reason_code", command.reason_code, "escalation_reason"),
        not_a_first_decider(case, command.reviewer, "reviewer"),
    )
    return save(case, command, draft(EscalatedInternally, command))


class EscalateExternally(Command):
    """Record that the complaint went to a body outside; the stage moves."""

    edr_body: str = said_in(EscalatedExternally, "edr_body")
    edr_ref: str | None = said_in(EscalatedExternally, "edr_ref")
    requested_by: str | None = said_in(EscalatedExternally, "requested_by")
    consent: bool | None = said_in(EscalatedExternally, "consent")


def decide_escalate_externally(
    state: ComplaintState | None, command: EscalateExternally
) -> tuple[Event, ...]:
    """Go outside at the complainant's request or with their consent."""
    case = on_record("escalate-externally", state, command)
    allow(
        "escalate-externally",
        case,
        command,
        not_closed(case),
        present(edr_body=command.edr_body),
        known_code("requested_by", command.requested_by),
        may_go_outside(case, command.requested_by, consent=command.consent),
    )
    return save(case, command, draft(EscalatedExternally, command))


class RaiseAttention(Command):
    """Tell somebody higher in the line; nothing else changes."""

    level: int = said_in(AttentionRaised, "level")
    told: str | None = said_in(AttentionRaised, "told")
    reason_code: str | None = said_in(AttentionRaised, "reason_code")


def decide_raise_attention(
    state: ComplaintState | None, command: RaiseAttention
) -> tuple[Event, ...]:
    """Tell a level of the line about an open complaint."""
    case = on_record("raise-attention", state, command)
    allow(
        "raise-attention",
        case,
        command,
        not_closed(case),
        on_scale("level", command.level),
        known_code("reason_code", command.reason_code, "escalation_reason"),
    )
    return save(case, command, draft(AttentionRaised, command))


class CloseComplaint(Command):
    """End the handling."""

    closure_basis: str = said_in(ComplaintClosed, "closure_basis")
    note: PlaintextField | None = said_in(ComplaintClosed, "note")


def decide_close(state: ComplaintState | None, command: CloseComplaint) -> tuple[Event, ...]:
    """Close on a basis that holds, with nothing owed and nobody left without a way on."""
    case = on_record("close", state, command)
    allow(
        "close",
        case,
        command,
        not_closed(case),
        *closable(case, command.closure_basis, command.occurred_on),
    )
    return save(case, command, draft(ComplaintClosed, command))


class ReopenComplaint(Command):
    """Handle a closed complaint again."""

    reason_code: str = said_in(ComplaintReopened, "reason_code")
    note: PlaintextField | None = said_in(ComplaintReopened, "note")


def decide_reopen(state: ComplaintState | None, command: ReopenComplaint) -> tuple[Event, ...]:
    """Reopen what is closed, with a reason of the list."""
    case = on_record("reopen", state, command)
    allow(
        "reopen",
        case,
        command,
        is_closed(case),
        known_code("reason_code", command.reason_code, "reopen_reason"),
    )
    return save(case, command, draft(ComplaintReopened, command))


class WithdrawComplaint(Command):
    """Record that the complainant took the complaint back."""

    withdrawn_by: str = said_in(ComplaintWithdrawn, "withdrawn_by")
    reason_code: str | None = said_in(ComplaintWithdrawn, "reason_code")
    confirmed_in_writing: bool | None = said_in(ComplaintWithdrawn, "confirmed_in_writing")


def decide_withdraw(state: ComplaintState | None, command: WithdrawComplaint) -> tuple[Event, ...]:
    """Only the complainant or a representative takes a complaint back (INV-22)."""
    case = on_record("withdraw", state, command)
    allow(
        "withdraw",
        case,
        command,
        not_closed(case),
        known_code("withdrawn_by", command.withdrawn_by),
        not_withdrawn(case),
    )
    return save(case, command, draft(ComplaintWithdrawn, command))


class CorrectComplaint(Command):
    """Correct a field of the receipt; the earlier value stays in its event."""

    target_event_id: UUID | None = said_in(CorrectionRecorded, "target_event_id")
    corrected_field: str = said_in(CorrectionRecorded, "corrected_field")
    new_value: str | None = said_in(CorrectionRecorded, "new_value")
    unknown: bool = said_in(CorrectionRecorded, "unknown")
    new_personal_value: PlaintextField | None = said_in(CorrectionRecorded, "new_personal_value")
    reason_code: str | None = Field(default=None, description="Code of the reason.")
    approved_by: str | None = said_in(CorrectionRecorded, "approved_by")


def decide_correct(state: ComplaintState | None, command: CorrectComplaint) -> tuple[Event, ...]:
    """Correct an open or a closed complaint, with a reason; a second person moves a clock."""
    case = on_record("correct", state, command)
    allow(
        "correct",
        case,
        command,
        correction.aims_at_receipt(case, command.target_event_id),
        correction.field_exists(command.corrected_field),
        present(reason_code=command.reason_code),
        known_code("reason_code", command.reason_code, "correction_reason"),
        *_value_obstacles(case, command),
    )
    return save(case, command, draft(CorrectionRecorded, command))


def _value_obstacles(case: ComplaintState, command: CorrectComplaint) -> Iterator[str | None]:
    field, text = command.corrected_field, command.new_value
    yield from correction.one_value(
        field,
        plain=text is not None,
        personal=command.new_personal_value is not None,
        unknown=command.unknown,
    )
    yield from correction.value_fits(field, text)
    zone = command.occurred_zone if case.receipt is None else case.receipt.received_zone
    latest = latest_date(command.now, zone)
    yield correction.not_after_now(field, text, latest, command.now)
    yield correction.later_needs_second_person(
        case, field, text, actor=command.actor, approved_by=command.approved_by
    )
    yield correction.changes_something(case, field, text, unknown=command.unknown)


COURSE: Final = (
    CommandSpec(
        "escalate-internally",
        EscalateInternally,
        decide_escalate_internally,
        "Take it to internal review.",
        "complaints case escalate-internally C-17 --requested-by complainant --reviewer staff-31",
    ),
    CommandSpec(
        "escalate-externally",
        EscalateExternally,
        decide_escalate_externally,
        "Record that it went to a body outside.",
        "complaints case escalate-externally C-17 --edr-body ombudsman --requested-by complainant",
    ),
    CommandSpec(
        "raise-attention",
        RaiseAttention,
        decide_raise_attention,
        "Tell somebody higher in the line.",
        "complaints case raise-attention C-17 --level 2 --reason-code deadline_risk",
    ),
    CommandSpec(
        "close",
        CloseComplaint,
        decide_close,
        "End the handling.",
        "complaints case close C-17 --closure-basis accepted",
    ),
    CommandSpec(
        "reopen",
        ReopenComplaint,
        decide_reopen,
        "Handle a closed complaint again.",
        "complaints case reopen C-17 --reason-code new_evidence",
    ),
    CommandSpec(
        "withdraw",
        WithdrawComplaint,
        decide_withdraw,
        "Record that the complainant took it back.",
        "complaints case withdraw C-17 --withdrawn-by complainant",
    ),
    CommandSpec(
        "correct",
        CorrectComplaint,
        decide_correct,
        "Correct a field of the receipt.",
        "complaints case correct C-17 --corrected-field product --new-value 'current account' "
        "--reason-code misunderstood",
    ),
)
