"""Facets of how a complaint is answered: decisions, their communication, the reply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

Stage = Literal["first_answer", "internal_review", "external"]
ReplyKind = Literal["accepted", "rejected", "no_reply"]


@dataclass(frozen=True, slots=True)
class Communication:
    """A decision as it was told to the complainant."""

    on: date
    reply_by: date | None
    notices: tuple[str, ...]
    version: int
    issue_ids: tuple[str, ...] = ()
    """Points that it answers; none: all that were decided."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer that the organisation settled, its approval and its communication."""

    event_id: UUID
    decider: str
    stage: Stage
    outcome: str
    basis: str | None
    approval_required: bool
    redress_due: bool | None
    on: date
    version: int
    issue_outcomes: tuple[tuple[str, str], ...] = ()
    """Point, by its id or its text, and outcome; none: the outcome is that of every point."""
    no_redress_reason: str | None = None
    approved_by: str | None = None
    returned_by: str | None = None
    """Who sent it back last, if it was not approved since."""
    communicated: Communication | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the complainant last said to an answer, or that nothing came."""

    kind: ReplyKind
    on: date
    version: int
    party_id: str | None = None
    """Joint complainant who replied; null: the complainant."""


@dataclass(frozen=True, slots=True)
class Signpost:
    """Where the complainant was told to go outside, as last told."""

    edr_body: str
    refer_by: date | None
    on: date
    version: int
