"""Events to Avro bytes, by writers compiled once per event class (RULES 2).

The bytes are those of any Avro library; what is saved is asking each value for its kind
anew. A writer refuses what admission would refuse: it raises, and who calls it says why.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from domain.rules.avro_schema import avro_schema, fingerprint
from domain.rules.decoding import MAX_DATE, MAX_LONG, MAX_MICROS, MIN_DATE, MIN_LONG, MIN_MICROS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from uuid import UUID

    from domain.event import Event
    from domain.rules.avro_schema import Schema

    Writer = Callable[[Any], bytes]

FRAME: Final = b"\xc3\x01"
"""Marker of Avro's single-object encoding."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL: Final = 719_163
_MICROSECOND: Final = timedelta(microseconds=1)
_VERSIONS: Final = frozenset("12345678")
_VARIANTS: Final = frozenset("89ab")


def zigzag(number: int) -> bytes:
    """Return a whole number of 64 bits as an Avro long."""
    number = (number << 1) ^ (number >> 63)
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004  seven bits a byte
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


LONGEST_KEPT: Final = 40
"""Codes, roles and ids come again and again; what is longer than an id hardly does."""
_SHORT: Final = 1_024
_SIZES: Final = tuple(zigzag(size) for size in range(_SHORT))
"""Lengths of nearly all texts; the others are computed."""


@lru_cache(maxsize=1024)
def prefix_of(event_type: type[Event]) -> bytes:
    """Return what every value of a class starts with: marker and schema fingerprint."""
    return FRAME + fingerprint(avro_schema(event_type)).to_bytes(8, "little")


@lru_cache(maxsize=1024)
def writer_of(event_type: type[Event]) -> Writer:
    """Return the function from an event of this class to its value in single-object encoding.

    It raises TypeError, ValueError, AttributeError, LookupError or OverflowError for an event
    that does not fit its schema, or holds a value outside of the published ranges.
    """
    return _record(avro_schema(event_type), prefix_of(event_type))


def _record(schema: Schema, prefix: bytes = b"") -> Writer:
    names = [field["name"] for field in schema["fields"]]
    writers = tuple(_writer(field["type"]) for field in schema["fields"])
    # A required field has no form for null: joining None raises, and nothing is written.
    absent = tuple(b"\x00" if isinstance(f["type"], list) else None for f in schema["fields"])
    values_of: Any = itemgetter(*names) if len(names) > 1 else lambda d: (d[names[0]],)

    def write(model: Any) -> bytes:
        values = values_of(model.__dict__)
        pieces: Any = [
            null if value is None else writer(value)
            for value, writer, null in zip(values, writers, absent, strict=False)
        ]
        return prefix + b"".join(pieces)

    return write


def _writer(schema: Schema) -> Writer:
    """Return the writer of a value that is not null, after the index of its union if it has one."""
    if isinstance(schema, list):
        inner = _writer(schema[1])
        return _OPTIONAL.get(inner) or (lambda value: b"\x02" + inner(value))
    kind = schema if isinstance(schema, str) else schema["type"]
    if kind == "record":
        return _record(schema)
    if kind == "array":
        return partial(_array, item=_writer(schema["items"]))
    logical = None if isinstance(schema, str) else schema.get("logicalType")
    return _SCALARS[logical or kind]


def _text(value: str) -> bytes:
    return _short_text(value) if len(value) <= LONGEST_KEPT else _any_text(value)


def _optional_text(value: str) -> bytes:
    return b"\x02" + (_short_text(value) if len(value) <= LONGEST_KEPT else _any_text(value))


def _any_text(value: str) -> bytes:
    data = value.encode()
    if b"\x00" in data:
        raise ValueError
    size = len(data)
    return (_SIZES[size] if size < _SHORT else zigzag(size)) + data


_short_text = lru_cache(maxsize=8192)(_any_text)


def _uuid(value: UUID) -> bytes:
    h = f"{value.int:032x}"
    if h[12] not in _VERSIONS or h[16] not in _VARIANTS:
        raise ValueError
    return f"H{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}".encode()


def _date(value: date) -> bytes:
    return _days(value.toordinal() - _EPOCH_ORDINAL)


@lru_cache(maxsize=4096)
def _days(days: int) -> bytes:
    if not MIN_DATE <= days <= MAX_DATE:
        raise ValueError
    return zigzag(days)


def _instant(value: datetime) -> bytes:
    micros = (value.astimezone(UTC) - _EPOCH) // _MICROSECOND
    if not MIN_MICROS <= micros <= MAX_MICROS:
        raise ValueError
    return zigzag(micros)


def _long(value: int) -> bytes:
    if value.__class__ is not int:
        raise TypeError
    if 0 <= value < _SHORT:
        return _SIZES[value]
    if not MIN_LONG <= value <= MAX_LONG:
        raise ValueError
    return zigzag(value)


def _flag(value: bool) -> bytes:  # noqa: FBT001  a value to write, no switch
    if value.__class__ is not bool:
        raise TypeError
    return b"\x01" if value else b"\x00"


def _bytes(value: bytes) -> bytes:
    if value.__class__ is not bytes:
        raise TypeError
    size = len(value)
    return (_SIZES[size] if size < _SHORT else zigzag(size)) + value


def _array(value: list[Any], *, item: Writer) -> bytes:
    if not isinstance(value, (list, tuple)):
        raise TypeError
    if not value:
        return b"\x00"
    return b"".join([zigzag(len(value)), *map(item, value), b"\x00"])


_SCALARS: Final[dict[str, Writer]] = {
    "string": _text,
    "uuid": _uuid,
    "date": _date,
    "timestamp-micros": _instant,
    "long": _long,
    "boolean": _flag,
    "bytes": _bytes,
}
_OPTIONAL: Final[dict[Writer, Writer]] = {_text: _optional_text}
"""Writers of optional values of a frequent kind, without a call in between."""
