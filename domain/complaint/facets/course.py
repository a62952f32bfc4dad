"""Facets of a complaint's course: closing, forwarding, withdrawal, what a source reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

REPORTED: Final = "reported"
"""Basis of a closing that only the source knows of; no closing date is ever invented for it."""

_REPORTED_CLOSED: Final = "Closed"
"""How a CFPB response begins that says that the company closed the complaint."""


@dataclass(frozen=True, slots=True)
class Closure:
    """The end of handling; `on` is null if a source reports it without a date."""

    basis: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Forwarding:
    """To whom the complaint was passed on, as last recorded."""

    forwarded_to: str
    keeps_part: bool
    version: int


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What the source says as at its latest report; null: no report had that column.

    Each column is the one of the greatest `as_of_on` among the reports that have the column,
    and of the later in the stream if two have the same date; so an old report that arrives
    late does not overrule, and a layout without a column takes nothing back.
    """

    as_of_on: date
    response: str | None = None
    response_as_of: date | None = None
    timely: str | None = None
    timely_as_of: date | None = None
    disputed: str | None = None
    disputed_as_of: date | None = None

    @property
    def says_closed(self) -> bool:
        """Whether the source reports the complaint as closed."""
        return self.response is not None and self.response.startswith(_REPORTED_CLOSED)
