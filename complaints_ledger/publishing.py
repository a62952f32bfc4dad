"""Facts in bulk: events from elsewhere, sealed and appended, each with what became of it."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from adapters.avro_codec import encode_event
from domain.cloudevents import headers_for, parse_line
from domain.errors import InputError, LedgerError
from domain.opaque import is_opaque, violations
from domain.ports import NewRecord
from domain.rules.record import SIGNATURE_BYTES, partition_of, signed_bytes
from domain.sealing import seal_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from adapters.ed25519 import Signer
    from complaints_ledger.ledger import Ledger
    from domain.event import Event
    from domain.rules.admission import Verdict

BATCH = 5_000
"""Lines appended in one transaction: an acknowledgement covers at most so many."""


@dataclass(frozen=True, slots=True)
class Published:
    """What became of one line."""

    line: int
    id: str | None
    outcome: str
    """accepted, duplicate, refused, pending, or malformed if it never reached the log."""
    reason: str | None
    stream_id: str | None = None
    version: int | None = None
    position: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields in their published order."""
        return asdict(self)


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the collector of cycles rest while a batch is worked on.

    A batch makes very many objects and no cycle; to look through all of them again and again
    is a fifth of its time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def append_facts(
    ledger: Ledger, events: Sequence[Event], *, signer: Signer | None = None
) -> list[Verdict]:
    """Seal events, append them in one go, and return the verdict on each, in order."""
    if not events:
        return []
    with uncollected():
        sealed = seal_events(events, ledger.keys.sealer())
        ledger.world.fault("facts.sealed")
        records = [_record(ledger, event, signer) for event in sealed]
        behind = {p: ledger.replica.top_position(p) or 0 for p in {r.partition for r in records}}
        places = ledger.log.append(records)
        ledger.world.fault("facts.appended")
        ends: dict[int, int] = {}
        for partition, ordinal in places:
            ends[partition] = max(ends.get(partition, 0), ordinal + 1)
        ledger.replica.catch_up(upto=ends)
        streams = [event.stream_id for event in sealed]
        return ledger.replica.verdicts_of(places, streams, behind=behind)


def _record(ledger: Ledger, event: Event, signer: Signer | None) -> NewRecord:
    key, value = event.stream_id.encode(), encode_event(event)
    signature = signer.sign(signed_bytes(key, value, ledger.log.ledger_id)) if signer else None
    if signature is not None and len(signature) != SIGNATURE_BYTES:
        msg = "a signature has 64 bytes; give an Ed25519 key"
        raise InputError(msg)
    partition = partition_of(key, ledger.log.partitions)
    return NewRecord(partition, key, value, signature, headers_for(event))


def publish_lines(
    ledger: Ledger, lines: Iterable[bytes], *, signer: Signer | None = None
) -> Iterator[Published]:
    """Publish CloudEvents JSON lines and yield what became of each, in order.

    A line that is no event, or that would put an id in clear, never reaches the log.
    """
    numbered = ((n, line) for n, line in enumerate(lines, 1) if line.strip())
    while batch := list(islice(numbered, BATCH)):
        with uncollected():
            parsed = [(number, *_parsed(line)) for number, line in batch]
            good = [event for _, event, _ in parsed if event is not None]
            verdicts = iter(append_facts(ledger, good, signer=signer))
        for number, event, problem in parsed:
            if event is None:
                yield Published(number, None, "malformed", problem)
            else:
                yield _published(number, event, next(verdicts))


def _parsed(line: bytes) -> tuple[Event | None, str | None]:
    try:
        event = parse_line(line)
    except LedgerError as exc:
        return None, str(exc)
    found = violations(event)
    return (None, "; ".join(found)) if found else (event, None)


def _published(number: int, event: Event, verdict: Verdict) -> Published:
    return Published(
        line=number,
        id=str(event.event_id),
        outcome=verdict.outcome,
        reason=verdict.reason,
        stream_id=event.stream_id if is_opaque(event.stream_id) else None,
        version=verdict.version,
        position=verdict.position,
    )
