"""Guards on where a complaint stands: it exists, it is not closed, somebody can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.opaque import is_opaque, quoted

if TYPE_CHECKING:
    from domain.complaint.state import ComplaintState


def named(state: ComplaintState) -> str:
    """Return how an obstacle names the complaint."""
    return f"complaint {quoted(state.reference)}"


def next_step(state: ComplaintState, command: str) -> str:
    """Return how an obstacle names the command that takes it away."""
    name = state.reference if is_opaque(state.reference) else state.stream_id
    return f"(complaints case {command} {name})"


def not_closed(state: ComplaintState) -> str | None:
    """Our own closing ends handling; one that only the source reports does not bind us."""
    if state.closure is None:
        return None
    return f"{named(state)} is closed; reopen it first {next_step(state, 'reopen')}"


def is_closed(state: ComplaintState) -> str | None:
    """Only what is closed can be reopened."""
    if not state.is_open:
        return None
    return f"{named(state)} is not closed; go on handling it"


def not_withdrawn(state: ComplaintState) -> str | None:
    """A complaint is taken back once."""
    if not state.is_withdrawn:
        return None
    return (
        f"{named(state)} was withdrawn already; close it with basis withdrawn "
        f"{next_step(state, 'close')}"
    )


def contactable(state: ComplaintState) -> str | None:
    """Nobody can be told anything if nobody is known."""
    if not state.is_anonymous:
        return None
    return (
        f"{named(state)} is anonymous and nobody can be told; if the complainant is known now, "
        f"correct the field anonymous first {next_step(state, 'correct')}"
    )


def not_acknowledged(state: ComplaintState) -> str | None:
    """Receipt is confirmed once; later news is a progress update."""
    if state.acknowledged_on is None:
        return None
    return (
        f"{named(state)} was acknowledged on {state.acknowledged_on} already; send news as a "
        f"progress update {next_step(state, 'send-progress-update')}"
    )


def assessed(state: ComplaintState) -> str | None:
    """What was not assessed is neither investigated nor decided (INV-06)."""
    if state.assessment is not None:
        return None
    return f"{named(state)} has no assessment yet; assess it first {next_step(state, 'assess')}"


def not_investigating(state: ComplaintState) -> str | None:
    """One investigation runs at a time."""
    if not state.investigation.is_running:
        return None
    return (
        f"{named(state)} has an open investigation; complete it first "
        f"{next_step(state, 'complete-investigation')}"
    )


def investigating(state: ComplaintState) -> str | None:
    """Findings and completion belong to an open investigation."""
    if state.investigation.is_running:
        return None
    return (
        f"{named(state)} has no open investigation; open one first "
        f"{next_step(state, 'open-investigation')}"
    )


def every_issue_has_a_finding(state: ComplaintState) -> str | None:
    """An investigation ends with a finding on each issue, be it not determinable."""
    found = {issue for issue, _ in state.investigation.findings}
    issue = state.receipt.issue if state.receipt is not None else None
    if found and (issue is None or issue in found):
        return None
    which = (
        "no finding yet" if issue is None or not found else "no finding on the issue of its receipt"
    )
    return (
        f"{named(state)} has {which}; record one, if need be not_determinable "
        f"{next_step(state, 'record-finding')}"
    )
