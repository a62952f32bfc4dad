"""Records, surroundings and stream stores without a log, for tests of admission."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapters.avro_codec import FastavroDecoder, encode_event
from adapters.ed25519 import Signer, verify
from complaints_ledger.operations import schema_body, signed_control, source_body
from domain.complaint.events import ComplaintAcknowledged, ComplaintReceived
from domain.errors import UnknownRuleSetError
from domain.event import CommandRef, Event
from domain.rules import control
from domain.rules.admission import StreamState, Verdict, judge_rows
from domain.rules.admission_set import judge_set
from domain.rules.judged import VERDICT_SCHEMA
from domain.rules.partition_state import PartitionState
from domain.rules.record import Record, signed_bytes
from domain.stored import OpaqueStored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEDGER_ID = UUID("01930000-0000-7000-8000-000000000001")
OPERATOR = Signer(bytes(range(32)))
PUBLISHER = Signer(bytes(range(1, 33)))
TYPES = (ComplaintReceived, ComplaintAcknowledged, OpaqueStored)


@dataclass
class Around:
    """Surroundings over a list of records."""

    records: Sequence[Record]
    ledger_id: UUID = LEDGER_ID
    decoder: FastavroDecoder = field(default_factory=FastavroDecoder)

    def verify(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Verify with the real library."""
        return verify(public_key, message, signature)

    def value_at(self, _partition: int, ordinal: int) -> bytes | None:
        """Return a record's value."""
        return self.records[ordinal].value

    def names_in(self, value: bytes, schema_text: str) -> list[str]:
        """Return no names: admission does not need them."""
        del value, schema_text
        return []


class KeptStreams:
    """What a reader keeps of streams between batches, fed from verdicts."""

    def __init__(self) -> None:
        self.known: dict[str, StreamState] = {}

    def versions(self, _partition: int, stream_ids: Sequence[str]) -> Mapping[str, int]:
        """Return versions of existing streams."""
        found = {s: self.known[s].version for s in stream_ids if s in self.known}
        return {s: v for s, v in found.items() if v is not None}

    def admitted(self, _partition: int, stream_ids: Sequence[str]) -> Mapping[str, dict[str, int]]:
        """Return admitted ids of existing streams."""
        return {s: dict(self.known[s].admitted) for s in stream_ids if s in self.known}

    def take(self, verdicts: Sequence[Verdict]) -> None:
        """Keep what was accepted."""
        for v in verdicts:
            if v.outcome == "accepted" and v.stream_id and v.event_id and v.version is not None:
                stream = self.known.setdefault(v.stream_id, StreamState())
                stream.version = max(
                    v.version, stream.version if stream.version is not None else -1
                )
                stream.admitted[v.event_id] = v.ordinal


class AllStreams(dict[str, StreamState]):
    """Stream states that start empty."""

    def __missing__(self, key: str) -> StreamState:
        self[key] = StreamState()
        return self[key]


def opening_values(partitions: int = 1) -> list[bytes]:
    """Return the control records that a ledger begins with."""
    found = control.Descriptor(LEDGER_ID, partitions, control.RULE_SET, (OPERATOR.public_key,))
    return [
        signed_control("descriptor", found.body(), OPERATOR),
        *(signed_control("schema", schema_body(t), OPERATOR) for t in TYPES),
        signed_control("source", source_body("crm", types=["*"]), OPERATOR),
        signed_control(
            "source",
            source_body("signing", types=["*"], signing_key=PUBLISHER.public_key),
            OPERATOR,
        ),
        signed_control("source", source_body("narrow", types=[ComplaintReceived.TOPIC]), OPERATOR),
    ]


def records_of(values: Sequence[Any]) -> list[Record]:
    """Return records of partition 0 from values, (key, value) pairs or (key, value, signature)."""
    records: list[Record] = []
    for ordinal, item in enumerate(values):
        key, value, signature = (
            (control.KEY, item, None) if isinstance(item, bytes) else (*item, None)[:3]
        )
        records.append(Record(0, ordinal, 1_700_000_000_000 + ordinal, key, value, signature))
    return records


def event(kind: type[Event], stream: str, number: int, **values: Any) -> Event:
    """Return an event with a fixed id made from a number."""
    defaults: dict[str, Any] = {
        "event_id": UUID(f"01930000-0000-7000-8000-{number:012x}"),
        "stream_id": stream,
        "occurred_on": date(2026, 1, 1),
        "actor": "svc-test",
        "actor_role": "service",
        "source": "crm",
    }
    if kind is ComplaintReceived:
        defaults["received_on"] = date(2026, 1, 1)
    return kind(**(defaults | values))


def save(kind_events: Sequence[Event], command: int) -> list[Event]:
    """Return events as the members of one save."""
    ref = UUID(f"01930000-0000-7000-9000-{command:012x}")
    count = len(kind_events)
    return [
        e.model_copy(update={"command": CommandRef(id=ref, index=i, count=count)})
        for i, e in enumerate(kind_events)
    ]


def pair(e: Event, *, signed: bool = False) -> tuple[bytes, bytes, bytes | None]:
    """Return key, value and perhaps signature of an event's record."""
    key, value = e.stream_id.encode(), encode_event(e)
    return key, value, PUBLISHER.sign(signed_bytes(key, value, LEDGER_ID)) if signed else None


def by_rows(records: Sequence[Record]) -> tuple[dict[int, Verdict], PartitionState]:
    """Judge records one by one and return the last verdict on each, and the state."""
    state = PartitionState(0)
    verdicts = judge_rows(records, state, AllStreams(), Around(records))
    return {v.ordinal: v for v in verdicts}, state


def by_sets(
    records: Sequence[Record], ends: Sequence[int]
) -> tuple[dict[int, Verdict], PartitionState]:
    """Judge records in batches that end at these ordinals, up to an unknown rule set."""
    state, streams = PartitionState(0), KeptStreams()
    last: dict[int, Verdict] = {}
    start = 0
    for end in sorted({*ends, len(records)}):
        batch = records[start:end]
        start = end
        if not batch:
            continue
        try:
            judged = judge_set(
                batch, state, streams, around=Around(records), mark=b"\x07markmk\xff"
            )
        except UnknownRuleSetError:
            break
        names = VERDICT_SCHEMA.keys() - {"save_index"}
        verdicts = [
            Verdict(**{k: row[k] for k in names}, index=row["save_index"])
            for row in judged.verdicts.iter_rows(named=True)
        ]
        streams.take(verdicts)
        for v in verdicts:
            last[v.ordinal] = v
        state = PartitionState.from_json(state.to_json())
        if judged.stop is not None:
            break
    return last, state
