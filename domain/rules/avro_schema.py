"""Avro schemas in the profile of RULES 2: written from event classes, fingerprinted, linted.

The profile keeps to what every Avro library reads alike: no enum, map, decimal, or union
other than `["null", T]`. A version names itself in its record name, because CRC-64-AVRO
ignores logical types and defaults and a second text under one fingerprint is refused.
"""

from __future__ import annotations

import functools
import json
import re
import types
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from domain.personal import Plaintext, Sealed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.event import Event

Schema = Any
"""A parsed Avro schema: a JSON value."""

NAMESPACE = "complaints"

_SCALARS: dict[type, Schema] = {
    str: "string",
    bool: "boolean",
    int: "long",
    bytes: "bytes",
    date: {"type": "int", "logicalType": "date"},
    datetime: {"type": "long", "logicalType": "timestamp-micros"},
    UUID: {"type": "string", "logicalType": "uuid"},
}


def record_name(topic: str) -> str:
    """Return the record name of a stored type: `…complaint_received.v1` is ComplaintReceivedV1."""
    _, subject, version = topic.split(".")
    return "".join(word.capitalize() for word in subject.split("_")) + version.upper()


def avro_schema(event_type: type[Event]) -> Schema:
    """Return the writer schema of an event class, envelope first, every field documented."""
    name = record_name(event_type.TOPIC)
    return {
        "type": "record",
        "name": name,
        "namespace": NAMESPACE,
        "doc": " ".join((event_type.__doc__ or "").split()),
        "fields": list(_fields(event_type, name)),
    }


def _fields(model: type[BaseModel], owner: str) -> Iterator[Schema]:
    for name, info in model.model_fields.items():
        annotation = info.annotation
        schema = _schema_of(annotation, f"{owner}_{name}")
        field: Schema = {"name": name, "type": schema, "doc": info.description}
        if isinstance(schema, list):
            field["default"] = None
        elif info.default_factory is list:
            field["default"] = []
        elif info.default is not PydanticUndefined:
            field["default"] = info.default
        yield field


def _schema_of(annotation: Any, name: str) -> Schema:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _schema_of(get_args(annotation)[0], name)
    if origin in {Union, types.UnionType}:
        inner = _without_plaintext(get_args(annotation))
        if len(inner) == 1:
            return ["null", _schema_of(inner[0], name)]
        msg = f"field '{name}' is a union of {len(inner)} types; the profile has only null or one"
        raise TypeError(msg)
    if origin is list:
        return {"type": "array", "items": _schema_of(get_args(annotation)[0], name)}
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        doc = " ".join((annotation.__doc__ or "").split())
        fields = list(_fields(annotation, name))
        return {"type": "record", "name": name, "doc": doc, "fields": fields}
    msg = f"field '{name}' has type {annotation!r}, which the Avro profile does not know"
    raise TypeError(msg)


def _without_plaintext(members: tuple[Any, ...]) -> list[Any]:
    flat: list[Any] = []
    for member in members:
        if get_origin(member) is Annotated:
            inner = get_args(member)[0]
            if inner is Plaintext:
                continue
            members_of_inner = get_args(inner) if get_origin(inner) else (inner,)
            flat.extend(_without_plaintext(members_of_inner))
        elif get_origin(member) in {Union, types.UnionType}:
            flat.extend(_without_plaintext(get_args(member)))
        elif member not in {type(None), Plaintext}:
            flat.append(member)
    return flat


def is_sealed(schema: Schema) -> bool:
    """Tell whether a record schema is that of a sealed value."""
    return (
        isinstance(schema, dict)
        and schema.get("type") == "record"
        and tuple(f["name"] for f in schema["fields"]) == tuple(Sealed.model_fields)
    )


