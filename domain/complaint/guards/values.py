"""Guards on what a command says: known codes, values that are present, scales, money."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from domain.codes import CODE_LISTS
from domain.complaint.corrections import CORRECTABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SCALE: Final = range(1, 6)
"""Severity, complexity, impact and attention are judged from 1 to 5 (domain.md 3.7)."""

_JURISDICTION: Final = re.compile("[A-Z]{2}(-[A-Z0-9]{1,3})?")
_CURRENCY: Final = re.compile("[A-Z]{3}")
_SHOWN: Final = re.compile("[A-Za-z0-9_]{1,40}")
"""What an obstacle may quote; anything else might be words about a person."""


def _quoted(code: str) -> str:
    return f"'{code}'" if _SHOWN.fullmatch(code) else "what was given"


def known_code(field: str, code: str | None, code_list: str | None = None) -> str | None:
    """A code that is given is one of its list."""
    codes = CODE_LISTS[code_list or field]
    if code is None or code in codes:
        return None
    return f"{field} {_quoted(code)} is not a known code; choose one of {', '.join(codes)}"


def known_codes(field: str, codes: Iterable[str] | None) -> Iterator[str | None]:
    """Each code of a list is one of its code list."""
    yield from (known_code(field, code) for code in codes or ())


def present(**values: object) -> str | None:
    """Every one of these values is given."""
    missing = [name for name, value in values.items() if value is None or value in ("", [])]
    if not missing:
        return None
    verb = "is" if len(missing) == 1 else "are"
    return f"{', '.join(missing)} {verb} missing; give each a value"


def on_scale(field: str, value: int | None) -> str | None:
    """A judgement is a number from 1 to 5."""
    if value is None or value in SCALE:
        return None
    return f"{field} {value} is not on the scale; give a number from 1 to 5"


def jurisdiction(field: str, code: str | None) -> str | None:
    """A jurisdiction is written as ISO 3166 does."""
    if code is None or _JURISDICTION.fullmatch(code):
        return None
    return f"{field} is not an ISO 3166 code; write for example GB or US-CA"


def currency(code: str | None) -> str | None:
    """A currency is written as ISO 4217 does."""
    if code is None or _CURRENCY.fullmatch(code):
        return None
    return "currency is not an ISO 4217 code; write for example EUR"


def positive(field: str, amount: int | None) -> str | None:
    """An amount is more than nothing."""
    if amount is None or amount > 0:
        return None
    return f"{field} {amount} is not an amount; give a number above 0, in minor units"


def null_and_a_field(receipt: object, names: Iterable[str]) -> Iterator[str]:
    """What is named as unknown is a field of the receipt, and has no value."""
    for name in names:
        if name not in CORRECTABLE:
            yield (
                "unknown_fields names something that is no field of the receipt; choose among "
                f"{', '.join(CORRECTABLE)}"
            )
        elif getattr(receipt, name) is not None:
            yield f"'{name}' is named as unknown and has a value; leave one of them out"
