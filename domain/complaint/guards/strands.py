"""Guards on strands: one begins once, and goes on while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.complaint.events import RepresentativeAuthorityVerified
from domain.complaint.guards.standing import named, next_step
from domain.complaint.strands import CONSENT, REPRESENTATIVE
from domain.opaque import quoted

if TYPE_CHECKING:
    from datetime import date

    from domain.complaint.state import ComplaintState
    from domain.complaint.strands import Strand, StrandItem


def key_of(state: ComplaintState, kind: Strand, given: str | None) -> str | None:
    """Return the id that is meant: the one given, else that of the only one that runs."""
    running = state.running(kind)
    return given or (running[0].key if len(running) == 1 else None)


def begins(state: ComplaintState, kind: Strand, item: StrandItem | None) -> str | None:
    """What runs already does not begin again."""
    if item is None or not item.is_running:
        return None
    return (
        f"{kind.label} {quoted(item.key)} of {named(state)} is on record already; give another "
        "id, or go on with that one"
    )


def runs(
    state: ComplaintState, kind: Strand, given: str | None, item: StrandItem | None
) -> str | None:
    """Only what began and has not ended goes on or ends."""
    if item is not None and item.is_running:
        return None
    running = [quoted(each.key) for each in state.running(kind)]
    if given is None and len(running) > 1:
        return f"{named(state)} has {len(running)} such; name one: {', '.join(running)}"
    which = f"no {kind.label} {quoted(given)} that runs" if given else f"no {kind.label} that runs"
    first = f"record it first {next_step(state, kind.command)}"
    instead = f"name one that does: {', '.join(running)}" if running else first
    return f"{named(state)} has {which}; {instead}"


def authority_holds(state: ComplaintState, representative: str, on: date) -> str | None:
    """A representative is told nothing before their authority is verified, nor after it (INV-12)."""
    item = state.strand(REPRESENTATIVE, representative)
    who = f"representative {quoted(representative)} of {named(state)}"
    if item is None or not item.is_running:
        return (
            f"{who} has no authority on record (INV-12); record it first "
            f"{next_step(state, 'record-authority')}"
        )
    if not item.has_since_opened(RepresentativeAuthorityVerified):
        return (
            f"the authority of {who} is not verified (INV-12); verify it first "
            f"{next_step(state, 'verify-authority')}"
        )
    expires = item.expires_on
    if expires is not None and on > expires:
        return (
            f"the authority of {who} expired on {expires} (INV-12); have it renewed "
            f"{next_step(state, 'verify-authority')}"
        )
    return None


def consented(state: ComplaintState, consent_id: str | None) -> str | None:
    """What rests on consent has one that stands."""
    standing = {item.key for item in state.running(CONSENT)}
    if standing if consent_id is None else consent_id in standing:
        return None
    return (
        f"{named(state)} has no consent that stands; record it first "
        f"{next_step(state, 'record-consent')}, or disclose on another ground"
    )
