"""How a correction's canonical text becomes the value of a field of the receipt."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from domain.complaint.events.intake import ComplaintReceived
from domain.event import ENVELOPE
from domain.personal import PersonalData

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.complaint.events.course import CorrectionRecorded

FIXED_FIELDS: Final = frozenset(
    {
        "reference",  # one reference for ever (INV-05)
        "unknown_fields",  # moved by corrections themselves
        "coverage",  # says what the source can report, not what happened
        "narrative_characters",  # measured when the narrative is sealed, as are the next three
        "narrative_lines",
        "narrative_redactions",
        "narrative_mark",
    }
)
"""Fields of the receipt that no correction changes."""

_NEVER_NULL: Final = frozenset({"received_on"})


def _is_personal(field: str) -> bool:
    metadata = ComplaintReceived.model_fields[field].metadata
    return any(isinstance(mark, PersonalData) for mark in metadata)


CORRECTABLE: Final = tuple(
    field
    for field in ComplaintReceived.model_fields
    if field not in ENVELOPE and field not in FIXED_FIELDS
)
"""Names of the fields that a correction may change, in the order of the receipt."""

PERSONAL: Final = frozenset(field for field in CORRECTABLE if _is_personal(field))
"""Those of them that hold personal data."""


def _date(text: str) -> date:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is None:
        msg = "not an ISO date"
        raise ValueError(msg)
    return date.fromisoformat(text)


_INSTANT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
"""The one form that SQL reads too: both must take the same corrections."""


def _instant(text: str) -> datetime:
    if _INSTANT.fullmatch(text) is None:
        msg = "not an instant with its offset"
        raise ValueError(msg)
    return datetime.fromisoformat(text).astimezone(UTC)


def _lines(text: str) -> list[str]:
    items = re.split(r"\r?\n", text)
    return items if items[-1] else items[:-1]


def _truth(text: str) -> bool:
    if text not in {"true", "false"}:
        msg = "neither true nor false"
        raise ValueError(msg)
    return text == "true"


_READERS: Final[dict[str, tuple[Callable[[str], Any], str]]] = {
    "date": (_date, "an ISO date, for example 2024-05-31"),
    "datetime": (_instant, "an instant with its offset, for example 2024-05-31T09:30:00Z"),
    "bool": (_truth, "true or false"),
    "list[str]": (_lines, "one item per line"),
    "str": (str, "text"),
}


def _kind(field: str) -> str:
    annotation = str(ComplaintReceived.__annotations__[field])
    return annotation.removesuffix(" | None")


def expected_form(field: str) -> str:
    """Return in words what the canonical text of `field` looks like."""
    return _READERS[_kind(field)][1]


def read_value(field: str, text: str) -> Any:
    """Return the value that the canonical `text` stands for.

    Raises:
        ValueError: the text is not in the form that the field's type has.
    """
    return _READERS[_kind(field)][0](text)


def corrected(receipt: ComplaintReceived, correction: CorrectionRecorded) -> ComplaintReceived:
    """Return the receipt as it reads from this correction on.

    A correction changes nothing if it aims at another event, at a field that cannot be
    corrected, or at a value that the field cannot hold: the record keeps it, as a finding.
    """
    field = correction.corrected_field
    target = correction.target_event_id
    if field not in CORRECTABLE or (target is not None and target != receipt.event_id):
        return receipt
    try:
        value = _new_value(correction)
    except (ValueError, OverflowError):
        return receipt
    if value is None and field in _NEVER_NULL:
        return receipt
    unknown = [name for name in receipt.unknown_fields if name != field]
    if correction.unknown:
        unknown.append(field)
    return receipt.model_copy(update={field: value, "unknown_fields": unknown})


def _new_value(correction: CorrectionRecorded) -> Any:
    if correction.unknown:
        return None
    if correction.corrected_field in PERSONAL:
        return correction.new_personal_value
    text = correction.new_value
    return None if text is None else read_value(correction.corrected_field, text)
