"""What a reader of one partition knows so far: everything that admission needs but the streams.

The state is a fold over the partition's records, is kept with the reader's position, and
goes to canonical JSON and back without loss, so any split of the log gives the same state.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from domain.errors import DamagedError, OlderStateError
from domain.rules.control import Descriptor, Operators

if TYPE_CHECKING:
    from collections.abc import Iterator

SAVE_WINDOW = 10_000
"""A save must be complete within this many records after its first (RULES 5)."""
SHAPE: Final = 3
"""Of the JSON text; another one is that of another version of the program."""


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
    serial: int = 0
    """How often its registration had changed before: an old one that is appended again is none."""

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
    operators: Operators | None = None
    """Who may sign control records now; None before the descriptor."""
    operator_records: tuple[str, ...] = ()
    """Digests of the `operators` records that counted: the same bytes again are a duplicate."""
    schemas: dict[str, RegisteredSchema] = field(default_factory=dict)
    """By fingerprint, 16 hex digits."""
    confluent_ids: dict[int, str] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    pending: dict[str, dict[str, PendingSave]] = field(default_factory=dict)
    """By stream id, then by command id."""
    closed: bool = False
    """Whether the partition has ended: nothing after its closing record counts."""
    control_ordinal: int = -1
    """The last control record that changed anything; what control records say is as of it."""

    @property
    def barred(self) -> str | None:
        """Why no event counts now: the partition is not begun, or it has ended."""
        if self.descriptor is None:
            return "before-descriptor"
        return "closed" if self.closed else None

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
            "shape": SHAPE,
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
            "shape": SHAPE,
            "descriptor": self.descriptor.body() if self.descriptor else None,
            "operators": self.operators.body() if self.operators else None,
            "operator_records": self.operator_records,
            "schemas": {name: asdict(schema) for name, schema in self.schemas.items()},
            "confluent_ids": self.confluent_ids,
            "sources": {name: asdict(source) for name, source in self.sources.items()},
            "closed": self.closed,
        }

    @classmethod
    def from_json(cls, text: str) -> PartitionState:
        """Return the state that `to_json` wrote.

        Raises:
            OlderStateError: another version of the program wrote it; so for all that read it.
            DamagedError: it is not what `to_json` wrote; likewise.
        """
        with _undamaged():
            return cls._from(_of_this_shape(text))

    @classmethod
    def read_again(cls, reading: str, earlier: PartitionState) -> PartitionState:
        """Return the state of a `reading_json` whose control part is that of an earlier state."""
        with _undamaged():
            d = _of_this_shape(reading)
            return replace(
                earlier,
                **{name: d[name] for name in d if name not in {"pending", "shape"}},
                pending=_all_pending(d["pending"]),
                schemas=dict(earlier.schemas),
                confluent_ids=dict(earlier.confluent_ids),
                sources=dict(earlier.sources),
            )

    @classmethod
    def from_parts(cls, reading: str, control: str) -> PartitionState:
        """Return the state of a `reading_json` and a `control_json`."""
        with _undamaged():
            return cls._from(_of_this_shape(reading) | _of_this_shape(control))

    @classmethod
    def _from(cls, d: dict[str, Any]) -> PartitionState:
        return cls(
            partition=d["partition"],
            next_ordinal=d["next_ordinal"],
            position=d["position"],
            recorded_ms=d["recorded_ms"],
            last_entry_hash=d["last_entry_hash"],
            descriptor=d["descriptor"] and Descriptor.of_body(d["descriptor"]),
            operators=d["operators"] and Operators.of_body(d["operators"]),
            operator_records=tuple(d["operator_records"]),
            schemas={k: RegisteredSchema(**v) for k, v in d["schemas"].items()},
            confluent_ids={int(k): v for k, v in d["confluent_ids"].items()},
            sources={
                k: Source(tuple(v["types"]), v["state"], v["signing_key"], v["serial"])
                for k, v in d["sources"].items()
            },
            pending=_all_pending(d["pending"]),
            closed=d["closed"],
            control_ordinal=d["control_ordinal"],
        )


@contextmanager
def _undamaged() -> Iterator[None]:
    """Say of a state that cannot be read back that it is damaged, whatever is wrong with it."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        msg = "the state that a reader keeps is damaged; make it anew from the log"
        raise DamagedError(msg) from exc


def _of_this_shape(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    shape = document.get("shape")
    if shape != SHAPE:
        msg = (
            f"the state that a reader keeps has shape {shape or 1}, and this version's is {SHAPE}; "
            "it is a derived file of another version: make it anew from the log"
        )
        raise OlderStateError(msg)
    return document


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
