"""A change of two complaints is two saves with one correlation id: the other half of each.

The second save comes after the first, so a kill in between leaves a half. It is a finding
(`half_missing`) until the same command, with the same `--id`, or a `link` from the other
side completes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from domain.errors import CommandRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from complaints_ledger.desk import ComplaintsApplication
    from domain.complaint.commands import Command

OTHERS: Final = ("linked_stream_id", "into_stream_id", "part_stream_id")
"""Options that name another complaint, by any of its names."""


@dataclass(frozen=True, slots=True)
class Half:
    """The command that the other complaint needs."""

    command: str
    link_kind: str | None = None


HALVES: Final[Mapping[str, Half]] = {
    "link": Half("link"),
    "unlink": Half("unlink"),
    "merge": Half("link", "absorbed"),
    "unmerge": Half("unlink"),
    "split": Half("link", "split_from"),
}
_SECOND: Final = frozenset({"absorbed", "split_from"})
"""Kinds of link that are a second half themselves."""
_MIRRORED: Final = {"successor": "related", "handling_complaint": "related"}
"""What a link that has a direction is on the other side."""


def record_other_half(
    application: ComplaintsApplication, name: str, command: Command
) -> str | None:
    """Record the other half of a command that has one; return the stream it went to.

    Raises:
        CommandRefusedError: the other complaint does not take it; the first half stands.
    """
    half = HALVES.get(name)
    if half is None or getattr(command, "link_kind", None) in _SECOND:
        return None
    from domain.complaint.commands import COMMANDS  # noqa: PLC0415  slow
    from domain.identity import derived_event_id  # noqa: PLC0415  beside the other

    spec = next(each for each in COMMANDS if each.name == half.command)
    other: str = next(getattr(command, field) for field in OTHERS if hasattr(command, field))
    said: dict[str, Any] = {
        field: getattr(command, field)
        for field in type(command).model_fields
        if field in spec.model.model_fields
    }
    said |= {
        "command_id": derived_event_id(str(command.command_id), "other half"),
        "stream_id": other,
        "linked_stream_id": command.stream_id,
        "causation_id": command.command_id,
    }
    if half.command == "link":
        kind = str(getattr(command, "link_kind", ""))
        said["link_kind"] = half.link_kind or _MIRRORED.get(kind, kind)
    try:
        application.handle(spec, spec.model.model_validate(said))
    except CommandRefusedError as exc:
        if any("on record already" in text or "that runs" in text for text in exc.obstacles):
            return other  # its half is there, or gone, already
        raise
    return other
