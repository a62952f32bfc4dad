"""Commands about a body outside, until disputes have a stream of their own (ISO 10003)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from domain.complaint import events as e
from domain.complaint.commands.recording import recording
from domain.complaint.guards.standing import named, next_step
from domain.complaint.guards.values import present
from domain.opaque import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.complaint.state import ComplaintState
    from domain.complaint.strands import StrandItem

    Obstacles = Iterator[str | None]


def _said(_state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
    yield present(
        binding_on=command.binding_on, accepted_by_complainant=command.accepted_by_complainant
    )


def _determined(state: ComplaintState, _command: Any, item: StrandItem | None) -> Obstacles:
    """A remedy is carried out after the body outside named one."""
    if item is not None and not item.has_since_opened(e.ExternalOutcomeReceived):
        yield (
            f"case {quoted(item.key)} of {named(state)} has no outcome yet; record it first "
            f"{next_step(state, 'record-external-outcome')}"
        )


OUTSIDE: Final = (
    recording(
        "receive-external-notice",
        e.ExternalNoticeReceived,
        "Record that a body outside told of the complaint.",
        "--edr-body ombudsman --edr-ref case-90017 --respond-by 2024-06-24",
    ),
    recording(
        "send-position",
        e.ExternalPositionSent,
        "Record that our position went to the body outside.",
        "--medium email",
    ),
    recording(
        "record-external-outcome",
        e.ExternalOutcomeReceived,
        "Record how the matter ends outside.",
        "--external-outcome upheld --binding-on organisation --accepted-by-complainant",
        guard=_said,
    ),
    recording(
        "record-referral-back",
        e.ReferredBack,
        "Record that the body outside gave the matter back.",
        "--respond-by 2024-07-10",
    ),
    recording(
        "implement-external-remedy",
        e.ExternalRemedyImplemented,
        "Record that what the body outside asked for was done.",
        "",
        guard=_determined,
    ),
)
