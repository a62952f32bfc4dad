"""Guards on corrections: a field that exists, a value that it can hold, a second person."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from domain.codes import CODE_LISTS
from domain.complaint.corrections import CORRECTABLE, PERSONAL, expected_form, read_value
from domain.complaint.guards.standing import named
from domain.complaint.guards.values import jurisdiction, known_code, known_codes
from domain.opaque import OPAQUE_FIELDS, is_opaque

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from domain.complaint.state import ComplaintState

MOVES_A_CLOCK: Final = frozenset({"received_on", "received_at", "respond_by"})
"""Dates whose moving later gives the organisation more time (INV-04)."""

_REQUIRED: Final = frozenset({"received_on"})


def field_exists(field: str) -> str | None:
    """A correction names a field of the receipt that may change."""
    if field in CORRECTABLE:
        return None
    return f"corrected_field is not a field to correct; choose one of {', '.join(CORRECTABLE)}"


def aims_at_receipt(state: ComplaintState, target: UUID | None) -> str | None:
    """A correction corrects the receipt."""
    receipt = state.receipt
    if receipt is not None and target in {None, receipt.event_id}:
        return None
    return f"the target is not the receipt of {named(state)}; leave --target-event-id out"


def one_value(field: str, *, plain: bool, personal: bool, unknown: bool) -> Iterator[str | None]:
    """A correction says one thing: a value, that it is unknown, or nothing (not asked)."""
    if plain + personal + unknown > 1:
        yield "more than one of new_value, new_personal_value and unknown is given; give one"
    if plain and field in PERSONAL:
        yield f"'{field}' is personal data; give it as new_personal_value, which is sealed"
    if personal and field in CORRECTABLE and field not in PERSONAL:
        yield f"'{field}' is not personal data; give it as new_value"
    if not plain and field in _REQUIRED:
        yield f"'{field}' is never empty; give it a value"


def value_fits(field: str, text: str | None) -> Iterator[str | None]:
    """The new value is in the field's form, of its code list and opaque where it must be."""
    if text is None or field not in CORRECTABLE or field in PERSONAL:
        return
    try:
        value = read_value(field, text)
    except (ValueError, OverflowError):
        yield f"new_value does not fit '{field}'; write {expected_form(field)}"
        return
    if field in CODE_LISTS:
        if isinstance(value, list):
            yield from known_codes(field, value)
        else:
            yield known_code(field, value)
    if field == "complainant_jurisdiction":
        yield jurisdiction(field, value)
    if field in OPAQUE_FIELDS and not is_opaque(value):
        yield f"new_value is not an opaque identifier, which '{field}' must be; use its pattern"


def not_after_now(field: str, text: str | None, latest: date, now: datetime) -> str | None:
    """Nobody received in the future."""
    value = _read(field, text)
    if field == "received_on" and isinstance(value, date) and value > latest:
        return f"received_on {value} is in the future; give the date of first contact"
    if field == "received_at" and isinstance(value, datetime) and value > now:
        return f"received_at {value.isoformat()} is in the future; give the first contact"
    return None


def later_needs_second_person(
    state: ComplaintState, field: str, text: str | None, *, actor: str, approved_by: str | None
) -> str | None:
    """A date that moves a clock is moved later by two people (INV-04)."""
    before, after = getattr(state.receipt, field, None), _read(field, text)
    if field not in MOVES_A_CLOCK or before is None:
        return None
    if after is None and (text is not None or field in _REQUIRED):
        return None  # another guard refuses that value
    if after is not None and after <= before:
        return None
    if approved_by is not None and approved_by != actor:
        return None
    return (
        f"moving '{field}' of {named(state)} later needs a second person (INV-04); have somebody "
        "else approve it and name them with --approved-by"
    )


def changes_something(
    state: ComplaintState, field: str, text: str | None, *, unknown: bool
) -> str | None:
    """A correction says something new."""
    receipt = state.receipt
    if receipt is None or field not in CORRECTABLE or field in PERSONAL:
        return None
    was_unknown = field in receipt.unknown_fields
    value = _read(field, text)
    if text is not None and value is None:
        return None
    if getattr(receipt, field) != value or was_unknown != unknown:
        return None
    return f"'{field}' of {named(state)} says that already; nothing is to be corrected"


def _read(field: str, text: str | None) -> Any:
    if text is None or field not in CORRECTABLE or field in PERSONAL:
        return None
    try:
        return read_value(field, text)
    except (ValueError, OverflowError):
        return None