def canonical_form(schema: Schema, namespace: str = "") -> str:
    """Return the Parsing Canonical Form of a schema (Avro specification)."""
    if isinstance(schema, str):
        return json.dumps(schema, ensure_ascii=False)
    if isinstance(schema, list):
        return "[" + ",".join(canonical_form(s, namespace) for s in schema) + "]"
    kind = schema["type"]
    if kind == "record":
        namespace = schema.get("namespace", namespace)
        name = schema["name"]
        full = name if "." in name or not namespace else f"{namespace}.{name}"
        fields = ",".join(
            f'{{"name":{json.dumps(f["name"])},"type":{canonical_form(f["type"], namespace)}}}'
            for f in schema["fields"]
        )
        return f'{{"name":{json.dumps(full)},"type":"record","fields":[{fields}]}}'
    if kind == "fixed":
        name = schema["name"] if not namespace else f"{namespace}.{schema['name']}"
        return f'{{"name":{json.dumps(name)},"type":"fixed","size":{schema["size"]}}}'
    if kind == "array":
        return f'{{"type":"array","items":{canonical_form(schema["items"], namespace)}}}'
    return canonical_form(kind, namespace)


_EMPTY = 0xC15D213AA4D7A795


def _table() -> tuple[int, ...]:
    entries = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (_EMPTY if value & 1 else 0)
        entries.append(value)
    return tuple(entries)


_TABLE = _table()


def fingerprint(schema: Schema) -> int:
    """Return the CRC-64-AVRO of a schema's canonical form (Avro specification)."""
    return _crc_64(canonical_form(schema).encode())


@functools.lru_cache(maxsize=1024)
def _crc_64(data: bytes) -> int:
    value = _EMPTY
    for byte in data:
        value = (value >> 8) ^ _TABLE[(value ^ byte) & 0xFF]
    return value


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOGICAL = {"date": "int", "timestamp-micros": "long", "uuid": "string"}
_PLAIN = {"string", "bytes", "long", "boolean"}


def lint(schema: Schema) -> list[str]:
    """Return what breaks the profile of RULES 2 in a schema, one sentence each; none is well."""
    if not isinstance(schema, dict) or schema.get("type") != "record":
        return ["the schema is not a record"]
    problems: list[str] = []
    names: set[str] = set()
    _lint_record(schema, str(schema.get("name")), names, problems)
    return problems


def _lint_record(schema: Schema, path: str, names: set[str], problems: list[str]) -> None:
    name = schema.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        problems.append(f"{path}: record name {name!r} is not an Avro name")
    elif name in names:
        problems.append(f"{path}: named type {name!r} is used twice; give each its own name")
    names.add(str(name))
    fields = schema.get("fields")
    if not isinstance(fields, list) or not fields:
        problems.append(f"{path}: a record needs at least one field")
        return
    seen: set[str] = set()
    for field in fields:
        if not isinstance(field, dict) or not isinstance(field.get("name"), str):
            problems.append(f"{path}: a field without a name")
            continue
        where = f"{path}.{field['name']}"
        if not _NAME.fullmatch(field["name"]) or field["name"] in seen:
            problems.append(f"{where}: field name is not an Avro name or is used twice")
        seen.add(field["name"])
        _lint_field(field, where, names, problems)


def _lint_field(field: Schema, where: str, names: set[str], problems: list[str]) -> None:
    if not field.get("doc"):
        problems.append(f"{where}: a field needs a doc")
    kind = field.get("type")
    if isinstance(kind, list):
        if len(kind) != 2 or kind[0] != "null":  # noqa: PLR2004  null and one type
            problems.append(f'{where}: the only union of the profile is ["null", T]')
            return
        if "default" not in field or field["default"] is not None:
            problems.append(f"{where}: an optional field has the default null")
        kind = kind[1]
    _lint_type(kind, where, names, problems)


def _lint_type(kind: Schema, where: str, names: set[str], problems: list[str]) -> None:
    if isinstance(kind, str):
        if kind not in _PLAIN:
            problems.append(f"{where}: type {kind!r} is not in the profile")
    elif not isinstance(kind, dict):
        problems.append(f"{where}: a union inside a union or array is not in the profile")
    elif kind.get("type") == "record":
        _lint_record(kind, where, names, problems)
    elif kind.get("type") == "array":
        items = kind.get("items")
        if items != "string" and not (isinstance(items, dict) and items.get("type") == "record"):
            problems.append(f"{where}: an array holds strings or records")
        else:
            _lint_type(items, f"{where}[]", names, problems)
    elif _LOGICAL.get(str(kind.get("logicalType"))) != kind.get("type"):
        problems.append(f"{where}: type {json.dumps(kind)} is not in the profile")
