"""What can be done next about a complaint, and what stands in the way of the rest.

Guards are not written down a second time: each command is tried with plausible values, and
what its own guards say is the answer. A command is possible if one of the tries is accepted,
so every possible action comes with a witness; for the others the try with the fewest
obstacles says what is in the way, and for a decision the one on the usual basis.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from domain.codes import CLOSURE_BASIS, CODE_LISTS, DECISION_BASIS
from domain.complaint.commands import COMMAND_ENVELOPE, COMMANDS
from domain.complaint.strands import STRANDS
from domain.errors import CommandRefusedError
from domain.identity import derived_stream_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from pydantic.fields import FieldInfo

    from domain.complaint.commands import Command, CommandSpec
    from domain.complaint.state import ComplaintState

TRIES: Final = 60
"""More values than that are never tried for one command."""
_LATER: Final = timedelta(days=30)
_NEW: Final = "new-1"
_ELSEWHERE: Final = derived_stream_id("probe", "another complaint")
_STREAMS: Final = frozenset({"linked_stream_id", "into_stream_id", "part_stream_id"})
_KEYS: Final = {strand.key: strand for strand in STRANDS}
_PLAIN: Final[Mapping[str, Any]] = {
    "severity": 3,
    "complexity": 3,
    "impact": 3,
    "level": 1,
    "safety": False,
    "score": 50,
    "reference": None,
    "corrected_field": "product",
    "new_value": "probe",
    "unknown": False,
    "redress_kind": "R04",
    "file_digest": "0" * 64,
    "media_type": "application/pdf",
    "file_key_id": "0" * 32,
    "command_id": UUID("00000000-0000-8000-8000-000000000000"),
    "unknown_fields": [],
    "coverage": None,
    "immediate_action_code": "none_needed",
    "issue_outcomes": [],
    "issue_ids": [],
    "enclosed_letters": [],
    "redress_ids": [],
    "new_personal_value": None,
}
"""Values that are tried for a field of that name; any other gets one by its list or type."""
_REASONS: Final = {
    "determine-eligibility": "eligibility_reason",
    "escalate-internally": "escalation_reason",
    "raise-attention": "escalation_reason",
    "reopen": "reopen_reason",
    "correct": "correction_reason",
}


@dataclass(frozen=True, slots=True)
class Action:
    """A command, and whether it would be accepted."""

    command: str
    summary: str
    example: str
    obstacles: tuple[str, ...]
    """What stands in the way; empty: nothing does."""

    @property
    def possible(self) -> bool:
        """Whether it would be accepted."""
        return not self.obstacles


def legal_actions(
    state: ComplaintState, *, actor: str, actor_role: str, on: date, now: datetime
) -> tuple[Action, ...]:
    """Return every command on a known complaint, in the order of a complaint's life.

    Args:
        state: the complaint.
        actor: opaque id of who would act.
        actor_role: the role in which.
        on: local date of the act.
        now: instant of deciding (UTC).
    """
    who = {"actor": actor, "actor_role": actor_role, "source": "probe"}
    when = {"occurred_on": on, "now": now, "stream_id": state.stream_id}
    return tuple(
        Action(spec.name, spec.summary, spec.example, _obstacles(spec, state, who | when, on))
        for spec in COMMANDS
        if spec.name != "log"
    )


def _obstacles(
    spec: CommandSpec, state: ComplaintState, shared: dict[str, Any], on: date
) -> tuple[str, ...]:
    fewest: tuple[str, ...] | None = None
    for said in _tries(spec, state, on):
        try:
            spec.decide(state, _command(spec, shared | said))
        except CommandRefusedError as exc:
            if fewest is None or (spec.name != "decide" and len(exc.obstacles) < len(fewest)):
                fewest = tuple(map(_without_made_up, exc.obstacles))
        else:
            return ()
    return fewest or ()


def _without_made_up(obstacle: str) -> str:
    """Leave out the id that a try made up."""
    return obstacle.replace(f" '{_NEW}'", "").replace(f" '{_ELSEWHERE}'", "")


def _command(spec: CommandSpec, said: dict[str, Any]) -> Command:
    return spec.model.model_validate({"command_id": _PLAIN["command_id"]} | said)


def _tries(spec: CommandSpec, state: ComplaintState, on: date) -> Iterator[dict[str, Any]]:
    fields = {n: i for n, i in spec.model.model_fields.items() if n not in COMMAND_ENVELOPE}
    values = [_values(spec, name, info, state=state, on=on) for name, info in fields.items()]
    for number, chosen in enumerate(product(*values)):
        if number == TRIES:
            return
        yield _about_its_redress(dict(zip(fields, chosen, strict=True)), state)


def _about_its_redress(said: dict[str, Any], state: ComplaintState) -> dict[str, Any]:
    """Pay what is left of the redress that is named, in its currency."""
    item = state.redress_item(said.get("redress_id") or "")
    if item is None or "amount_minor" not in said:
        return said
    if item.amount_minor is None:
        return said | {"amount_minor": None, "currency": None}
    left = item.amount_minor - (item.fulfilled_minor or 0)
    return said | {"amount_minor": max(left, 1), "currency": item.currency}


def _values(
    spec: CommandSpec, name: str, info: FieldInfo, *, state: ComplaintState, on: date
) -> list[Any]:
    if name == "closure_basis":
        return list(CLOSURE_BASIS)
    if name == "decision_basis":
        return list(DECISION_BASIS)
    if name in {"eligible", "agreed_by_complainant"}:
        return [True, False]
    if name == "redress_id":
        known = [item.redress_id for item in state.redress]
        return [None] if not info.is_required() else known or [_NEW]
    if name in _KEYS:
        return _keys(spec, name, state)
    if name == "decision_event_id":
        return [None]
    return [_value(spec, name, info, on)]


def _keys(spec: CommandSpec, name: str, state: ComplaintState) -> list[Any]:
    """Ids of what runs for a command that goes on with it; a new one for one that begins."""
    running = [item.key for item in state.running(_KEYS[name])]
    fresh = _ELSEWHERE if name in _STREAMS else _NEW
    if spec.model.model_fields[name].is_required():
        return [*running, fresh]
    return [None, *running]


def _value(spec: CommandSpec, name: str, info: FieldInfo, on: date) -> Any:
    if name in _PLAIN:
        return _PLAIN[name]
    if name == "reason_code" and spec.name in _REASONS:
        return next(iter(CODE_LISTS[_REASONS[spec.name]]))
    if name in CODE_LISTS and "list" not in str(info.annotation):
        return _code(spec, name)
    kind = str(info.annotation)
    if "Plaintext" in kind:
        return "probe"
    if "date" in kind:
        return on if name.startswith(("old_", "letter_", "received_", "breached_")) else on + _LATER
    for mark, value in (("bool", True), ("int", 1), ("list", ["probe"]), ("UUID", None)):
        if mark in kind:
            return value
    return "EUR" if name == "currency" else "probe-1"


def _code(spec: CommandSpec, name: str) -> str:
    """Return a code of the field's list, which for what it is now is not what it was."""
    if spec.name == "reclassify" and name == "kind":
        return "query"
    if spec.name == "disclose" and name == "disclosure_basis":
        return "legal_obligation"
    return next(iter(CODE_LISTS[name]))
