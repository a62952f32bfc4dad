"""The decoding schema: the writer schema in a form that no Avro library reads loosely (RULES 2).

It has the same bytes. Named types are inlined under fresh names, `int` and dates are long,
booleans are fixed(1) and UUIDs strings, so that ranges can be checked on raw values; a
`mark` of eight bytes may follow, by which the set form guards record boundaries.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.rules.avro_schema import Schema

MARK = "ledger_mark"
"""Name of the guard that the set form adds; no event field may have it."""

MIN_DATE = (date(1900, 1, 1) - date(1970, 1, 1)).days
MAX_DATE = (date(2200, 12, 31) - date(1970, 1, 1)).days
MIN_MICROS = (
    int((datetime(1900, 1, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    * 1_000_000
)
MAX_MICROS = (
    int((datetime(2201, 1, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    * 1_000_000
    - 1
)
MIN_LONG, MAX_LONG = -(2**63), 2**63 - 1
UUID_PATTERN = "[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
"""RFC 9562 in canonical lower case, any version, variant 10."""

_UUID = re.compile(UUID_PATTERN)


def decoding_schema(schema: Schema, *, mark: bool = False) -> Schema:
    """Return the decoding schema of a writer schema that is in the profile."""
    counter = iter(range(1_000_000))
    decoding = _raw(schema, counter)
    if mark:
        guard = {"name": MARK, "type": {"type": "fixed", "name": "mark", "size": 8}}
        decoding["fields"].append(guard)
    return decoding


def _raw(schema: Schema, counter: Any) -> Schema:
    if isinstance(schema, list):
        return ["null", _raw(schema[1], counter)]
    kind = schema if isinstance(schema, str) else schema["type"]
    if kind == "record":
        name = f"r{next(counter)}"
        fields = [{"name": f["name"], "type": _raw(f["type"], counter)} for f in schema["fields"]]
        return {"type": "record", "name": name, "fields": fields}
    if kind == "array":
        return {"type": "array", "items": _raw(schema["items"], counter)}
    if kind == "boolean":
        return {"type": "fixed", "name": f"b{next(counter)}", "size": 1}
    return "long" if kind == "int" else kind


Check = "Callable[[Any], bool]"


def range_check(schema: Schema) -> Callable[[Any], bool]:
    """Return the predicate that holds for raw values which are in the published ranges.

    The table: boolean 00 or 01; date and instant in years 1900 to 2200; UUID canonical;
    string without NUL; long within 64 bits. A record holds if all its fields do.
    """
    if isinstance(schema, list):
        inner = range_check(schema[1])
        return lambda value: value is None or inner(value)
    kind = schema if isinstance(schema, str) else schema["type"]
    if kind == "record":
        checks = [(f["name"], range_check(f["type"])) for f in schema["fields"]]
        return lambda value: all(check(value[name]) for name, check in checks)
    if kind == "array":
        each = range_check(schema["items"])
        return lambda value: all(map(each, value))
    logical = None if isinstance(schema, str) else schema.get("logicalType")
    return _SCALAR_CHECKS[logical or kind]


_SCALAR_CHECKS: dict[str, Callable[[Any], bool]] = {
    "boolean": lambda value: value in {b"\x00", b"\x01"},
    "date": lambda value: MIN_DATE <= value <= MAX_DATE,
    "timestamp-micros": lambda value: MIN_MICROS <= value <= MAX_MICROS,
    "uuid": lambda value: _UUID.fullmatch(value) is not None,
    "string": lambda value: "\x00" not in value,
    "bytes": lambda _value: True,
    "long": lambda value: MIN_LONG <= value <= MAX_LONG,
}
