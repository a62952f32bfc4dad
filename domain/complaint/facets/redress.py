"""The facet of redress: offered, accepted, fulfilled and verified, each with its own date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class RedressItem:
    """One thing that puts it right; what nobody recorded yet is null."""

    redress_id: str
    redress_kind: str | None = None
    amount_minor: int | None = None
    currency: str | None = None
    issue_ids: tuple[str, ...] = ()
    """Points that it puts right; none: all that are upheld."""
    expires_on: date | None = None
    fulfil_by: date | None = None
    without_liability: bool | None = None
    proposer: str | None = None
    approved_by: str | None = None
    offered_on: date | None = None
    accepted_on: date | None = None
    accepted_by: tuple[str | None, ...] = ()
    """Who accepted it and did not decline since; null is the complainant."""
    declined_by: tuple[str | None, ...] = ()
    """Who declined it and did not accept since."""
    declined_on: date | None = None
    fulfilled_on: date | None = None
    fulfilled_by: str | None = None
    fulfilled_minor: int | None = None
    """Sum of what was carried out so far, in minor units; null if no amount was recorded."""
    verified_on: date | None = None
    verified_by: str | None = None

    @property
    def is_fulfilled(self) -> bool:
        """Whether all of it was carried out; an amount paid in part is not."""
        if self.fulfilled_on is None:
            return False
        if self.amount_minor is None or self.fulfilled_minor is None:
            return True
        return self.fulfilled_minor >= self.amount_minor

    @property
    def is_owed(self) -> bool:
        """Whether it was accepted and is not carried out in full (INV-09)."""
        return self.accepted_on is not None and not self.is_fulfilled

    @property
    def is_unsettled(self) -> bool:
        """Whether it was accepted and nobody verified yet that it arrived."""
        return self.accepted_on is not None and self.verified_on is None
