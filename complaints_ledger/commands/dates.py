"""Dates and instants as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from domain.errors import InputError


def date_of(text: str, option: str) -> date:
    """Return a date that was typed.

    Raises:
        InputError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        msg = f"{option} '{text}' is no date; write for example 2026-03-31"
        raise InputError(msg) from exc


def instant_of(text: str, option: str) -> datetime:
    """Return an instant that was typed, in UTC.

    Raises:
        InputError: it is none, or names no offset.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as exc:
        msg = f"{option} '{text}' is no instant; write for example 2026-03-31T10:00:00Z"
        raise InputError(msg) from exc
    if found.tzinfo is None:
        msg = f"{option} '{text}' names no offset; write it with Z (UTC) or for example +02:00"
        raise InputError(msg)
    return found.astimezone(UTC)


def zone_of(name: str, option: str) -> ZoneInfo:
    """Return a time zone that was named.

    Raises:
        InputError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as exc:
        msg = f"{option} '{name}' is no time zone; use an IANA name, for example Europe/Berlin"
        raise InputError(msg) from exc
