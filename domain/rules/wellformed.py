"""Well-formedness, row form: the definition (RULES 2 and rule 1 of RULES 5)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from domain.rules.decoding import UUID_PATTERN, decoding_schema, range_check
from domain.rules.record import is_too_large, partition_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from domain.rules.partition_state import PartitionState, RegisteredSchema
    from domain.rules.record import Record

SINGLE_OBJECT = b"\xc3\x01"
CONFLUENT = b"\x00"
MAX_SAVE = 10_000
"""A save cannot have more records than the window in which it must be complete."""

_UUID = re.compile(UUID_PATTERN)

__all__ = [
    "MAX_SAVE",
    "UUID_PATTERN",
    "RawDecoder",
    "Wellformed",
    "claims_of",
    "examine",
    "fingerprint_of",
]


class RawDecoder(Protocol):
    """Decodes one datum under a decoding schema, whole or not at all."""

    def decode(self, decoding: Any, body: bytes) -> Mapping[str, Any] | None:
        """Return raw values, or None if the bytes are not exactly one datum."""
        ...


@dataclass(frozen=True, slots=True)
class Wellformed:
    """A record that is an event under a registered schema."""

    schema: RegisteredSchema
    raw: Mapping[str, Any]
    """Values as the decoding schema gives them: dates as days, instants as microseconds."""

    @property
    def event_id(self) -> str:
        """The event's id."""
        return str(self.raw["event_id"])

    @property
    def expected_version(self) -> int | None:
        """The version that its author had seen."""
        value = self.raw["expected_version"]
        return None if value is None else int(value)

    @property
    def command(self) -> Mapping[str, Any] | None:
        """The save it belongs to."""
        command: Mapping[str, Any] | None = self.raw["command"]
        return command


@lru_cache(maxsize=1024)
def compiled(text: str) -> tuple[Any, Callable[[Any], bool]]:
    """Return the decoding schema and the range check of a registered schema's text."""
    schema = json.loads(text)
    return decoding_schema(schema), range_check(schema)


def fingerprint_of(value: bytes, state: PartitionState) -> tuple[str, bytes] | None:
    """Return (schema fingerprint, Avro body) of a framed value, or None if it is not framed.

    A Confluent id that no registration bound gives an empty fingerprint.
    """
    if value[:2] == SINGLE_OBJECT and len(value) >= 10:  # noqa: PLR2004  frame and fingerprint
        return value[9:1:-1].hex(), value[10:]
    if value[:1] == CONFLUENT and len(value) >= 5:  # noqa: PLR2004  frame and id
        return state.confluent_ids.get(int.from_bytes(value[1:5], "big"), ""), value[5:]
    return None


def examine(record: Record, state: PartitionState, decoder: RawDecoder) -> Wellformed | str:
    """Return the event in a record, or the reason why rule 1 refuses it."""
    if is_too_large(record):
        return "too-large"
    if record.key is None or record.value is None:
        return "malformed"
    framed = fingerprint_of(record.value, state)
    if framed is None:
        return "malformed"
    schema = state.schemas.get(framed[0])
    if schema is None:
        return "unknown-schema"
    decoding, in_range = compiled(schema.text)
    raw = decoder.decode(decoding, framed[1])
    if raw is None or not in_range(raw) or not _save_is_sane(raw):
        return "malformed"
    if str(raw["stream_id"]).encode() != record.key or (
        schema.uuid_key and not is_canonical_uuid(str(raw["stream_id"]))
    ):
        return "envelope-mismatch"
    if schema.is_opaque and not _opaque_is_sane(raw):
        return "envelope-mismatch"
    if state.descriptor is not None and (
        partition_of(record.key, state.descriptor.partitions) != record.partition
    ):
        return "wrong-partition"
    return Wellformed(schema, raw)


def claims_of(record: Record, state: PartitionState) -> tuple[str | None, str | None]:
    """Return the stream and the type that a record claims by its key and its frame alone.

    Null is no claim: a key that is no canonical UUID may be about a person, a fingerprint that
    is not registered names no type, and a record without a value says nothing.
    """
    if not record.value:
        return None, None
    framed = fingerprint_of(record.value, state)
    schema = None if framed is None else state.schemas.get(framed[0])
    key = (record.key or b"").decode("ascii", "replace")
    return key if is_canonical_uuid(key) else None, None if schema is None else schema.topic


def is_canonical_uuid(text: str) -> bool:
    """Tell whether a text is a UUID of RFC 9562 in canonical lower case."""
    return _UUID.fullmatch(text) is not None


def _save_is_sane(raw: Mapping[str, Any]) -> bool:
    command = raw["command"]
    if command is None:
        return True
    count, index = command["count"], command["index"]
    return (
        1 <= count <= MAX_SAVE
        and 0 <= index < count
        and (count == 1 or raw["expected_version"] is not None)
    )


def _opaque_is_sane(raw: Mapping[str, Any]) -> bool:
    index = raw["command"]["index"] if raw["command"] else 0
    expected = raw["expected_version"]
    return expected is not None and raw["originator_version"] == expected + 1 + index >= 0
