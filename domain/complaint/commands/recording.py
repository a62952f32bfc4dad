"""Commands made from the event that they record: one definition for both.

Most of what surrounds an answer is said by one event, and what its command says is what the
event says. Such a command's model has the event's fields; its decider adds the guards that
every one has (codes are known, a strand runs or does not) to those that are its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import create_model

from domain.codes import CODE_LISTS
from domain.complaint.after_closing import POSSIBLE_AFTER_CLOSING
from domain.complaint.commands.command import (
    Command,
    CommandSpec,
    allow,
    draft,
    on_record,
    said_in,
    save,
)
from domain.complaint.guards.standing import not_closed
from domain.complaint.guards.strands import begins, key_of, runs
from domain.complaint.guards.values import known_code, known_codes
from domain.complaint.strands import STRAND_OF
from domain.event import ENVELOPE
from domain.personal import PersonalData, PlaintextField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pydantic.fields import FieldInfo

    from domain.complaint.state import ComplaintState
    from domain.complaint.strands import Strand, StrandItem
    from domain.event import Event

    Guard = Callable[[ComplaintState, Any, StrandItem | None], Iterable[str | None]]
    """Takes the complaint, the command and the strand that it is about, if there is one."""

Place = Literal["begins", "goes on", "none"]

GIVEN: Final = frozenset(
    {
        "representative_id",
        "party_id",
        "subject_id",
        "linked_stream_id",
        "into_stream_id",
        "part_stream_id",
    }
)
"""Ids of a person or of another complaint, which nobody makes up."""


def _no_guard(
    _state: ComplaintState, _command: Any, _item: StrandItem | None
) -> Iterator[str | None]:
    yield from ()


def recording(
    name: str,
    event_type: type[Event],
    summary: str,
    options: str,
    *,
    guard: Guard = _no_guard,
) -> CommandSpec:
    """Return the command that records one event of a type.

    Args:
        name: of the subcommand.
        event_type: what it records.
        summary: what it does, in one line.
        options: of the example, behind the complaint's reference.
        guard: what may stand in the way beside what always may.
    """
    kind = STRAND_OF.get(event_type)
    place: Place = "none"
    if kind is not None:
        place = "begins" if event_type is kind.opened_by else "goes on"
    model = _model(name, event_type, kind, summary)

    def decide(state: ComplaintState | None, command: Any) -> tuple[Event, ...]:
        case = on_record(name, state, command)
        said, item, obstacle = _strand(case, command, kind, place)
        allow(
            name,
            case,
            command,
            None if event_type in POSSIBLE_AFTER_CLOSING else not_closed(case),
            obstacle,
            *_codes(event_type, command),
            *guard(case, command, item),
        )
        return save(case, command, draft(event_type, command, **said))

    example = f"complaints case {name} C-17 {options}".rstrip()
    return CommandSpec(name, model, decide, summary, example)


def _strand(
    case: ComplaintState, command: Any, kind: Strand | None, place: Place
) -> tuple[dict[str, str], StrandItem | None, str | None]:
    """Return the id that the event gets, the strand so far, and what stands in the way."""
    if kind is None:
        return {}, None, None
    given: str | None = getattr(command, kind.key)
    if place == "begins":
        key = given or f"{kind.name}-{len(case.of_kind(kind)) + 1}"
        item = case.strand(kind, key)
        return {kind.key: key}, item, begins(case, kind, item)
    named = key_of(case, kind, given)
    item = case.strand(kind, named) if named else None
    return {kind.key: named or ""}, item, runs(case, kind, given, item)


def _model(name: str, event_type: type[Event], kind: Strand | None, summary: str) -> type[Command]:
    fields: dict[str, Any] = {}
    for field, info in event_type.model_fields.items():
        if field in ENVELOPE:
            continue
        if kind is not None and field == kind.key and field not in GIVEN:
            fields[field] = (str | None, _key_field(event_type, kind, info))
        elif any(isinstance(mark, PersonalData) for mark in info.metadata):
            fields[field] = (PlaintextField | None, said_in(event_type, field))
        else:
            fields[field] = (info.annotation, said_in(event_type, field))
    title = "".join(word.capitalize() for word in name.split("-"))
    return create_model(title, __base__=Command, __doc__=summary, **fields)


def _key_field(event_type: type[Event], kind: Strand, info: FieldInfo) -> Any:
    told = (info.description or "").rstrip(".")
    left_out = (
        f"{kind.name}-1 and so on" if event_type is kind.opened_by else "the only one that runs"
    )
    return said_in(event_type, kind.key, default=None, description=f"{told}; left out: {left_out}.")


def _codes(event_type: type[Event], command: Any) -> Iterator[str | None]:
    for field in event_type.model_fields:
        if field in ENVELOPE or field not in CODE_LISTS:
            continue
        value = getattr(command, field)
        if isinstance(value, list):
            yield from known_codes(field, value)
        else:
            yield known_code(field, value)
