"""The door: what an import set aside is noted, and what waits is assigned or dismissed."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import file_digest
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from adapters.recorder import fresh_uuid7
from complaints_ledger.desk import ComplaintsApplication, Outcome
from complaints_ledger.publishing import BATCH, append_facts
from domain.door.receipt import RefusedReceipt
from domain.errors import CommandRefusedError
from domain.identity import refused_receipt_stream_id
from domain.sources.cfpb_door import receipts_set_aside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.cfpb_extract import Extract
    from complaints_ledger.ledger import Ledger
    from domain.aggregate import StreamAggregate, StreamEvent
    from domain.complaint.commands import CommandSpec
    from domain.sources.cfpb_row import SetAside

DOOR_SOURCE: Final = "complaints-desk"
"""The source as which the ledger speaks of its own door: that of its handlers."""


def note_set_aside(ledger: Ledger, extract: Extract, rows: Sequence[SetAside]) -> int:
    """Append a fact for each row that an import set aside, and return how many were refused.

    A row is known by the extract's bytes and its line, so the same file again adds nothing.
    """
    if not rows:
        return 0
    with extract.path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    facts = receipts_set_aside(
        rows,
        extract.header,
        extract_digest=digest,
        noted_at=datetime.fromtimestamp(ledger.world.now_ms() / 1000, UTC),
        noted_by=DOOR_SOURCE,
    )
    ledger.replica.catch_up()
    refused = 0
    while batch := list(islice(facts, BATCH)):
        known = ledger.replica.versions(0, [fact.stream_id for fact in batch])
        fresh = [fact for fact in batch if fact.stream_id not in known]
        verdicts = append_facts(ledger, fresh)
        # Two imports of one file at once note the same row: that the other was first is no loss.
        refused += sum(v.outcome == "refused" and v.reason != "already-open" for v in verdicts)
    return refused


class DoorApplication(ComplaintsApplication):
    """The use cases at the door: one command, one receipt, one save."""

    name = "door"

    def aggregate(self, stream_id: str, history: Sequence[StreamEvent]) -> StreamAggregate[Any]:
        """Return what a command on this receipt is decided on."""
        return RefusedReceipt.project(None, history) or RefusedReceipt.opened(stream_id)


def carry_out(
    ledger: Ledger, spec: CommandSpec, item: Mapping[str, Any], said: Mapping[str, Any]
) -> Outcome:
    """Carry a command out on one record that waits at the door.

    Args:
        ledger: where the events go.
        spec: the command.
        item: the record as a row of `door_records`.
        said: what the command says, with its own envelope.

    Raises:
        CommandRefusedError: it does not wait any more, or a guard stands in the way.
    """
    if item["state"] == "admitted":
        subject = f"{spec.name} '{item['id']}'"
        obstacle = "its complaint was admitted; handle that one"
        raise CommandRefusedError(subject, (obstacle,))
    now_ms = ledger.world.now_ms()
    values: dict[str, Any] = {
        "command_id": fresh_uuid7(now_ms, ledger.world.random_bytes(10)),
        "stream_id": item["door_id"],
        "source": DOOR_SOURCE,
        "now": datetime.fromtimestamp(now_ms / 1000, UTC),
    }
    if item["extract_line"] is None:
        partition, ordinal = item["partition"], item["ordinal"]
        values |= {
            "stream_id": refused_receipt_stream_id(partition, ordinal),
            "refused_partition": partition,
            "refused_ordinal": ordinal,
            "refused_reason": item["reason"],
            "refused_event_id": item["event_id"],
            "claimed_stream_id": item["complaint_id"],
            "claimed_received_on": item["claimed_on"],
        }
    command = spec.model.model_validate({**values, **said})
    return DoorApplication(ledger).handle(spec, command)
