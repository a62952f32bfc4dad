"""Avro bytes to events and back; the only module that imports fastavro."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import RFC_4122, UUID

import fastavro
from pydantic import BaseModel

from domain.catalogue import BY_TOPIC, CURRENT
from domain.cloudevents import headers_of
from domain.errors import InputError, NotSealedError
from domain.personal import Plaintext
from domain.rules.avro_schema import avro_schema
from domain.rules.avro_writing import prefix_of, writer_of
from domain.rules.decoding import MAX_LONG, MIN_LONG
from domain.upcasting import resolvable, upcast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.event import Event

FIRST_YEAR, LAST_YEAR = 1900, 2200
LAST_UUID_VERSION = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FastavroDecoder:
    """Decodes one datum under a decoding schema: the row form's `RawDecoder`."""

    def __init__(self) -> None:
        self._parsed: dict[int, tuple[Any, Any]] = {}

    def decode(self, decoding: Any, body: bytes) -> Mapping[str, Any] | None:
        """Return raw values, or None if the bytes are not exactly one datum."""
        kept = self._parsed.get(id(decoding))
        if kept is None or kept[0] is not decoding:
            kept = (decoding, fastavro.parse_schema(json.loads(json.dumps(decoding))))
            self._parsed[id(decoding)] = kept
        stream = io.BytesIO(body)
        try:
            raw: Any = fastavro.schemaless_reader(stream, kept[1], None)
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except Exception:  # noqa: BLE001  hostile bytes raise whatever fastavro likes
            return None
        return raw if self._is_canonical(raw, kept[1], body) else None

    def _is_canonical(self, raw: Mapping[str, Any], schema: Any, body: bytes) -> bool:
        """Tell whether the bytes are their own re-encoding: each value has one form."""
        again = io.BytesIO()
        try:
            fastavro.schemaless_writer(again, schema, raw)
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except Exception:  # noqa: BLE001  a value that was read need not be one that can be written
            return False
        return again.getvalue() == body


def encode_event(event: Event) -> bytes:
    """Return an event in Avro single-object encoding under its class's schema.

    Raises:
        NotSealedError: a personal field still holds plain text.
        InputError: a value does not fit its field.
    """
    try:
        return writer_of(type(event))(event)
    except (TypeError, ValueError, AttributeError, LookupError, OverflowError):
        kind = type(event)
    # Told outside of the handler: the error above may hold the value in its context.
    _refuse(event)
    msg = (
        f"event '{event.event_id}' of type '{kind.TOPIC}' does not fit its schema; check its fields"
    )
    raise InputError(msg)


def _refuse(model: BaseModel) -> None:
    """Name the field for which an event cannot be written, if its value says why."""
    for name, value in model.__dict__.items():
        parts = value if isinstance(value, list) else [value]
        for part in parts:
            if isinstance(part, BaseModel):
                _refuse(part)
            elif isinstance(part, Plaintext):
                msg = f"field '{name}' is personal data and not sealed; seal the event before it is written"
                raise NotSealedError(msg)
            elif not _in_range(part):
                msg = (
                    f"field '{name}' is outside the published ranges (RULES 2): a UUID of RFC 9562, "
                    "a date in 1900 to 2200, text without NUL, 64 bits"
                )
                raise InputError(msg)


def _in_range(value: object) -> bool:
    """Tell whether admission would find a value in range: refused before it is written."""
    match value:
        case str():
            return "\x00" not in value
        case UUID():
            return value.variant == RFC_4122 and 1 <= (value.version or 0) <= LAST_UUID_VERSION
        case date():
            return FIRST_YEAR <= value.year <= LAST_YEAR
        case bool():
            return True
        case int():
            return MIN_LONG <= value <= MAX_LONG
        case _:
            return True


@lru_cache(maxsize=1024)
def _reader(text: str) -> Any:
    return fastavro.parse_schema(json.loads(text))


def decode_values(value: bytes, schema_text: str) -> dict[str, Any]:
    """Return the values of a framed, well-formed event under its registered schema."""
    found: Any = fastavro.schemaless_reader(io.BytesIO(value[10:]), _reader(schema_text), None)
    values: dict[str, Any] = found
    return values


def fingerprint_in(value: bytes) -> str:
    """Return the fingerprint that a single-object encoded value names, 16 hex digits."""
    return value[9:1:-1].hex()


def headers_in(value: bytes, topic: str) -> tuple[tuple[str, bytes], ...]:
    """Return the headers of an encoded event of this version's catalogue; none if it is not one."""
    event_type = BY_TOPIC.get(topic)
    if event_type is None or not value.startswith(prefix_of(event_type)):
        return ()
    try:
        return headers_of(topic, decode_values(value, schema_text(event_type)))
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except Exception:  # noqa: BLE001  bytes that are no event get no headers; admission refuses them
        return ()


def decode_event(value: bytes, topic: str, schema_text: str) -> Event:
    """Return the event in an admitted record's value, as the newest version of its type.

    Schema resolution comes first: the writer's text is read under the class's schema; what
    that cannot say is for the pure upcasts of `domain.upcasting`.

    Raises:
        InputError: this version has no class for the type.
    """
    event_type = CURRENT.get(topic)
    if event_type is None:
        msg = f"event type '{topic}' is not known to this version; upgrade to read it"
        raise InputError(msg)
    values: Any = fastavro.schemaless_reader(
        io.BytesIO(value[10:]), _resolvable(schema_text), _resolvable_class(event_type)
    )
    return event_type.model_validate(upcast(values, written=topic, read=event_type.TOPIC))


@lru_cache(maxsize=1024)
def _resolvable(text: str) -> Any:
    return fastavro.parse_schema(resolvable(json.loads(text)))


@lru_cache(maxsize=1024)
def _resolvable_class(event_type: type[Event]) -> Any:
    return fastavro.parse_schema(resolvable(avro_schema(event_type)))


@lru_cache(maxsize=1024)
def schema_text(event_type: type[Event]) -> str:
    """Return the text under which a type is registered: its schema as compact JSON."""
    return json.dumps(avro_schema(event_type), separators=(",", ":"), ensure_ascii=False)


def instant(micros: int) -> datetime:
    """Return the instant of a number of microseconds since 1970 (UTC)."""
    return _EPOCH + timedelta(microseconds=micros)
