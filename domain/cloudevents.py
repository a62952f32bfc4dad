"""Events as CloudEvents 1.0: what upstream services send, and what routers and people see.

The structured JSON form carries the envelope as attributes and the payload as `data`:

| envelope | attribute |
| --- | --- |
| event_id, source, stream_id | id, source, subject |
| the type's topic | type |
| occurred_at, occurred_on, occurred_zone | time, occurredon, occurredzone |
| actor, actor_role, on_behalf_of | actor, actorrole, onbehalfof |
| expected_version | expectedversion |
| correlation_id, causation_id | correlationid, causationid |
| command | commandid, commandindex, commandcount |

A fraction of a second beyond microseconds is cut off. Null and absent mean the same.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from domain.catalogue import BY_TOPIC
from domain.errors import InputError
from domain.event import ENVELOPE
from domain.identity import derived_stream_id
from domain.json_values import instant_text, quoted, reader_of, to_json
from domain.rules.avro_schema import avro_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.event import Event

    Read = Callable[[Any, str], Any]
    """From a JSON value and the name of its field to the value."""

SPECVERSION: Final = "1.0"
LINE_LIMIT: Final = 1_048_576
"""Bytes of one line: sixteen times what a record can hold, so nothing valid is cut."""

ATTRIBUTES: Final[Mapping[str, str]] = {
    "event_id": "id",
    "stream_id": "subject",
    "expected_version": "expectedversion",
    "occurred_on": "occurredon",
    "occurred_at": "time",
    "occurred_zone": "occurredzone",
    "actor": "actor",
    "actor_role": "actorrole",
    "on_behalf_of": "onbehalfof",
    "source": "source",
    "correlation_id": "correlationid",
    "causation_id": "causationid",
}
"""CloudEvents attribute of each envelope field but `command`, which has three."""

COMMAND_ATTRIBUTES: Final[Mapping[str, str]] = {
    "id": "commandid",
    "index": "commandindex",
    "count": "commandcount",
}

_KNOWN: Final = frozenset(
    {*ATTRIBUTES.values(), *COMMAND_ATTRIBUTES.values()}
    | {"specversion", "type", "datacontenttype", "data"}
)
_WHOLE_NUMBERS: Final = frozenset({"expectedversion", "commandindex", "commandcount"})


def to_cloudevent(event: Event) -> dict[str, Any]:
    """Return an event as a CloudEvents 1.0 JSON object; null fields are left out.

    Raises:
        NotSealedError: a personal field still holds plain text.
    """
    attributes: dict[str, Any] = {
        "specversion": SPECVERSION,
        "type": event.TOPIC,
    }
    for name, attribute in ATTRIBUTES.items():
        value = getattr(event, name)
        if value is not None:
            attributes[attribute] = to_json(value, field=attribute)
    if event.command is not None:
        for name, attribute in COMMAND_ATTRIBUTES.items():
            attributes[attribute] = to_json(getattr(event.command, name), field=attribute)
    attributes["datacontenttype"] = "application/json"
    attributes["data"] = {
        name: to_json(value, field=name)
        for name in type(event).model_fields
        if name not in ENVELOPE and (value := getattr(event, name)) is not None
    }
    return attributes


_HEADERS_FIRST: Final = (("ce_specversion", SPECVERSION.encode()),)
_HEADERS_LAST: Final = (("content-type", b"application/avro"),)


def headers_for(event: Event) -> tuple[tuple[str, bytes], ...]:
    """Return the CloudEvents binary mode headers of an event's record, in a fixed order.

    They are copies for routers, never judged, and hold identifiers only (RULES 1).
    """
    return headers_of(event.TOPIC, event.__dict__)


def headers_of(topic: str, values: Mapping[str, Any]) -> tuple[tuple[str, bytes], ...]:
    """Return the headers of an event of this type from the values of its envelope."""
    at = values["occurred_at"]
    time = () if at is None else (("ce_time", instant_text(at).encode()),)
    return (
        *_HEADERS_FIRST,
        ("ce_id", str(values["event_id"]).encode()),
        ("ce_source", values["source"].encode()),
        ("ce_type", topic.encode()),
        ("ce_subject", values["stream_id"].encode()),
        *time,
        *_HEADERS_LAST,
    )


def parse_line(line: bytes, *, event_types: Mapping[str, type[Event]] = BY_TOPIC) -> Event:
    """Return the event in one line of CloudEvents JSON.

    Raises:
        InputError: the line is no such event; the message says what to mend.
    """
    if len(line) > LINE_LIMIT:
        msg = f"line has {len(line)} bytes; one event has at most {LINE_LIMIT}, send text shorter"
        raise InputError(msg)
    found, problem = _loaded(line)
    if problem:
        raise InputError(problem)
    if not isinstance(found, dict):
        msg = "line is not a JSON object; write one CloudEvent per line"
        raise InputError(msg)
    return from_cloudevent(found, event_types=event_types)


def _loaded(line: bytes) -> tuple[Any, str]:
    """Return what JSON says, or the problem: raised elsewhere, as its context holds the text."""
    if b"\x00" in line:
        return None, "line contains a NUL byte; text may not, remove it"
    try:
        text = line.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as exc:
        return None, f"line is not UTF-8 at byte {exc.start}; write it in UTF-8"
    try:
        return _DECODER.decode(text), ""
    except (InputError, RecursionError, ValueError) as exc:
        return None, _json_problem(exc)


def _json_problem(exc: Exception) -> str:
    if isinstance(exc, InputError):
        return str(exc)
    if isinstance(exc, json.JSONDecodeError):
        return f"line is not JSON at character {exc.pos}; write one JSON object per line"
    if isinstance(exc, RecursionError):
        return "line nests too deeply; an event has a few levels only"
    return "line has a number with too many digits; numbers have 64 bits"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        msg = "a name occurs twice in one JSON object; keep one of its values"
        raise InputError(msg)
    return found


def _constant(name: str) -> object:
    msg = f"'{name}' is not a JSON number; leave the field out or write null"
    raise InputError(msg)


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def from_cloudevent(
    obj: Mapping[str, Any], *, event_types: Mapping[str, type[Event]] = BY_TOPIC
) -> Event:
    """Return the event that a CloudEvents 1.0 JSON object carries.

    Extension attributes that nobody here knows are ignored; fields of `data` are not.

    Raises:
        InputError: an attribute or field is missing, unknown or not of its kind.
    """
    _check_frame(obj)
    event_type = _event_type(obj, event_types)
    form = _form_of(event_type)
    values = _payload(obj, event_type, form)
    for name, attribute, read in form.attributes:
        value = obj.get(attribute)
        values[name] = None if value is None else _attribute(value, attribute, read)
    values["command"] = _command(obj, form)
    if values["occurred_on"] is None:
        values["occurred_on"] = _local_date(values["occurred_at"], values["occurred_zone"])
    if values["stream_id"] is None:
        values["stream_id"] = _derived_subject(event_type, values)
    elif event_type.STREAM == "complaint":
        form.subject(values["stream_id"], "subject")
    for name in form.required:
        if values[name] is None:
            msg = f"attribute '{ATTRIBUTES[name]}' is missing; every event needs it"
            raise InputError(msg)
    return _built(event_type, values)


@dataclass(frozen=True, slots=True)
class _Form:
    """How the JSON form of one event type is read, worked out once."""

    attributes: tuple[tuple[str, str, Read], ...]
    """Envelope field, attribute, and how it is read."""
    command: tuple[tuple[str, str, Read], ...]
    fields: Mapping[str, tuple[str, Read]]
    """Path in a message and how it is read, by field of `data`."""
    required: tuple[str, ...]
    """Envelope fields that cannot be null."""
    required_fields: tuple[str, ...]
    subject: Read


@lru_cache(maxsize=1024)
def _form_of(event_type: type[Event]) -> _Form:
    schemas = {field["name"]: field["type"] for field in avro_schema(event_type)["fields"]}
    parts = {field["name"]: field["type"] for field in schemas["command"][1]["fields"]}
    known = event_type.model_fields
    payload = [name for name in schemas if name not in ENVELOPE]
    return _Form(
        attributes=tuple((n, a, reader_of(schemas[n])) for n, a in ATTRIBUTES.items()),
        command=tuple((n, a, reader_of(parts[n])) for n, a in COMMAND_ATTRIBUTES.items()),
        fields={name: (f"data.{name}", reader_of(schemas[name])) for name in payload},
        required=tuple(name for name in ATTRIBUTES if known[name].is_required()),
        required_fields=tuple(name for name in payload if known[name].is_required()),
        subject=reader_of({"type": "string", "logicalType": "uuid"}),
    )


def _check_frame(obj: Mapping[str, Any]) -> None:
    if obj.get("specversion") != SPECVERSION:
        given = quoted(obj.get("specversion"))
        msg = f"attribute 'specversion' is {given}; this is CloudEvents '{SPECVERSION}'"
        raise InputError(msg)
    for name in obj:
        if name in _KNOWN:
            continue
        plain = str(name).lower().replace("_", "").replace("-", "")
        if plain in _KNOWN:
            msg = f"an attribute has a name that is not of CloudEvents; write '{plain}'"
            raise InputError(msg)
    if "data_base64" in obj:
        msg = "attribute 'data_base64' is not read; put the fields into 'data' as a JSON object"
        raise InputError(msg)
    content = obj.get("datacontenttype")
    if content is not None and str(content).partition(";")[0].strip() != "application/json":
        msg = f"attribute 'datacontenttype' is {quoted(content)}; it must be 'application/json'"
        raise InputError(msg)


def _event_type(obj: Mapping[str, Any], event_types: Mapping[str, type[Event]]) -> type[Event]:
    topic = obj.get("type")
    found = event_types.get(topic) if isinstance(topic, str) else None
    if found is None:
        hint = _nearest(topic, event_types) if isinstance(topic, str) else ""
        given = f"a text of {len(topic)} characters" if isinstance(topic, str) else quoted(topic)
        msg = f"attribute 'type' is {given}, which no event is called{hint}"
        raise InputError(msg)
    return found


def _payload(obj: Mapping[str, Any], event_type: type[Event], form: _Form) -> dict[str, Any]:
    data = obj.get("data")
    if data is None:
        data = {}
    if not isinstance(data, Mapping):
        msg = "attribute 'data' is not a JSON object; put the event's fields into one"
        raise InputError(msg)
    values: dict[str, Any] = {}
    for name, value in data.items():
        found = form.fields.get(name)
        if found is None:
            raise InputError(_unknown_field(name, event_type, form))
        if value is not None:
            path, read = found
            values[name] = read(value, path)
    for name in form.required_fields:
        if name not in values:
            msg = f"field 'data.{name}' is missing; '{event_type.TOPIC}' needs it"
            raise InputError(msg)
    return values


def _unknown_field(name: str, event_type: type[Event], form: _Form) -> str:
    """Say what is wrong with a name in `data`, which is not repeated: it may be anything."""
    if name in ENVELOPE:
        there = ATTRIBUTES.get(name, "commandid")
        return f"field 'data.{name}' belongs to the envelope; give it as attribute '{there}'"
    hint = _nearest(name, list(form.fields))
    return f"a name of {len(name)} characters in data is no field of '{event_type.TOPIC}'{hint}"


def _attribute(value: object, attribute: str, read: Read) -> object:
    if attribute in _WHOLE_NUMBERS and isinstance(value, str):
        value = _number(value)
    found = read(value, attribute)
    if found == "" or (attribute == "expectedversion" and isinstance(found, int) and found < 0):
        msg = f"attribute '{attribute}' is {quoted(value)}; leave it out or give a true one"
        raise InputError(msg)
    return found


def _number(text: str) -> int | str:
    """Return a whole number written as text, as some senders do; other text as it is."""
    short = len(text) < 20  # noqa: PLR2004  64 bits have 19 digits
    return int(text) if short and text.isascii() and text.isdecimal() else text


def _command(obj: Mapping[str, Any], form: _Form) -> dict[str, Any] | None:
    values = {
        name: None if (value := obj.get(attribute)) is None else _attribute(value, attribute, read)
        for name, attribute, read in form.command
    }
    missing = [COMMAND_ATTRIBUTES[name] for name, value in values.items() if value is None]
    if len(missing) == len(values):
        return None
    if missing:
        msg = f"attribute '{missing[0]}' is missing; an event of a save has all three of 'command…'"
        raise InputError(msg)
    index, count = values["index"], values["count"]
    if isinstance(index, int) and isinstance(count, int) and not 0 <= index < count:
        msg = f"attribute 'commandindex' is '{index}' of '{count}'; it runs from 0 to count - 1"
        raise InputError(msg)
    return values


def _local_date(instant: datetime | None, zone: str | None) -> date:
    if instant is None:
        msg = "attribute 'occurredon' is missing; give the local date, or 'time' to derive it from"
        raise InputError(msg)
    if zone is None:
        return instant.astimezone(UTC).date()
    with contextlib.suppress(ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        return instant.astimezone(ZoneInfo(zone)).date()
    # Raised outside of the handler: the library's error names the zone that was given.
    msg = (
        f"attribute 'occurredzone' is {quoted(zone)}, which is no IANA time zone here; "
        "correct it, or give 'occurredon'"
    )
    raise InputError(msg)


def _derived_subject(event_type: type[Event], values: Mapping[str, Any]) -> str:
    external_id, source = values.get("external_id"), values["source"]
    if event_type.OPENS and external_id and source:
        return derived_stream_id(source, external_id)
    more = ", or 'data.external_id' and 'source' to derive it from" if event_type.OPENS else ""
    msg = f"attribute 'subject' is missing; give the stream id of the complaint{more}"
    raise InputError(msg)


def _built(event_type: type[Event], values: dict[str, Any]) -> Event:
    try:
        return event_type.model_validate(values)
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or event_type.TOPIC
    # Raised outside of the handler: the library's error holds the values in its context.
    msg = f"field '{where}' does not fit '{event_type.TOPIC}'; see its entry in the catalogue"
    raise InputError(msg)


def _nearest(name: str, known: Mapping[str, Any] | list[str]) -> str:
    close = get_close_matches(name[:100], list(known), n=1)
    return f"; did you mean '{close[0]}'" if close else "; see the catalogue of events"
