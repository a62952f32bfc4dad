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

import json
from collections.abc import Mapping
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
from domain.json_values import from_json, instant_text, quoted, to_json
from domain.rules.avro_schema import avro_schema

if TYPE_CHECKING:
    from domain.event import Event
    from domain.rules.avro_schema import Schema

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


def headers_for(event: Event) -> list[tuple[str, bytes]]:
    """Return the CloudEvents binary mode headers of an event's record, in a fixed order."""
    headers = [
        ("ce_specversion", SPECVERSION),
        ("ce_id", str(event.event_id)),
        ("ce_source", event.source),
        ("ce_type", event.TOPIC),
        ("ce_subject", event.stream_id),
    ]
    if event.occurred_at is not None:
        headers.append(("ce_time", instant_text(event.occurred_at)))
    headers.append(("content-type", "application/avro"))
    return [(name, value.encode()) for name, value in headers]


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
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant), ""
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
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            msg = f"name {quoted(name)} occurs twice in one JSON object; keep one of them"
            raise InputError(msg)
        found[name] = value
    return found


def _constant(name: str) -> object:
    msg = f"'{name}' is not a JSON number; leave the field out or write null"
    raise InputError(msg)


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
    schemas = _schemas(event_type)
    values: dict[str, Any] = _payload(obj, event_type, schemas)
    for name, attribute in ATTRIBUTES.items():
        values[name] = _attribute(obj, attribute, schemas[name])
    values["command"] = _command(obj, schemas["command"])
    if values["occurred_on"] is None:
        values["occurred_on"] = _local_date(values["occurred_at"], values["occurred_zone"])
    if values["stream_id"] is None:
        values["stream_id"] = _derived_subject(event_type, values)
    elif event_type.STREAM == "complaint":
        from_json(values["stream_id"], {"type": "string", "logicalType": "uuid"}, field="subject")
    for name, attribute in ATTRIBUTES.items():
        if values[name] is None and event_type.model_fields[name].is_required():
            msg = f"attribute '{attribute}' is missing; every event needs it"
            raise InputError(msg)
    return _built(event_type, values)


@lru_cache(maxsize=1024)
def _schemas(event_type: type[Event]) -> Mapping[str, Any]:
    return {field["name"]: field["type"] for field in avro_schema(event_type)["fields"]}


def _check_frame(obj: Mapping[str, Any]) -> None:
    if obj.get("specversion") != SPECVERSION:
        given = quoted(obj.get("specversion"))
        msg = f"attribute 'specversion' is {given}; this is CloudEvents '{SPECVERSION}'"
        raise InputError(msg)
    for name in obj:
        plain = str(name).lower().replace("_", "").replace("-", "")
        if name not in _KNOWN and plain in _KNOWN:
            msg = f"attribute {quoted(name)} is not a CloudEvents name; write '{plain}'"
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
        hint = _nearest(str(topic), event_types) if isinstance(topic, str) else ""
        msg = f"attribute 'type' is {quoted(topic)}, which no event is called{hint}"
        raise InputError(msg)
    return found


def _payload(
    obj: Mapping[str, Any], event_type: type[Event], schemas: Mapping[str, Any]
) -> dict[str, Any]:
    data = obj.get("data")
    if data is None:
        data = {}
    if not isinstance(data, Mapping):
        msg = "attribute 'data' is not a JSON object; put the event's fields into one"
        raise InputError(msg)
    fields = [name for name in schemas if name not in ENVELOPE]
    for name in data:
        if name in ENVELOPE:
            there = ATTRIBUTES.get(name, "commandid")
            msg = f"field 'data.{name}' belongs to the envelope; give it as attribute '{there}'"
            raise InputError(msg)
        if name not in fields:
            hint = _nearest(str(name), fields)
            msg = f"field {quoted(name)} in data is not known to '{event_type.TOPIC}'{hint}"
            raise InputError(msg)
    values: dict[str, Any] = {}
    for name in fields:
        value = data.get(name)
        if value is not None:
            values[name] = from_json(value, schemas[name], field=f"data.{name}")
        elif event_type.model_fields[name].is_required():
            msg = f"field 'data.{name}' is missing; '{event_type.TOPIC}' needs it"
            raise InputError(msg)
    return values


def _attribute(obj: Mapping[str, Any], attribute: str, schema: Schema) -> object:
    value = obj.get(attribute)
    if value is None:
        return None
    if attribute in _WHOLE_NUMBERS and isinstance(value, str):
        value = _number(value)
    found = from_json(value, schema, field=attribute)
    if found == "" or (attribute == "expectedversion" and isinstance(found, int) and found < 0):
        msg = f"attribute '{attribute}' is {quoted(value)}; leave it out or give a true one"
        raise InputError(msg)
    return found


def _number(text: str) -> int | str:
    """Return a whole number written as text, as some senders do; other text as it is."""
    short = len(text) < 20  # noqa: PLR2004  64 bits have 19 digits
    return int(text) if short and text.isascii() and text.isdecimal() else text


def _command(obj: Mapping[str, Any], schema: Schema) -> dict[str, Any] | None:
    kinds = {field["name"]: field["type"] for field in schema[1]["fields"]}
    values = {n: _attribute(obj, a, kinds[n]) for n, a in COMMAND_ATTRIBUTES.items()}
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
    try:
        return instant.astimezone(ZoneInfo(zone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError) as exc:
        msg = (
            f"attribute 'occurredzone' is {quoted(zone)}, which is no IANA time zone here; "
            "correct it, or give 'occurredon'"
        )
        raise InputError(msg) from exc


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
