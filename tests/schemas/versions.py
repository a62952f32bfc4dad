"""Every published version of every event, as files in a folder, and one version read as another."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import fastavro

from domain.rules.avro_schema import fingerprint
from domain.upcasting import resolvable

if TYPE_CHECKING:
    from pathlib import Path

    from domain.json_values import Json
    from domain.rules.avro_schema import Schema

FRAME_BYTES = 10


@dataclass(frozen=True)
class Version:
    """One version of an event: its schema and the bytes of its samples."""

    event: str
    number: int
    schema: Schema
    samples: dict[str, bytes]


def versions_in(folder: Path) -> dict[str, list[Version]]:
    """Return the versions of each event in a folder of the contract, oldest first."""
    events: dict[str, list[Version]] = {}
    for path in sorted(folder.rglob("*.avsc")):
        event, _, number = path.name.removesuffix(".avsc").rpartition(".v")
        stem = path.name.removesuffix(".avsc")
        samples = {
            name: bytes.fromhex((path.parent / f"{stem}.{name}.hex").read_text(encoding="ascii"))
            for name in ("complete", "minimal")
        }
        version = Version(event, int(number), json.loads(path.read_bytes()), samples)
        events.setdefault(f"{path.parent.name}/{event}", []).append(version)
    return {name: sorted(found, key=lambda v: v.number) for name, found in events.items()}


def read_as(framed: bytes, writer: Schema, reader: Schema) -> dict[str, Any]:
    """Return the values that a reader of one version sees in the bytes of another."""
    assert framed[:2] == b"\xc3\x01"
    assert framed[2:FRAME_BYTES] == fingerprint(writer).to_bytes(8, "little")
    stream = io.BytesIO(framed[FRAME_BYTES:])
    values: Any = fastavro.schemaless_reader(stream, resolvable(writer), resolvable(reader))
    assert not stream.read()
    return dict(values)


def as_seen(value: Json, schema: Schema) -> Json:
    """Return a writer's value in a reader's schema: known fields, and defaults for the others."""
    if value is None or isinstance(schema, str):
        return value
    if isinstance(schema, list):
        return as_seen(value, schema[1])
    if schema["type"] == "array":
        return [as_seen(item, schema["items"]) for item in value]
    if schema["type"] != "record":
        return value
    return {
        field["name"]: as_seen(value[field["name"]], field["type"])
        if field["name"] in value
        else field["default"]
        for field in schema["fields"]
    }


def assert_all_read_each_other(versions: list[Version]) -> None:
    """Hold every sample of every version against every version as its reader."""
    for writer in versions:
        for reader in versions:
            for framed in writer.samples.values():
                own = read_as(framed, writer.schema, writer.schema)
                seen = read_as(framed, writer.schema, reader.schema)
                assert seen == as_seen(own, reader.schema), f"v{writer.number} as v{reader.number}"
