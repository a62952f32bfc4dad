"""Admission, row form: one record after the other, each judged by the same five rules (RULES 5).

The fold has two parts. `PartitionState` holds what all streams of a partition share;
`StreamState` holds one stream. A stream's records are judged by `StreamFold` whatever
order the streams come in, which is what lets the set form treat most streams at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from domain.errors import UnknownRuleSetError
from domain.rules import control
from domain.rules.control_judging import apply_control
from domain.rules.partition_state import (
    SAVE_WINDOW,
    PartitionState,
    PendingMember,
    PendingSave,
)
from domain.rules.record import entry_hash, signed_bytes
from domain.rules.wellformed import Wellformed, claims_of, examine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from domain.rules.record import Record
    from domain.rules.wellformed import RawDecoder


@dataclass(slots=True)
class StreamState:
    """What admission knows of one stream: its version and the ids that it admitted."""

    version: int | None = None
    """None if it was never opened."""
    admitted: dict[str, int] = field(default_factory=dict)
    """Ordinal of each admitted event by its id."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one record."""

    ordinal: int
    outcome: str
    """accepted, duplicate, refused, pending or control."""
    reason: str | None
    judged_ordinal: int
    """The record that decided it: a save's last, or the one at which a save ran out."""
    event_id: str | None = None
    stream_id: str | None = None
    event_type: str | None = None
    source: str | None = None
    occurred_on: int | None = None
    """Days since 1970-01-01."""
    version: int | None = None
    index: int = 0
    """Place in the save."""
    position: int | None = None


