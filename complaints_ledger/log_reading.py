"""The log as it describes itself: records decoded by the schemas registered in it, no class known."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from adapters.avro_codec import FastavroDecoder, decode_values
from domain.errors import InputError
from domain.rules import control
from domain.rules.wellformed import compiled, fingerprint_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complaints_ledger.ledger import Ledger
    from domain.rules.partition_state import PartitionState
    from domain.rules.record import Record

PAGE: Final = 1_000


def decoded_records(
    ledger: Ledger, partition: int, *, start: int = 0, limit: int | None = None
) -> Iterator[dict[str, Any]]:
    """Yield each record from ordinal `start` as names and values; sealed fields stay sealed.

    Raises:
        InputError: there is no such partition.
        DamagedError: a record is missing or is not what was appended.
    """
    if partition >= ledger.log.partitions:
        msg = (
            f"partition {partition} does not exist; the ledger has {ledger.log.partitions}, from 0"
        )
        raise InputError(msg)
    ledger.replica.catch_up()
    state, decoder = ledger.replica.state(partition), FastavroDecoder()
    end = ledger.log.head(partition)
    end = end if limit is None else min(end, start + limit)
    while start < end:
        for record in ledger.log.read(partition, start, min(PAGE, end - start)):
            yield _shown(record, state, decoder)
        start += PAGE


def _shown(record: Record, state: PartitionState, decoder: FastavroDecoder) -> dict[str, Any]:
    at = datetime.fromtimestamp(record.append_ms / 1000, UTC)
    shown: dict[str, Any] = {
        "partition": record.partition,
        "ordinal": record.ordinal,
        "appended_at": at,
        "key": _text(record.key),
        "signed": record.signature is not None,
    }
    return shown | _content(record, state, decoder)


def _content(record: Record, state: PartitionState, decoder: FastavroDecoder) -> dict[str, Any]:
    value = record.value or b""
    spoken = control.parse(value)
    if spoken is not None:
        signed_by = [key.hex() for key, _ in spoken.signatures]
        return {"control": spoken.kind, "body": dict(spoken.body), "signed_by": signed_by}
    framed = fingerprint_of(value, state)
    schema = state.schemas.get(framed[0]) if framed is not None else None
    if framed is None or schema is None:
        why = "no schema is registered under its fingerprint" if framed else "it is not framed"
        return {"undecodable": why, "bytes": len(value)}
    if decoder.decode(compiled(schema.text)[0], framed[1]) is None:
        return {"undecodable": "its bytes are not one datum of its schema", "bytes": len(value)}
    # The frame of single-object encoding is as long as what a Confluent frame is padded to here.
    values = decode_values(bytes(10) + framed[1], schema.text)
    return {
        "type": schema.topic,
        "schema": framed[0],
        "values": _without_nulls(values, schema.text),
    }


def _without_nulls(values: dict[str, Any], schema_text: str) -> dict[str, Any]:
    """Return values in the schema's order; a null says nothing that its absence does not."""
    names = [field["name"] for field in json.loads(schema_text)["fields"]]
    return {name: values[name] for name in names if values.get(name) is not None}


def _text(key: bytes | None) -> str | None:
    return None if key is None else key.decode("utf-8", "backslashreplace")
