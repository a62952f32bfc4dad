"""Guards on time: nothing happens after now, before receipt, or on two dates at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from domain.complaint.guards.standing import named, next_step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from domain.complaint.state import ComplaintState

_EAST_OF_UTC: Final = timedelta(hours=14)
"""Farthest local time from UTC: without a zone a date is in the future only where it is so
everywhere on earth."""


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # tzdata says unknown in each of these ways
        return None


def latest_date(now: datetime, zone: str | None) -> date:
    """Return the local date of `now` in the zone, or the latest on earth without one."""
    known = _zone(zone) if zone is not None else None
    return (now + _EAST_OF_UTC).date() if known is None else now.astimezone(known).date()


def moment(
    what: str, *, on: date, at: datetime | None, zone: str | None, now: datetime
) -> Iterator[str]:
    """Yield what is wrong with a date, its instant and its zone; `what` starts the field names."""
    if zone is not None and _zone(zone) is None:
        yield f"{what}_zone is not a time zone; use an IANA name, for example Europe/Berlin"
    if at is not None and at.tzinfo is None:
        yield f"{what}_at has no offset; write it in UTC, for example 2024-05-31T09:30:00Z"
        return
    if on > latest_date(now, zone):
        yield f"{what}_on {on} is in the future; record it when it has happened"
    if at is not None and at > now:
        yield f"{what}_at {at.isoformat()} is in the future; record it when it has happened"
    known = _zone(zone) if zone is not None else None
    if at is not None and known is not None and at.astimezone(known).date() != on:
        yield (
            f"{what}_at {at.isoformat()} is not on {on} in {zone}; correct the date, the "
            f"instant or the zone"
        )


def not_before_receipt(
    state: ComplaintState, *, on: date, at: datetime | None, zone: str | None
) -> str | None:
    """Nothing is done about a complaint before it came in (INV-06)."""
    receipt = state.receipt
    if receipt is None:
        return None
    received_at = receipt.received_at
    if at is not None and at.tzinfo and received_at is not None and received_at.tzinfo:
        early = at < received_at
    else:
        # two zones are never more than one date apart
        apart = zone is not None and receipt.received_zone not in {None, zone}
        early = on < receipt.received_on - timedelta(days=int(apart))
    if not early:
        return None
    return (
        f"{named(state)} was received on {receipt.received_on}, after {on}; correct the date of "
        f"the act, or the receipt {next_step(state, 'correct')}"
    )


def not_earlier(
    later: date | None, earlier: date | None, *, later_name: str, earlier_name: str
) -> str | None:
    """Of two dates that belong together the second is not before the first."""
    if later is None or earlier is None or later >= earlier:
        return None
    return f"{later_name} {later} is before {earlier_name} {earlier}; correct one of them"
