"""Commands between complaints: link, merge, split and what undoes them (domain.md 3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from domain.complaint import events as e
from domain.complaint.commands.recording import recording
from domain.complaint.guards.standing import named, next_step
from domain.opaque import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.complaint.state import ComplaintState
    from domain.complaint.strands import StrandItem

    Obstacles = Iterator[str | None]


def _another(field: str) -> Any:
    def guard(state: ComplaintState, command: Any, _item: StrandItem | None) -> Obstacles:
        """No complaint has to do with itself."""
        if getattr(command, field) == state.stream_id:
            yield f"{named(state)} is the same complaint; name another one"

    return guard


def _mergeable(state: ComplaintState, command: Any, item: StrandItem | None) -> Obstacles:
    """A complaint is merged into one other, and stands in no other stage (INV-23)."""
    yield from _another("into_stream_id")(state, command, item)
    into = state.merged_into
    if into is not None and into != command.into_stream_id:
        yield (
            f"{named(state)} is merged into {quoted(into)} already; take that back first "
            f"{next_step(state, 'unmerge')}"
        )
    if state.stage == "external":
        yield f"{named(state)} is outside and cannot be merged; link it {next_step(state, 'link')}"


RELATIONS: Final = (
    recording(
        "link",
        e.ComplaintLinked,
        "Link another complaint; both have their half.",
        "--linked-stream-id C-18 --link-kind same_cause",
        guard=_another("linked_stream_id"),
    ),
    recording(
        "unlink",
        e.ComplaintUnlinked,
        "End a link.",
        "--linked-stream-id C-18",
    ),
    recording(
        "merge",
        e.ComplaintMerged,
        "Handle the same matter of the same complainant in another complaint.",
        "--into-stream-id C-18",
        guard=_mergeable,
    ),
    recording(
        "unmerge",
        e.ComplaintUnmerged,
        "Take a merge back; both complaints stand for themselves.",
        "--into-stream-id C-18",
    ),
    recording(
        "split",
        e.ComplaintSplit,
        "Make a part a complaint of its own, which was logged before.",
        "--part-stream-id C-19 --issue 'rude clerk'",
        guard=_another("part_stream_id"),
    ),
)