class Surroundings(Protocol):
    """What judging needs from outside the records."""

    ledger_id: UUID

    @property
    def decoder(self) -> RawDecoder:
        """Decodes one datum under a decoding schema."""
        ...

    def verify(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether an Ed25519 signature holds, strictly."""
        ...

    def value_at(self, partition: int, ordinal: int) -> bytes | None:
        """Return the value of an earlier record of the log."""
        ...

    def names_in(self, value: bytes, schema_text: str) -> Sequence[str]:
        """Return the names by which people know what an opening event opened."""
        ...


class StreamFold:
    """Judges one stream's records in order."""

    def __init__(
        self,
        stream_id: str,
        stream: StreamState,
        *,
        partition: PartitionState,
        around: Surroundings,
    ) -> None:
        self._id = stream_id
        self._stream = stream
        self._partition = partition
        self._around = around

    def expire(self, ordinal: int) -> list[Verdict]:
        """Refuse the saves that were not complete when record `ordinal` had been judged.

        The closing record of a partition ends them all: no later record counts.
        """
        saves = self._partition.pending.get(self._id, {})
        ended = [
            (command, save)
            for command, save in saves.items()
            if self._partition.closed or save.first_ordinal + SAVE_WINDOW <= ordinal
        ]
        verdicts: list[Verdict] = []
        for command, save in ended:
            judged = min(save.first_ordinal + SAVE_WINDOW, ordinal)
            verdicts += self._end(command, judged, outcome="refused", reason="incomplete-save")
        return verdicts

    def judge(self, record: Record, event: Wellformed) -> list[Verdict]:
        """Return what the record decides: its own verdict, and those of a save it completes."""
        repeated = self._repeated(record, event)
        if repeated is not None:
            return [self._verdict(record, event, *repeated)]
        authorised = self._is_authorised(record, event)
        command = event.command
        if command is not None and command["count"] > 1:
            return self._judge_member(record, event, authorised=authorised)
        reason = self._obstacle(
            opens=event.schema.opens,
            expected=event.expected_version,
            opaque=event.schema.is_opaque,
            authorised=authorised,
        )
        if reason is not None:
            return [self._verdict(record, event, "refused", reason)]
        version = self._next_version(event.expected_version, opaque=event.schema.is_opaque)
        self._admit(event.event_id, record.ordinal, version)
        return [self._verdict(record, event, "accepted", None, version=version)]

    def _repeated(self, record: Record, event: Wellformed) -> tuple[str, str | None] | None:
        earlier = self._stream.admitted.get(event.event_id)
        if earlier is None:
            for save in self._partition.pending.get(self._id, {}).values():
                for member in save.members.values():
                    if member.event_id == event.event_id:
                        earlier = member.ordinal
        if earlier is None:
            return None
        same = self._around.value_at(record.partition, earlier) == record.value
        return ("duplicate", None) if same else ("refused", "id-reused")

    def _is_authorised(self, record: Record, event: Wellformed) -> bool:
        source = self._partition.sources.get(str(event.raw["source"]))
        if source is None or not source.may_write(event.schema.topic):
            return False
        if source.signing_key is None:
            return True
        if record.signature is None or record.key is None or record.value is None:
            return False
        message = signed_bytes(record.key, record.value, self._around.ledger_id)
        return self._around.verify(bytes.fromhex(source.signing_key), message, record.signature)

    def _obstacle(
        self, *, opens: bool, expected: int | None, opaque: bool, authorised: bool
    ) -> str | None:
        version = self._stream.version
        if opens and version is not None:
            return "already-open"
        if not opens and version is None and not opaque:
            return "unknown-stream"
        fresh_opaque = opaque and version is None
        if not fresh_opaque and expected is not None and expected != (version or 0):
            return "version-conflict"
        return None if authorised else "not-authorised"

    def _next_version(self, expected: int | None, *, opaque: bool) -> int:
        if opaque and self._stream.version is None and expected is not None:
            return expected + 1
        return (self._stream.version or 0) + 1

    def _admit(self, event_id: str, ordinal: int, version: int) -> None:
        self._stream.version = version
        self._stream.admitted[event_id] = ordinal

    def _judge_member(
        self, record: Record, event: Wellformed, *, authorised: bool
    ) -> list[Verdict]:
        command, expected = event.command, event.expected_version
        if command is None or expected is None:
            return [self._verdict(record, event, "refused", "malformed")]
        saves = self._partition.pending.setdefault(self._id, {})
        save = saves.setdefault(
            command["id"],
            PendingSave(record.ordinal, expected, command["count"], event.schema.is_opaque),
        )
        member = PendingMember(
            ordinal=record.ordinal,
            event_id=event.event_id,
            event_type=event.schema.topic,
            opens=event.schema.opens,
            authorised=authorised,
            source=str(event.raw["source"]),
            occurred_on=int(event.raw["occurred_on"]),
        )
        fits = (save.expected_version, save.count) == (expected, command["count"])
        if not fits or command["index"] in save.members or save.opaque != event.schema.is_opaque:
            return [self._verdict(record, event, "refused", "envelope-mismatch")]
        save.members[command["index"]] = member
        if len(save.members) < save.count:
            return [self._verdict(record, event, "pending", None)]
        return self._judge_save(command["id"], record.ordinal)

    def _judge_save(self, command: str, judged: int) -> list[Verdict]:
        save = self._partition.pending[self._id][command]
        members = [save.members[index] for index in range(save.count)]
        reason = self._obstacle(
            opens=members[0].opens,
            expected=save.expected_version,
            opaque=save.opaque,
            authorised=all(member.authorised for member in members),
        )
        if reason is None and any(member.opens for member in members[1:]):
            reason = "already-open"
        if reason is not None:
            return self._end(command, judged, outcome="refused", reason=reason)
        base = self._next_version(save.expected_version, opaque=save.opaque)
        for index, member in enumerate(members):
            self._admit(member.event_id, member.ordinal, base + index)
        return self._end(command, judged, outcome="accepted", reason=None, base=base)

    def _end(
        self, command: str, judged: int, *, outcome: str, reason: str | None, base: int = 0
    ) -> list[Verdict]:
        saves = self._partition.pending[self._id]
        save = saves.pop(command)
        if not saves:
            del self._partition.pending[self._id]
        return [
            Verdict(
                ordinal=member.ordinal,
                outcome=outcome,
                reason=reason,
                judged_ordinal=judged,
                event_id=member.event_id,
                stream_id=self._id,
                event_type=member.event_type,
                source=member.source,
                occurred_on=member.occurred_on,
                version=base + index if outcome == "accepted" else None,
                index=index,
            )
            for index, member in sorted(save.members.items())
        ]

    def _verdict(
        self,
        record: Record,
        event: Wellformed,
        outcome: str,
        reason: str | None,
        *,
        version: int | None = None,
    ) -> Verdict:
        return Verdict(
            ordinal=record.ordinal,
            outcome=outcome,
            reason=reason,
            judged_ordinal=record.ordinal,
            event_id=event.event_id,
            stream_id=self._id,
            event_type=event.schema.topic,
            source=str(event.raw["source"]),
            occurred_on=int(event.raw["occurred_on"]),
            version=version,
        )


def refused(record: Record, reason: str, state: PartitionState) -> Verdict:
    """Return the verdict on a record that rule 1, or the lack of a descriptor, refuses.

    What its frame and its key claim is kept, since it may be a receipt that nobody can read.
    """
    stream_id, event_type = claims_of(record, state)
    return Verdict(
        record.ordinal,
        "refused",
        reason,
        record.ordinal,
        stream_id=stream_id,
        event_type=event_type,
    )


def is_control(record: Record) -> bool:
    """Tell whether a record stands in the place of a control record."""
    return (record.value or b"").startswith(control.MAGIC)


def judge_control(record: Record, state: PartitionState, around: Surroundings) -> Verdict:
    """Take a control record into the state and return its verdict."""
    found = control.parse(record.value or b"") if len(record.value or b"") <= 60_000 else None  # noqa: PLR2004
    outcome, reason = apply_control(state, found, around.verify, ledger_id=around.ledger_id)
    if outcome == "control":
        state.control_ordinal = record.ordinal
    kind = f"control.{found.kind}" if found and outcome != "refused" else None
    return Verdict(record.ordinal, outcome, reason, record.ordinal, event_type=kind)


def judge_rows(
    records: Iterable[Record],
    state: PartitionState,
    streams: Mapping[str, StreamState],
    around: Surroundings,
) -> list[Verdict]:
    """Judge records in order, one by one, and move the states on; the definition of admission.

    It ends before a record that activates an unknown rule set, which the next call begins with.

    Args:
        records: the next records of one partition, without a gap.
        state: the fold over the partition so far; changed in place.
        streams: the state of every stream that the records or pending saves name.
        around: decoder, signatures and earlier values.

    Raises:
        UnknownRuleSetError: the first record is such a one; nothing was changed.
    """
    verdicts: list[Verdict] = []
    first = state.next_ordinal
    for record in records:
        decided: list[Verdict] = []
        if is_control(record):
            try:
                decided.append(judge_control(record, state, around))
            except UnknownRuleSetError:
                if state.next_ordinal == first:
                    raise
                break
        elif state.barred is not None:
            decided.append(refused(record, state.barred, state))
        else:
            decided += _judge_event(record, state, streams, around)
        for stream_id in list(state.pending):
            decided += _fold(stream_id, state, streams, around).expire(record.ordinal)
        verdicts += numbered(decided, state)
        note_read(record, state, around.ledger_id)
    return verdicts


def _judge_event(
    record: Record,
    state: PartitionState,
    streams: Mapping[str, StreamState],
    around: Surroundings,
) -> list[Verdict]:
    event = examine(record, state, around.decoder)
    if isinstance(event, str):
        return [refused(record, event, state)]
    stream_id = str(event.raw["stream_id"])
    return _fold(stream_id, state, streams, around).judge(record, event)


def _fold(
    stream_id: str,
    state: PartitionState,
    streams: Mapping[str, StreamState],
    around: Surroundings,
) -> StreamFold:
    return StreamFold(stream_id, streams[stream_id], partition=state, around=around)


def numbered(verdicts: Sequence[Verdict], state: PartitionState) -> list[Verdict]:
    """Give the admitted their positions, in the order in which they were decided."""
    ordered = sorted(verdicts, key=_decided)
    result: list[Verdict] = []
    for verdict in ordered:
        if verdict.outcome == "accepted":
            state.position += 1
            result.append(_with_position(verdict, state.position))
        else:
            result.append(verdict)
    return result


def _decided(verdict: Verdict) -> tuple[int, int]:
    return (verdict.judged_ordinal, verdict.index)


def _with_position(verdict: Verdict, position: int) -> Verdict:
    return replace(verdict, position=position)


def note_read(record: Record, state: PartitionState, ledger_id: UUID) -> None:
    """Move the partition's position behind a record."""
    state.next_ordinal = record.ordinal + 1
    state.recorded_ms = max(state.recorded_ms, record.append_ms)
    state.last_entry_hash = entry_hash(record, ledger_id).hex()
