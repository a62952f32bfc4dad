"""Facets of how a complaint is worked on: eligibility, assessment, owner, investigation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether the organisation must handle it as a complaint, as last determined."""

    eligible: bool
    reason_code: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """The six parameters of ISO 10002 7.5, as last judged."""

    severity: int | None
    safety: bool | None
    complexity: int | None
    impact: int | None
    immediate_action_needed: bool | None
    immediate_action_possible: bool | None
    on: date
    version: int


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who is responsible, as last assigned."""

    owner: str
    owner_role: str | None
    team: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Investigation:
    """The investigation: who looks into it, what was found, and where it stands.

    A version is that of the last event of its kind; 0: there was none.
    """

    investigator: str | None = None
    opened_version: int = 0
    completed_version: int = 0
    findings: tuple[tuple[str, str], ...] = ()
    """Issue and finding of each record, oldest first, of all investigations."""
    cause_found: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether one was opened after the last one was completed."""
        return self.opened_version > self.completed_version

    @property
    def is_completed(self) -> bool:
        """Whether one was completed and none opened since."""
        return self.completed_version > self.opened_version
