"""The catalogue of events as a page: docs/reference/events.md is written from the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from domain.catalogue import EVENT_TYPES
from domain.cloudevents import ATTRIBUTES, COMMAND_ATTRIBUTES
from domain.event import ENVELOPE, CommandRef, Event
from domain.personal import PersonalData, Sealed
from domain.rules.avro_schema import avro_schema, is_sealed, record_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic.fields import FieldInfo

    from domain.rules.avro_schema import Schema

_HEAD: Final = """\
# Events

Every event type, with its stored name, its meaning and each of its fields.
This page is written from the event classes by `complaints schemas write`; a test compares it.
The schemas themselves, with a complete and a minimal sample of each, are in `schemas/`.

A field that is not required may be null or left out, which is the same.
Dates are local dates, instants are UTC with microseconds, money is in minor units.
A sealed field travels as a record of {sealed}; see [sealing](sealing.md).
In CloudEvents JSON a publisher whose events we seal gives it as plain text.
"""

_ENVELOPE_HEAD: Final = """\
## The envelope

Every event begins with these fields, in this order.
In CloudEvents JSON they are attributes, and everything else is in `data`.
`type` is the stored name, `specversion` is 1.0.
`occurredon` may be left out where `time` is given: it is then the date of `time` in \
`occurredzone`, or in UTC without one.
`subject` may be left out by an opening event that has `external_id`: the stream id is then \
derived from `source` and `external_id`.

| field | type | required | attribute | meaning |
| --- | --- | --- | --- | --- |
"""

_STREAMS: Final = {
    "complaint": "The complaint stream: one stream per complaint",
    "door": "The door stream: one stream per receipt that was refused or set aside",
    "access": "The access stream: who read sealed data, and what for",
    "opaque": "The library's stream: what `eventsourcing` stores without a schema of ours",
}

_KINDS: Final = {
    "string": "text",
    "long": "whole number",
    "boolean": "true or false",
    "bytes": "bytes",
    "date": "date",
    "timestamp-micros": "instant",
    "uuid": "UUID",
}


def events_reference(event_types: Sequence[type[Event]] = EVENT_TYPES) -> str:
    """Return the page on every event type: its stored name, its meaning, each of its fields."""
    names = ", ".join(f"`{name}`" for name in Sealed.model_fields)
    parts = [_HEAD.format(sealed=names), _ENVELOPE_HEAD + "".join(_envelope_rows(event_types[0]))]
    for stream in dict.fromkeys(kind.STREAM for kind in event_types):
        kinds = [kind for kind in event_types if stream == kind.STREAM]
        parts.append(f"## {_STREAMS.get(stream, stream)}\n\n{''.join(_index(kinds))}")
        parts += [_section(kind) for kind in kinds]
    return "\n".join(parts)


def _index(kinds: Sequence[type[Event]]) -> Iterator[str]:
    yield "| event | stored name | meaning |\n| --- | --- | --- |\n"
    for kind in kinds:
        name = kind.__name__
        meaning = _cell((kind.__doc__ or "").partition("\n")[0])
        yield f"| [{name}](#{name.lower()}) | `{kind.TOPIC}` | {meaning} |\n"


def _envelope_rows(event_type: type[Event]) -> Iterator[str]:
    schemas = _schemas(event_type)
    for name in ENVELOPE:
        info = Event.model_fields[name]
        if name == "command":
            yield from _command_rows()
            continue
        cells = _cells(name, info, schemas[name])
        yield _row([*cells[:3], f"`{ATTRIBUTES[name]}`", cells[3]])


def _command_rows() -> Iterator[str]:
    info = Event.model_fields["command"]
    yield _row(["`command`", "record", "", "", str(info.description)])
    for name, part in CommandRef.model_fields.items():
        kind = "UUID" if name == "id" else "whole number"
        attribute = f"`{COMMAND_ATTRIBUTES[name]}`"
        yield _row([f"`command.{name}`", kind, "in it", attribute, str(part.description)])


def _section(event_type: type[Event]) -> str:
    schemas = _schemas(event_type)
    lines = [f"### {event_type.__name__}\n\n", f"{_prose(event_type)}\n\n"]
    opens = "; opens its stream" if event_type.OPENS else ""
    record = record_name(event_type.TOPIC)
    lines.append(f"Stored as `{event_type.TOPIC}`, record `{record}`{opens}.\n\n")
    payload = {n: i for n, i in event_type.model_fields.items() if n not in ENVELOPE}
    if not payload:
        return "".join((*lines, "It has no fields beside the envelope.\n"))
    lines.append("| field | type | required | meaning |\n| --- | --- | --- | --- |\n")
    for name, info in payload.items():
        lines.append(_row(_cells(name, info, schemas[name])))
        lines += [_row(cells) for cells in _part_cells(name, schemas[name])]
    return "".join(lines)


def _schemas(event_type: type[Event]) -> dict[str, Any]:
    return {field["name"]: field["type"] for field in avro_schema(event_type)["fields"]}


def _prose(event_type: type[Event]) -> str:
    """Return the docstring with one line per paragraph."""
    paragraphs = (event_type.__doc__ or "").split("\n\n")
    return "\n\n".join(" ".join(text.split()) for text in paragraphs)


def _cells(name: str, info: FieldInfo, schema: Schema) -> list[str]:
    kind = _kind(schema)
    for mark in info.metadata:
        if isinstance(mark, PersonalData):
            kind = f"sealed text ({mark.data_class})"
    return [f"`{name}`", kind, "yes" if info.is_required() else "", str(info.description)]


def _part_cells(name: str, schema: Schema) -> Iterator[list[str]]:
    kind = schema[1] if isinstance(schema, list) else schema
    if isinstance(kind, dict) and kind["type"] == "array":
        kind, name = kind["items"], f"{name}[]"
    if not isinstance(kind, dict) or kind.get("type") != "record" or is_sealed(kind):
        return
    for field in kind["fields"]:
        needed = "" if "default" in field else "in it"
        yield [f"`{name}.{field['name']}`", _kind(field["type"]), needed, field["doc"]]


def _kind(schema: Schema) -> str:
    if isinstance(schema, list):
        return _kind(schema[1])
    if isinstance(schema, dict) and schema["type"] == "array":
        return "list of " + ("records" if isinstance(schema["items"], dict) else "text")
    if isinstance(schema, dict) and schema["type"] == "record":
        return "record"
    name = schema if isinstance(schema, str) else schema.get("logicalType", schema["type"])
    return _KINDS[name]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
