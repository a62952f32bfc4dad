"""Commands about people: representatives, support, joint complainants, consent (domain 3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from domain.complaint import events as e
from domain.complaint.commands.recording import recording
from domain.complaint.guards.moments import not_earlier
from domain.complaint.guards.standing import named, next_step
from domain.complaint.guards.strands import authority_holds, consented
from domain.complaint.guards.values import present

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.complaint.state import ComplaintState
    from domain.complaint.strands import StrandItem

    Obstacles = Iterator[str | None]


def _not_expired(_state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    yield not_earlier(
        command.expires_on,
        command.occurred_on,
        later_name="expires_on",
        earlier_name="occurred_on",
    )


def _verifiable(state: ComplaintState, command: Any, item: StrandItem | None) -> Obstacles:
    """Nobody verifies without something that shows it, and no authority that has ended."""
    shown = getattr(item.opened, "authority_evidence", None) if item and item.opened else None
    yield present(authority_evidence=command.authority_evidence or shown)
    yield from _not_expired(state, command, item)


def _anonymous(state: ComplaintState, _command: Any, _item: StrandItem | None) -> Obstacles:
    if not state.is_anonymous:
        yield (
            f"{named(state)} is not anonymous; if it is somebody else's, correct the field "
            f"complainant_ref {next_step(state, 'correct')}"
        )


def _may_be_told(state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    """The guards of a disclosure: there is no door around them before the act (DESIGN 3)."""
    if command.representative_id is not None:
        yield authority_holds(state, command.representative_id, command.occurred_on)
    elif command.disclosure_basis == "authority":
        yield present(representative_id=command.representative_id)
    if command.disclosure_basis == "consent":
        yield consented(state, command.consent_id)
    yield present(content_items=command.content_items)


PEOPLE: Final = (
    recording(
        "record-authority",
        e.RepresentativeAuthorityRecorded,
        "Record that somebody says they act for the complainant.",
        "--representative-id rep-7 --representative-kind lawyer",
        guard=_not_expired,
    ),
    recording(
        "verify-authority",
        e.RepresentativeAuthorityVerified,
        "Record that a representative's authority was checked.",
        "--representative-id rep-7 --authority-evidence signed_authority",
        guard=_verifiable,
    ),
    recording(
        "revoke-authority",
        e.RepresentativeAuthorityRevoked,
        "Record that a representative's authority ended.",
        "--representative-id rep-7",
    ),
    recording(
        "record-support-need",
        e.SupportNeedRecorded,
        "Record what support somebody needs.",
        "--need-code large_print",
    ),
    recording(
        "provide-adjustment",
        e.AdjustmentProvided,
        "Record how a support need was met.",
        "--adjustment-code large_print",
    ),
    recording(
        "end-support-need",
        e.SupportNeedEnded,
        "Record that a support need is there no longer.",
        "",
    ),
    recording(
        "record-vulnerability",
        e.VulnerabilityRecorded,
        "Record that circumstances make somebody specially susceptible to harm.",
        "--vulnerability-known-by complainant",
    ),
    recording(
        "identify-complainant",
        e.ComplainantIdentified,
        "Record who an anonymous complainant is.",
        "--complainant-ref party-31",
        guard=_anonymous,
    ),
    recording(
        "join-complainant",
        e.ComplainantJoined,
        "Record that another person complains jointly, or is affected.",
        "--party-id party-32 --party-role joint_complainant --must-accept",
    ),
    recording(
        "record-leaving",
        e.ComplainantLeft,
        "Record that a joint complainant left; the complaint goes on.",
        "--party-id party-32",
    ),
    recording(
        "record-death",
        e.ComplainantDied,
        "Record that a complainant died; the complaint is the estate's.",
        "",
    ),
    recording(
        "record-consent",
        e.ConsentRecorded,
        "Record what was consented to.",
        "--consent-purpose disclosure",
    ),
    recording(
        "withdraw-consent",
        e.ConsentWithdrawn,
        "Record that a consent was taken back.",
        "",
    ),
    recording(
        "disclose",
        e.DisclosureMade,
        "Record what is about to be told to whom, and on which ground.",
        "--recipient ombudsman --disclosure-basis legal_obligation --content-items file",
        guard=_may_be_told,
    ),
)
