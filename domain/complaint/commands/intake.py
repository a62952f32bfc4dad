"""Commands of intake: log, acknowledge, determine eligibility, forward (ISO 10002 7.2 to 7.4)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from domain.complaint.commands.command import (
    Command,
    CommandSpec,
    allow,
    command_itself,
    draft,
    on_record,
    refuse_if,
    said_in,
    save,
    subject,
)
from domain.complaint.events.intake import (
    ComplaintAcknowledged,
    ComplaintForwarded,
    ComplaintReceived,
    EligibilityDetermined,
)
from domain.complaint.guards.moments import moment, not_earlier
from domain.complaint.guards.standing import (
    contactable,
    named,
    next_step,
    not_acknowledged,
    not_closed,
)
from domain.complaint.guards.values import (
    jurisdiction,
    known_code,
    known_codes,
    null_and_a_field,
    present,
)
from domain.personal import PlaintextField

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.complaint.state import ComplaintState
    from domain.event import Event


class LogComplaint(Command):
    """Take a complaint in; what is left out was not asked."""

    reference: str | None = said_in(ComplaintReceived, "reference")
    external_id: str | None = said_in(ComplaintReceived, "external_id")
    received_on: date | None = said_in(ComplaintReceived, "received_on", default=None)
    received_at: datetime | None = said_in(ComplaintReceived, "received_at")
    received_zone: str | None = said_in(ComplaintReceived, "received_zone")
    received_by: str | None = said_in(ComplaintReceived, "received_by")
    aware_on: date | None = said_in(ComplaintReceived, "aware_on")
    incident_on: date | None = said_in(ComplaintReceived, "incident_on")
    incident_until: date | None = said_in(ComplaintReceived, "incident_until")
    recurring: bool | None = said_in(ComplaintReceived, "recurring")
    channel: str | None = said_in(ComplaintReceived, "channel")
    oral: bool | None = said_in(ComplaintReceived, "oral")
    kind: str | None = said_in(ComplaintReceived, "kind")
    kind_classified_by: str | None = said_in(ComplaintReceived, "kind_classified_by")
    organisation: str | None = said_in(ComplaintReceived, "organisation")
    legal_entity: str | None = said_in(ComplaintReceived, "legal_entity")
    brand: str | None = said_in(ComplaintReceived, "brand")
    org_unit: str | None = said_in(ComplaintReceived, "org_unit")
    product: str | None = said_in(ComplaintReceived, "product")
    sub_product: str | None = said_in(ComplaintReceived, "sub_product")
    practice: str | None = said_in(ComplaintReceived, "practice")
    issue: str | None = said_in(ComplaintReceived, "issue")
    sub_issue: str | None = said_in(ComplaintReceived, "sub_issue")
    cause_alleged: str | None = said_in(ComplaintReceived, "cause_alleged")
    complainant_ref: str | None = said_in(ComplaintReceived, "complainant_ref")
    complainant_category: str | None = said_in(ComplaintReceived, "complainant_category")
    complainant_jurisdiction: str | None = said_in(ComplaintReceived, "complainant_jurisdiction")
    anonymous: bool | None = said_in(ComplaintReceived, "anonymous")
    referred_by: str | None = said_in(ComplaintReceived, "referred_by")
    remedy_sought: list[str] | None = said_in(ComplaintReceived, "remedy_sought")
    respond_by: date | None = said_in(ComplaintReceived, "respond_by")
    unknown_fields: list[str] = said_in(ComplaintReceived, "unknown_fields")
    complainant_name: PlaintextField | None = said_in(ComplaintReceived, "complainant_name")
    complainant_contact: PlaintextField | None = said_in(ComplaintReceived, "complainant_contact")
    narrative: PlaintextField | None = said_in(ComplaintReceived, "narrative")


def decide_log(state: ComplaintState | None, command: LogComplaint) -> tuple[Event, ...]:
    """Take in a complaint on a stream of its own, which no other complaint ever has (INV-05)."""
    refuse_if(
        subject("log", command.reference or command.stream_id),
        (*_stream_is_new(state), *_receipt_fits(command), *command_itself(command)),
    )
    contact = dict(zip(_CONTACT, _first_contact(command), strict=True))
    classified = command.kind_classified_by or (command.actor if command.kind else None)
    receipt = draft(ComplaintReceived, command, kind_classified_by=classified, **contact)
    return save(state, command, receipt)


def _first_contact(command: LogComplaint) -> tuple[date, datetime | None, str | None]:
    """Return when first contact was: as the command says, else when the act itself happened."""
    if command.received_on is None and command.received_at is None:
        return command.occurred_on, command.occurred_at, command.occurred_zone
    zone = command.received_zone or command.occurred_zone
    return command.received_on or command.occurred_on, command.received_at, zone


def _stream_is_new(state: ComplaintState | None) -> Iterator[str | None]:
    if state is not None and state.version > 0:
        yield (
            f"{named(state)} was logged already (INV-05); correct it "
            f"{next_step(state, 'correct')}, or log this one under its own id"
        )


def _receipt_fits(command: LogComplaint) -> Iterator[str | None]:
    received_on, received_at, zone = _first_contact(command)
    if received_at != command.occurred_at or received_on != command.occurred_on:
        yield from moment("received", on=received_on, at=received_at, zone=zone, now=command.now)
    yield not_earlier(
        command.occurred_on, received_on, later_name="occurred_on", earlier_name="received_on"
    )
    yield known_code("channel", command.channel)
    yield known_code("kind", command.kind)
    yield known_code("complainant_category", command.complainant_category)
    yield from known_codes("remedy_sought", command.remedy_sought)
    yield jurisdiction("complainant_jurisdiction", command.complainant_jurisdiction)
    yield not_earlier(
        received_on, command.aware_on, later_name="received_on", earlier_name="aware_on"
    )
    yield not_earlier(
        command.incident_until,
        command.incident_on,
        later_name="incident_until",
        earlier_name="incident_on",
    )
    yield not_earlier(
        command.respond_by, received_on, later_name="respond_by", earlier_name="received_on"
    )
    yield from null_and_a_field(command, command.unknown_fields)


_CONTACT: Final = ("received_on", "received_at", "received_zone")


class AcknowledgeComplaint(Command):
    """Tell the complainant that the complaint came in."""

    medium: str | None = said_in(ComplaintAcknowledged, "medium")
    content_items: list[str] = said_in(ComplaintAcknowledged, "content_items")
    message: PlaintextField | None = said_in(ComplaintAcknowledged, "message")


def decide_acknowledge(
    state: ComplaintState | None, command: AcknowledgeComplaint
) -> tuple[Event, ...]:
    """Confirm receipt once, to somebody who can be reached, before closing."""
    case = on_record("acknowledge", state, command)
    allow(
        "acknowledge",
        case,
        command,
        not_closed(case),
        contactable(case),
        not_acknowledged(case),
        known_code("medium", command.medium),
    )
    return save(case, command, draft(ComplaintAcknowledged, command))


class DetermineEligibility(Command):
    """Settle whether it must be handled as a complaint."""

    eligible: bool = said_in(EligibilityDetermined, "eligible")
    reason_code: str | None = said_in(EligibilityDetermined, "reason_code")
    explanation_sent: bool | None = said_in(EligibilityDetermined, "explanation_sent")
    outside_options: list[str] | None = said_in(EligibilityDetermined, "outside_options")
    rationale: PlaintextField | None = said_in(EligibilityDetermined, "rationale")


def decide_eligibility(
    state: ComplaintState | None, command: DetermineEligibility
) -> tuple[Event, ...]:
    """Settle eligibility with a reason; an ineligible complainant is told why in writing."""
    case = on_record("determine-eligibility", state, command)
    unexplained = None
    if not command.eligible and command.explanation_sent is not True and not case.is_anonymous:
        unexplained = (
            f"{named(case)} would be ineligible and the complainant was not told "
            "why; explain it in writing and say --explanation-sent"
        )
    allow(
        "determine-eligibility",
        case,
        command,
        not_closed(case),
        present(reason_code=command.reason_code),
        known_code("reason_code", command.reason_code, "eligibility_reason"),
        unexplained,
    )
    return save(case, command, draft(EligibilityDetermined, command))


class ForwardComplaint(Command):
    """Pass the complaint to the organisation that must answer it."""

    forwarded_to: str = said_in(ComplaintForwarded, "forwarded_to")
    reason_code: str | None = said_in(ComplaintForwarded, "reason_code")
    complainant_told: bool | None = said_in(ComplaintForwarded, "complainant_told")
    keeps_part: bool | None = said_in(ComplaintForwarded, "keeps_part")


def decide_forward(state: ComplaintState | None, command: ForwardComplaint) -> tuple[Event, ...]:
    """Forward with a reason, and tell the complainant."""
    case = on_record("forward", state, command)
    untold = None
    if command.complainant_told is not True and not case.is_anonymous:
        untold = (
            f"the complainant of {named(case)} was not told of the forwarding; tell them "
            "and say --complainant-told"
        )
    allow(
        "forward",
        case,
        command,
        not_closed(case),
        present(forwarded_to=command.forwarded_to, reason_code=command.reason_code),
        untold,
    )
    return save(case, command, draft(ComplaintForwarded, command))


INTAKE: Final = (
    CommandSpec(
        "log",
        LogComplaint,
        decide_log,
        "Take a complaint in.",
        "complaints case log --reference C-17 --channel phone --issue 'late delivery'",
    ),
    CommandSpec(
        "acknowledge",
        AcknowledgeComplaint,
        decide_acknowledge,
        "Tell the complainant that it came in.",
        "complaints case acknowledge C-17 --medium email",
    ),
    CommandSpec(
        "determine-eligibility",
        DetermineEligibility,
        decide_eligibility,
        "Settle whether it must be handled as a complaint.",
        "complaints case determine-eligibility C-17 --eligible --reason-code in_scope",
    ),
    CommandSpec(
        "forward",
        ForwardComplaint,
        decide_forward,
        "Pass it to the organisation that must answer it.",
        "complaints case forward C-17 --forwarded-to 'Carrier Ltd' "
        "--reason-code not_our_activity --complainant-told",
    ),
)
