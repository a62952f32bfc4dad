"""Who is concerned: representatives, needs, joint complainants, consent, disclosure (domain 3.5)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from domain.event import Event
from domain.personal import Identity, Narrative, Special


class RepresentativeAuthorityRecorded(Event):
    """Somebody said that they act for the complainant; nothing is verified yet (INV-12)."""

    TOPIC: ClassVar[str] = "complaints.representative_authority_recorded.v1"

    representative_id: str = Field(description="Opaque id of the representative.")
    representative_kind: str = Field(description="Code of what they are to the complainant.")
    authority_scope: str | None = Field(default=None, description="Code of what they may do.")
    authority_evidence: str | None = Field(default=None, description="Code of what shows it.")
    expires_on: date | None = Field(default=None, description="Last local date of the authority.")
    representative_name: Identity = Field(default=None, description="Name of the representative.")
    representative_contact: Identity = Field(default=None, description="How to reach them.")


class RepresentativeAuthorityVerified(Event):
    """The authority was checked and holds."""

    TOPIC: ClassVar[str] = "complaints.representative_authority_verified.v1"

    representative_id: str = Field(description="The representative whose authority was checked.")
    authority_evidence: str | None = Field(default=None, description="Code of what shows it.")
    expires_on: date | None = Field(default=None, description="Last local date of the authority.")


class RepresentativeAuthorityRevoked(Event):
    """The authority ended: taken back, expired or never there."""

    TOPIC: ClassVar[str] = "complaints.representative_authority_revoked.v1"

    representative_id: str = Field(description="The representative whose authority ended.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")


class SupportNeedRecorded(Event):
    """Somebody needs support to complain or to be told; never a label on a person."""

    TOPIC: ClassVar[str] = "complaints.support_need_recorded.v1"

    need_id: str = Field(description="Opaque id of the need within its complaint.")
    need_code: str = Field(description="Code of what is needed, for example large_print.")
    needed_by: str | None = Field(
        default=None, description="Opaque id of the person; null: the complainant."
    )
    need_detail: Special = Field(default=None, description="The need in words.")


class AdjustmentProvided(Event):
    """A support need was met."""

    TOPIC: ClassVar[str] = "complaints.adjustment_provided.v1"

    need_id: str = Field(description="The need that was met.")
    adjustment_code: str = Field(description="Code of what was done.")


class SupportNeedEnded(Event):
    """A support need is there no longer; what was owed until then still counts."""

    TOPIC: ClassVar[str] = "complaints.support_need_ended.v1"

    need_id: str = Field(description="The need that ended.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")


class VulnerabilityRecorded(Event):
    """Circumstances make somebody specially susceptible to harm; what they are is sealed."""

    TOPIC: ClassVar[str] = "complaints.vulnerability_recorded.v1"

    vulnerability_known_by: str | None = Field(
        default=None, description="Code of how it came to be known."
    )
    caused_by_not_responding: bool | None = Field(
        default=None,
        description="Whether the complaint is about a failure to respond to vulnerability.",
    )
    drivers: Special = Field(default=None, description="The circumstances in words.")


class ComplainantIdentified(Event):
    """An anonymous complainant said who they are."""

    TOPIC: ClassVar[str] = "complaints.complainant_identified.v1"

    complainant_ref: str | None = Field(
        default=None, description="Pseudonym of the complainant, opaque."
    )
    complainant_name: Identity = Field(default=None, description="Name of the complainant.")
    complainant_contact: Identity = Field(default=None, description="How to reach the complainant.")


class ComplainantJoined(Event):
    """Another person complains jointly, or is affected by the same matter."""

    TOPIC: ClassVar[str] = "complaints.complainant_joined.v1"

    party_id: str = Field(description="Opaque id of the person within the complaint.")
    party_role: str = Field(description="Code: joint_complainant or affected_person.")
    must_accept: bool | None = Field(
        default=None, description="Whether an answer is accepted only if this person accepts too."
    )
    is_child: bool | None = Field(default=None, description="Whether the person is a minor.")
    party_name: Identity = Field(default=None, description="Name of the person.")
    party_contact: Identity = Field(default=None, description="How to reach the person.")


class ComplainantLeft(Event):
    """A joint complainant is one no longer; the complaint of the others goes on."""

    TOPIC: ClassVar[str] = "complaints.complainant_left.v1"

    party_id: str = Field(description="The person who left.")
    reason_code: str | None = Field(default=None, description="Code of the reason.")


class ComplainantDied(Event):
    """A complainant died; the complaint is the estate's now and does not end."""

    TOPIC: ClassVar[str] = "complaints.complainant_died.v1"

    party_id: str | None = Field(
        default=None, description="The joint complainant who died; null: the complainant."
    )
    told_by: str | None = Field(default=None, description="Opaque id of who said so.")


class ConsentRecorded(Event):
    """Somebody consented to something for a stated purpose."""

    TOPIC: ClassVar[str] = "complaints.consent_recorded.v1"

    consent_id: str = Field(description="Opaque id of the consent within its complaint.")
    consent_purpose: str = Field(description="Code of what was consented to.")
    recipient: str | None = Field(default=None, description="Body that may be told, if any.")
    consent_from: str | None = Field(
        default=None, description="Opaque id of the person; null: the complainant."
    )
    in_writing: bool | None = Field(default=None, description="Whether it is in writing.")


class ConsentWithdrawn(Event):
    """A consent was taken back; what was done under it stays lawful."""

    TOPIC: ClassVar[str] = "complaints.consent_withdrawn.v1"

    consent_id: str = Field(description="The consent taken back.")


class DisclosureMade(Event):
    """Data of the complaint was given to somebody outside the team that handles it."""

    TOPIC: ClassVar[str] = "complaints.disclosure_made.v1"

    recipient: str = Field(description="Body that was told.")
    representative_id: str | None = Field(
        default=None, description="The representative who was told, if it was one (INV-12)."
    )
    disclosure_basis: str = Field(description="Code of the ground on which it was allowed.")
    consent_id: str | None = Field(default=None, description="The consent that it rests on.")
    content_items: list[str] = Field(
        default_factory=list, description="Codes of what was disclosed."
    )
    note: Narrative = Field(default=None, description="Note in words.")
