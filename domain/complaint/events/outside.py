"""What a body outside asks and says, until disputes have a stream of their own (ISO 10003)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from domain.event import Event
from domain.personal import Narrative


class ExternalNoticeReceived(Event):
    """A body outside told that the complaint was brought to it."""

    TOPIC: ClassVar[str] = "complaints.external_notice_received.v1"

    external_case_id: str = Field(description="Opaque id of the matter outside, within ours.")
    edr_body: str = Field(description="Body outside, code or name.")
    edr_ref: str | None = Field(default=None, description="Opaque reference of the case there.")
    respond_by: date | None = Field(
        default=None, description="Local date by which the body wants our position."
    )


class ExternalPositionSent(Event):
    """Our position went to the body outside."""

    TOPIC: ClassVar[str] = "complaints.external_position_sent.v1"

    external_case_id: str = Field(description="The matter outside.")
    medium: str | None = Field(default=None, description="Channel code.")
    position: Narrative = Field(default=None, description="The position in words.")


class ExternalOutcomeReceived(Event):
    """The body outside said how the matter ends."""

    TOPIC: ClassVar[str] = "complaints.external_outcome_received.v1"

    external_case_id: str = Field(description="The matter outside.")
    external_outcome: str = Field(description="Code of how it ends there.")
    binding_on: str | None = Field(default=None, description="Code of whom it binds.")
    accepted_by_complainant: bool | None = Field(
        default=None, description="Whether the complainant accepts it."
    )
    accepted_by_organisation: bool | None = Field(
        default=None, description="Whether the organisation accepts it."
    )
    comply_by: date | None = Field(
        default=None, description="Local date by which the remedy is due; null: none is."
    )
    remedy: Narrative = Field(default=None, description="The remedy in words.")


class ExternalRemedyImplemented(Event):
    """What the body outside asked for was done."""

    TOPIC: ClassVar[str] = "complaints.external_remedy_implemented.v1"

    external_case_id: str = Field(description="The matter outside.")


class ReferredBack(Event):
    """The body outside gave the matter back, to be answered in the time that is left."""

    TOPIC: ClassVar[str] = "complaints.referred_back.v1"

    external_case_id: str = Field(description="The matter outside.")
    respond_by: date | None = Field(
        default=None, description="Local date by which we must answer the complainant."
    )
    reason_code: str | None = Field(default=None, description="Code of the reason.")
