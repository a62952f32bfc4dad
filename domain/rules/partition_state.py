"""What a reader of one partition knows so far: everything that admission needs but the streams.

The state is a fold over the partition's records, is kept with the reader's position, and
goes to canonical JSON and back without loss, so any split of the log gives the same state.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.rules.avro_schema import fingerprint, lint
from domain.rules.control import (
    RULE_SET,
    SMALL_ORDER,
    Control,
    Descriptor,
    descriptor_of,
    is_signed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SAVE_WINDOW = 10_000
"""A save must be complete within this many records after its first (RULES 5)."""


@dataclass(frozen=True, slots=True)
class RegisteredSchema:
    """A schema that the log itself holds: all that admission needs to know of a type."""

    topic: str
    opens: bool
    uuid_key: bool
    text: str

    @property
    def is_opaque(self) -> bool:
        """Whether it is `opaque.v1`, whose versions the library numbers."""
        return self.topic == "complaints.opaque.v1"


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher's rights: which types it may write, and whether it signs."""

    types: tuple[str, ...]
    state: str
    signing_key: str | None = None

    def may_write(self, topic: str) -> bool:
        """Tell whether it may write events of this type now."""
        return self.state == "active" and ("*" in self.types or topic in self.types)


@dataclass(slots=True)
class PendingMember:
    """A record of a save that is not complete yet."""

    ordinal: int
    event_id: str
    event_type: str
    opens: bool
    authorised: bool
    source: str
    occurred_on: int


@dataclass(slots=True)
class PendingSave:
    """A save that waits for its last record."""

    first_ordinal: int
    expected_version: int
    count: int
    opaque: bool
    members: dict[int, PendingMember] = field(default_factory=dict)


@dataclass(slots=True)
class PartitionState:
    """The fold over one partition's records so far."""

    partition: int
    next_ordinal: int = 0
    position: int = 0
    recorded_ms: int = 0
    last_entry_hash: str = ""
    descriptor: Descriptor | None = None
    schemas: dict[str, RegisteredSchema] = field(default_factory=dict)
    """By fingerprint, 16 hex digits."""
    confluent_ids: dict[int, str] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    pending: dict[str, dict[str, PendingSave]] = field(default_factory=dict)
    """By stream id, then by command id."""
    closed: bool = False
    control_ordinal: int = -1
    """The last control record that changed anything; what control records say is as of it."""

    def to_json(self) -> str:
        """Return the state as JSON text."""
        return _json(self._reading() | self._control())

    def reading_json(self) -> str:
        """Return the part of the state that most records change, which is small."""
        return _json(self._reading())

    def control_json(self) -> str:
        """Return the part of the state that only control records change."""
        return _json(self._control())

    def _reading(self) -> dict[str, Any]:
        return {
            "partition": self.partition,
            "next_ordinal": self.next_ordinal,
            "position": self.position,
            "recorded_ms": self.recorded_ms,
            "last_entry_hash": self.last_entry_hash,
            "pending": {
                stream: {command: asdict(save) for command, save in saves.items()}
                for stream, saves in self.pending.items()
            },
            "control_ordinal": self.control_ordinal,
        }

    def _control(self) -> dict[str, Any]:
        return {
            "descriptor": self.descriptor.body() if self.descriptor else None,
            "schemas": {name: asdict(schema) for name, schema in self.schemas.items()},
            "confluent_ids": self.confluent_ids,
            "sources": {name: asdict(source) for name, source in self.sources.items()},
            "closed": self.closed,
        }

    @classmethod
    def from_json(cls, text: str) -> PartitionState:
        """Return the state that `to_json` wrote."""
        return cls._from(json.loads(text))

    @classmethod
    def read_again(cls, reading: str, earlier: PartitionState) -> PartitionState:
        """Return the state of a `reading_json` whose control part is that of an earlier state."""
        d = json.loads(reading)
        return replace(
            earlier,
            **{name: d[name] for name in d if name != "pending"},
            pending=_all_pending(d["pending"]),
            schemas=dict(earlier.schemas),
            confluent_ids=dict(earlier.confluent_ids),
            sources=dict(earlier.sources),
        )

    @classmethod
    def from_parts(cls, reading: str, control: str) -> PartitionState:
        """Return the state of a `reading_json` and a `control_json`."""
        return cls._from(json.loads(reading) | json.loads(control))

    @classmethod
    def _from(cls, d: dict[str, Any]) -> PartitionState:
        body = d["descriptor"]
        descriptor = body and Descriptor(
            ledger_id=UUID(body["ledger_id"]),
            partitions=body["partitions"],
            rule_set=body["rule_set"],
            operator_keys=tuple(bytes.fromhex(k) for k in body["operator_keys"]),
        )
        return cls(
            partition=d["partition"],
            next_ordinal=d["next_ordinal"],
            position=d["position"],
            recorded_ms=d["recorded_ms"],
            last_entry_hash=d["last_entry_hash"],
            descriptor=descriptor,
            schemas={k: RegisteredSchema(**v) for k, v in d["schemas"].items()},
            confluent_ids={int(k): v for k, v in d["confluent_ids"].items()},
            sources={
                k: Source(tuple(v["types"]), v["state"], v["signing_key"])
                for k, v in d["sources"].items()
            },
            pending=_all_pending(d["pending"]),
            closed=d["closed"],
            control_ordinal=d["control_ordinal"],
        )


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _all_pending(d: dict[str, Any]) -> dict[str, dict[str, PendingSave]]:
    return {
        stream: {command: _pending(save) for command, save in saves.items()}
        for stream, saves in d.items()
    }


