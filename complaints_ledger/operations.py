"""Control records that the ledger's operator signs: descriptor, schemas, sources (RULES 3)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from adapters.avro_codec import schema_text
from domain.catalogue import EVENT_TYPES
from domain.ports import NewRecord
from domain.rules import control
from domain.rules.avro_schema import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adapters.ed25519 import Signer
    from domain.event import Event
    from domain.ports import Log
    from domain.rules.partition_state import PartitionState


def signed_control(kind: str, body: dict[str, Any], signer: Signer) -> bytes:
    """Return the value of a control record signed by one operator."""
    signature = signer.sign(control.message(kind, body))
    return control.encode(kind, body, {signer.public_key: signature})


def descriptor_value(log: Log, signer: Signer) -> bytes:
    """Return the descriptor of a ledger whose one operator key is the signer's."""
    found = control.Descriptor(
        log.ledger_id, log.partitions, control.RULE_SET, (signer.public_key,)
    )
    return signed_control("descriptor", found.body(), signer)


def schema_body(event_type: type[Event]) -> dict[str, Any]:
    """Return the registration of an event class's schema."""
    text = schema_text(event_type)
    return {
        "confluent_ids": [],
        "fingerprint": f"{fingerprint(json.loads(text)):016x}",
        "opens": event_type.OPENS,
        "schema": text,
        "topic": event_type.TOPIC,
        "uuid_key": event_type.STREAM != "opaque",
    }


def source_body(
    source: str,
    *,
    types: Sequence[str],
    state: str = "active",
    signing_key: bytes | None = None,
    serial: int = 0,
) -> dict[str, Any]:
    """Return the registration of a source and its rights; `serial` counts its changes."""
    return {
        "serial": serial,
        "signing_key": signing_key.hex() if signing_key else None,
        "source": source,
        "state": state,
        "types": sorted(types),
    }


def missing_schemas(state: PartitionState) -> list[type[Event]]:
    """Return the event classes whose schema a partition does not hold yet."""
    return [t for t in EVENT_TYPES if schema_body(t)["fingerprint"] not in state.schemas]


def to_all_partitions(log: Log, values: Iterable[bytes]) -> list[NewRecord]:
    """Return control records for every partition: each judges by its own copy."""
    kept = list(values)
    return [NewRecord(p, control.KEY, v) for p in range(log.partitions) for v in kept]
