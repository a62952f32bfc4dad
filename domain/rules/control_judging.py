"""What a control record changes: the judge of what the log says about itself (RULES 3)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from domain.errors import UnknownRuleSetError
from domain.rules.avro_schema import fingerprint, lint
from domain.rules.control import (
    RULE_SET,
    Control,
    Operators,
    activated_by,
    descriptor_of,
    foreign_rule_set,
    is_signed,
    is_usable_key,
    operators_of,
)
from domain.rules.partition_state import PartitionState, RegisteredSchema, Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

Answer = tuple[str, str | None]
"""(outcome, reason)."""
_COUNTS: Answer = ("control", None)
_REPEATED: Answer = ("duplicate", None)
_NOT_AUTHORISED: Answer = ("refused", "not-authorised")


def apply_control(
    state: PartitionState,
    control: Control | None,
    verify: Callable[[bytes, bytes, bytes], bool],
    *,
    ledger_id: UUID,
) -> Answer:
    """Take a control record into the state and return (outcome, reason).

    Anything that is not a whole, signed control record is refused and changes nothing.

    Raises:
        UnknownRuleSetError: from this record on the log is governed by rules that this version
            does not know; nothing was changed.
    """
    if state.closed:
        return ("refused", "closed")
    if control is None:
        return _NOT_AUTHORISED
    if control.kind == "descriptor":
        return _apply_descriptor(state, control, verify, ledger_id)
    if state.operators is None:
        return ("refused", "before-descriptor")
    if control.kind == "operators" and control.digest in state.operator_records:
        return _REPEATED  # whoever signed it may have removed their own key by it
    if not is_signed(control, state.operators.keys, verify):
        return _NOT_AUTHORISED
    return _apply_signed(state, control, state.operators)


def _apply_signed(state: PartitionState, control: Control, present: Operators) -> Answer:
    match control.kind:
        case "schema":
            return _apply_schema(state, control)
        case "source":
            return _apply_source(state, control)
        case "operators":
            return _apply_operators(state, control, present)
        case "rules":
            return _apply_rules(state, activated_by(control))
        case _:
            state.closed = True
            return _COUNTS


def _apply_descriptor(
    state: PartitionState,
    control: Control,
    verify: Callable[[bytes, bytes, bytes], bool],
    ledger_id: UUID,
) -> Answer:
    if state.descriptor is None:
        _stop_at(state, foreign_rule_set(control, ledger_id, verify))
    found = descriptor_of(control, verify)
    if found is None or found.ledger_id != ledger_id or found.rule_set != RULE_SET:
        return _NOT_AUTHORISED
    if state.descriptor is None:
        state.descriptor = found
        state.operators = Operators(found.operator_keys)
        return _COUNTS
    return _REPEATED if found == state.descriptor else _NOT_AUTHORISED


def _apply_operators(state: PartitionState, control: Control, present: Operators) -> Answer:
    """Replace the operators by the next ones; the serial keeps older sets from coming back."""
    found = operators_of(control)
    if found is None or found.serial != present.serial + 1:
        return _NOT_AUTHORISED
    state.operators = found
    state.operator_records = (*state.operator_records, control.digest)
    return _COUNTS


def _apply_rules(state: PartitionState, number: int | None) -> Answer:
    """Take the activation of the rule set that governs already: nothing changes."""
    if number is None:
        return _NOT_AUTHORISED
    _stop_at(state, None if number == RULE_SET else number)
    return _REPEATED


def _stop_at(state: PartitionState, number: int | None) -> None:
    if number is None:
        return
    msg = (
        f"record {state.next_ordinal} of partition {state.partition} activates rule set {number}, "
        f"and this version knows rule set {RULE_SET} only; install a newer version of the "
        "program; what stands before that record is judged and kept"
    )
    raise UnknownRuleSetError(msg)


def _apply_schema(state: PartitionState, control: Control) -> Answer:
    body = control.body
    try:
        schema = json.loads(body["schema"])
        found = RegisteredSchema(
            str(body["topic"]), bool(body["opens"]), bool(body["uuid_key"]), str(body["schema"])
        )
        name = f"{fingerprint(schema):016x}" if not lint(schema) else ""
        bound = [int(i) for i in body["confluent_ids"]]
    except (KeyError, TypeError, ValueError, RecursionError):
        return _NOT_AUTHORISED
    if name != body.get("fingerprint"):
        return _NOT_AUTHORISED
    known = state.schemas.get(name)
    taken = any(state.confluent_ids.get(i, name) != name for i in bound)
    if taken or (known is not None and known != found):
        return ("refused", "id-reused")
    fresh = known is None or any(i not in state.confluent_ids for i in bound)
    state.schemas[name] = found
    state.confluent_ids.update(dict.fromkeys(bound, name))
    return _COUNTS if fresh else _REPEATED


def _apply_source(state: PartitionState, control: Control) -> Answer:
    body = control.body
    try:
        name, types = str(body["source"]), tuple(str(t) for t in body["types"])
        key = body["signing_key"]
        usable = key is None or is_usable_key(bytes.fromhex(key))
        known_state = body["state"] in {"active", "suspended", "revoked"}
        serial = int(body["serial"])
    except (KeyError, TypeError, ValueError):
        return _NOT_AUTHORISED
    if not usable or not known_state:
        return _NOT_AUTHORISED
    found, known = Source(types, body["state"], key, serial), state.sources.get(name)
    if known == found:
        return _REPEATED
    if serial != (known.serial + 1 if known else 0):
        return _NOT_AUTHORISED  # an older registration does not come back by being appended again
    state.sources[name] = found
    return _COUNTS