def _pending(d: dict[str, Any]) -> PendingSave:
    members = {int(i): PendingMember(**m) for i, m in d["members"].items()}
    return PendingSave(d["first_ordinal"], d["expected_version"], d["count"], d["opaque"], members)


def apply_control(
    state: PartitionState,
    control: Control | None,
    verify: Callable[[bytes, bytes, bytes], bool],
    *,
    ledger_id: UUID,
) -> tuple[str, str | None]:
    """Take a control record into the state and return (outcome, reason).

    Anything that is not a whole, signed control record is refused and changes nothing.
    """
    refused = ("refused", "not-authorised")
    if control is None:
        return refused
    if control.kind == "descriptor":
        return _apply_descriptor(state, descriptor_of(control, verify), ledger_id)
    if state.descriptor is None:
        return ("refused", "before-descriptor")
    if not is_signed(control, state.descriptor.operator_keys, verify):
        return refused
    if control.kind == "schema":
        return _apply_schema(state, control)
    if control.kind == "source":
        return _apply_source(state, control)
    if control.kind == "closing":
        state.closed = True
        return ("control", None)
    return refused


def _apply_descriptor(
    state: PartitionState, found: Descriptor | None, ledger_id: UUID
) -> tuple[str, str | None]:
    if found is None or found.ledger_id != ledger_id or found.rule_set != RULE_SET:
        return ("refused", "not-authorised")
    if state.descriptor is None:
        state.descriptor = found
        return ("control", None)
    return ("duplicate", None) if found == state.descriptor else ("refused", "not-authorised")


def _apply_schema(state: PartitionState, control: Control) -> tuple[str, str | None]:
    body = control.body
    try:
        schema = json.loads(body["schema"])
        found = RegisteredSchema(
            str(body["topic"]), bool(body["opens"]), bool(body["uuid_key"]), str(body["schema"])
        )
        name = f"{fingerprint(schema):016x}" if not lint(schema) else ""
        bound = [int(i) for i in body["confluent_ids"]]
    except (KeyError, TypeError, ValueError, RecursionError):
        return ("refused", "not-authorised")
    if name != body.get("fingerprint"):
        return ("refused", "not-authorised")
    known = state.schemas.get(name)
    taken = any(state.confluent_ids.get(i, name) != name for i in bound)
    if taken or (known is not None and known != found):
        return ("refused", "id-reused")
    fresh = known is None or any(i not in state.confluent_ids for i in bound)
    state.schemas[name] = found
    state.confluent_ids.update(dict.fromkeys(bound, name))
    return ("control", None) if fresh else ("duplicate", None)


def _apply_source(state: PartitionState, control: Control) -> tuple[str, str | None]:
    body = control.body
    try:
        name, types = str(body["source"]), tuple(str(t) for t in body["types"])
        key = body["signing_key"]
        usable = key is None or (
            len(bytes.fromhex(key)) == 32 and bytes.fromhex(key) not in SMALL_ORDER  # noqa: PLR2004
        )
        known_state = body["state"] in {"active", "suspended", "revoked"}
    except (KeyError, TypeError, ValueError):
        return ("refused", "not-authorised")
    if not usable or not known_state:
        return ("refused", "not-authorised")
    found = Source(types, body["state"], key)
    if state.sources.get(name) == found:
        return ("duplicate", None)
    state.sources[name] = found
    return ("control", None)
