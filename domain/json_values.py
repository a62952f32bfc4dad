"""JSON values to event values and back, strictly: no guess turns one kind into another.

The kind of a field is the type in its Avro schema, so JSON and Avro admit the same values
(RULES 2). Dates and instants are ISO 8601 text, bytes base64, personal data either plain
text for our sealer or the five fields of a sealed value.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from pydantic import BaseModel

from domain.errors import InputError, NotSealedError
from domain.opaque import is_opaque
from domain.personal import Plaintext, Sealed
from domain.rules.avro_schema import is_sealed
from domain.rules.decoding import MAX_LONG, MIN_LONG, UUID_PATTERN

if TYPE_CHECKING:
    from domain.rules.avro_schema import Schema

Json = Any
"""A JSON value."""

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200
"""The years of RULES 2."""

_UUID = re.compile(UUID_PATTERN)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def quoted(value: object) -> str:
    """Return a wrong value for an error message: text only if it is an opaque identifier.

    Whatever else somebody wrote might be about a person; it is told by its length.
    """
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "'true'" if value else "'false'"
    if isinstance(value, (dict, list)):
        return "a JSON object" if isinstance(value, dict) else "a JSON array"
    if not isinstance(value, str):
        return f"'{_number_text(value)}'"
    return f"'{value}'" if not value or is_opaque(value) else f"a text of {len(value)} characters"


def _number_text(value: object) -> str:
    if isinstance(value, int) and not MIN_LONG <= value <= MAX_LONG:
        return "a number beyond 64 bits"
    return repr(value)


def to_json(value: object, *, field: str) -> Json:
    """Return an event's value as JSON has it.

    Raises:
        NotSealedError: it is personal data and not sealed.
    """
    if isinstance(value, Plaintext):
        msg = f"field '{field}' is personal data and not sealed; seal the event before it is shown"
        raise NotSealedError(msg)
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, (date, UUID)):
        return str(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, BaseModel):
        names = type(value).model_fields
        parts = {n: to_json(getattr(value, n), field=f"{field}.{n}") for n in names}
        return {name: part for name, part in parts.items() if part is not None}
    if isinstance(value, (list, tuple)):
        return [to_json(item, field=field) for item in value]
    return value


def instant_text(instant: datetime) -> str:
    """Return an instant as RFC 3339 in UTC, with `Z` and as many decimals as it has."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def from_json(value: Json, schema: Schema, *, field: str) -> Any:
    """Return a JSON value as the value of an event's field.

    Raises:
        InputError: it is not of the field's kind.
    """
    return reader_of(schema)(value, field)


def reader_of(schema: Schema) -> Callable[[Json, str], Any]:
    """Return the function from (JSON value, name of the field) to the field's value."""
    kind = schema[1] if isinstance(schema, list) else schema
    if is_sealed(kind):
        return lambda value, field: _personal(value, kind, field)
    if isinstance(kind, dict) and kind["type"] == "record":
        return lambda value, field: _record(value, kind, field)
    if isinstance(kind, dict) and kind["type"] == "array":
        each = reader_of(kind["items"])
        return lambda value, field: _array(value, each, field)
    return _READERS[kind if isinstance(kind, str) else kind.get("logicalType", kind["type"])]


def _array(value: object, each: Callable[[Json, str], Any], field: str) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong(field, value, "must be a JSON array")
    return [each(item, f"{field}[{place}]") for place, item in enumerate(value)]


def _record(value: object, schema: Schema, field: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(field, value, "must be a JSON object")
    kinds = {f["name"]: f for f in schema["fields"]}
    unknown = [name for name in value if name not in kinds]
    if unknown:
        msg = (
            f"a name of {len(unknown[0])} characters in '{field}' is not known; "
            f"it has {', '.join(kinds)}"
        )
        raise InputError(msg)
    found: dict[str, Any] = {}
    for name, part in kinds.items():
        if value.get(name) is not None:
            found[name] = from_json(value[name], part["type"], field=f"{field}.{name}")
        elif "default" not in part:
            msg = f"field '{field}.{name}' is missing; '{field}' needs it"
            raise InputError(msg)
    return found


def _personal(value: object, schema: Schema, field: str) -> Plaintext | Sealed:
    """Return personal data; no message here shows a value, nor the name of an unknown part."""
    if isinstance(value, str):
        return Plaintext(_text(value, field))
    names = [part["name"] for part in schema["fields"]]
    if not isinstance(value, Mapping) or set(value) != set(names):
        msg = (
            f"field '{field}' is personal data; give plain text, "
            f"or a sealed value of exactly {', '.join(names)}"
        )
        raise InputError(msg)
    for name in names:
        if not isinstance(value[name], str):
            msg = f"field '{field}.{name}' must be text; a sealed value holds text and base64"
            raise InputError(msg)
    return Sealed.model_validate(_record(value, schema, field))


def _wrong(field: str, value: object, rule: str) -> InputError:
    return InputError(f"field '{field}' is {quoted(value)}; it {rule}")


def _text(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise _wrong(field, value, "must be text in quotes")
    if "\x00" in value:
        msg = f"field '{field}' contains a NUL character; remove it"
        raise InputError(msg)
    if _SURROGATE.search(value):
        msg = f"field '{field}' contains half a surrogate pair; write the whole character"
        raise InputError(msg)
    return value


def _whole(value: object, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(field, value, "must be a whole number without quotes or decimals")
    if not MIN_LONG <= value <= MAX_LONG:
        raise _wrong(field, value, "must fit into 64 bits")
    return value


def _flag(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(field, value, "must be true or false without quotes")
    return value


def _bytes(value: object, field: str) -> bytes:
    msg = f"field '{field}' is not base64; encode its bytes as RFC 4648 section 4 says"
    if not isinstance(value, str):
        raise InputError(msg)
    try:
        return base64.b64decode(value, validate=True)
    except ValueError as exc:  # binascii.Error is one
        raise InputError(msg) from exc


def _date(value: object, field: str) -> date:
    rule = f"must be a date as 2024-05-06, in the years {FIRST_YEAR} to {LAST_YEAR}"
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise _wrong(field, value, rule)
    try:
        found = date.fromisoformat(value)
    except ValueError as exc:
        raise _wrong(field, value, rule) from exc
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _wrong(field, value, rule)
    return found


def _instant(value: object, field: str) -> datetime:
    rule = (
        "must be an instant as 2024-05-06T08:30:00Z or with an offset, "
        f"in the years {FIRST_YEAR} to {LAST_YEAR}"
    )
    matched = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if matched is None:
        raise _wrong(field, value, rule)
    day, time, fraction, offset = matched.groups()
    micros = (fraction or "")[:7]
    offset = "+00:00" if offset in {"Z", "z"} else offset
    try:
        found = datetime.fromisoformat(f"{day}T{time}{micros}{offset}").astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise _wrong(field, value, rule) from exc
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _wrong(field, value, rule)
    return found


def _uuid(value: object, field: str) -> UUID:
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise _wrong(field, value, "must be an RFC 9562 UUID in lower case with hyphens")
    return UUID(value)


_READERS: Final[Mapping[str, Callable[[Any, str], Any]]] = {
    "string": _text,
    "long": _whole,
    "boolean": _flag,
    "bytes": _bytes,
    "date": _date,
    "timestamp-micros": _instant,
    "uuid": _uuid,
}
