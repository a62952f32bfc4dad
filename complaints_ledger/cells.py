"""Values of an answer as JSON, as CSV cells, and as text for people."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula and may run it."""


def json_value(value: object) -> Any:
    """Return a value as JSON has it: dates ISO 8601, instants in UTC, bytes in hexadecimal."""
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (UUID, timedelta)):
        return str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(json_value(key)): json_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [json_value(item) for item in value]
    return value


def json_line(value: object) -> str:
    """Return a value as one line of JSON."""
    return json.dumps(json_value(value), ensure_ascii=False, allow_nan=False)


def instant_text(value: datetime) -> str:
    """Return an instant in UTC as ISO 8601 with Z; one without offset is in UTC already."""
    utc = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat() + "Z"


def plain_text(value: object) -> str:
    """Return a value as people read it: seconds without fractions, lists with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return instant_text(value.replace(microsecond=0)).replace("T", " ")
    if isinstance(value, float):
        return f"{value:g}" if abs(value) >= 1e15 else f"{value:.6f}".rstrip("0").rstrip(".")  # noqa: PLR2004  beyond it no digit is exact
    if isinstance(value, (list, tuple)) and not any(isinstance(v, (dict, list)) for v in value):
        return ", ".join(plain_text(item) for item in value)
    found = json_value(value)
    return printable(found if isinstance(found, str) else json.dumps(found, ensure_ascii=False))


def printable(text: str) -> str:
    """Return a text without anything that a terminal would obey; line ends become spaces."""
    if text.isprintable():
        return text
    joined = text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in joined
    )


def csv_cell(value: object) -> str:
    """Return a CSV cell: null is empty, an empty text is quoted, a formula is text.

    Numbers stay as they are: a minus sign of a number starts no formula.
    """
    found = json_value(value)
    if found is None or isinstance(found, (bool, int, float)):
        return "" if found is None else json.dumps(found)
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    if text.startswith(FORMULA_STARTS):
        text = "'" + text
    if text == "" or any(char in text for char in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def csv_line(values: Iterable[object]) -> str:
    """Return a CSV record with its line end; a lone null is quoted, or its row would vanish."""
    return (",".join(csv_cell(value) for value in values) or '""') + "\n"
