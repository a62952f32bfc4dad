"""Reading sealed data: for a purpose, and never before the access event is durable (DESIGN 6)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from adapters.avro_codec import decode_event, schema_text
from adapters.recorder import fresh_uuid7
from complaints_ledger.publishing import append_facts
from domain.catalogue import BY_TOPIC
from domain.errors import InputError, RefusedError
from domain.sealing import Reading, read_sealed

if TYPE_CHECKING:
    from complaints_ledger.ledger import Ledger
    from domain.event import Event

ACCESS_SOURCE = "access-log"


def read_complaint(
    ledger: Ledger, stream_id: str, *, purpose: str, actor: str, actor_role: str
) -> list[dict[str, Any]]:
    """Return event_id, field and text of every sealed field of a complaint.

    The access event (who, role, purpose, fields) is appended first; if that fails, nothing
    is opened. Erased fields are absent.

    Raises:
        InputError: the purpose is not one, or there is no such stream.
        RefusedError: the access event was not accepted.
    """
    ledger.replica.catch_up()
    found = ledger.replica.events(stream_id)
    if not found:
        msg = (
            f"complaint '{stream_id}' is not in this ledger; find it with: complaints resolve NAME"
        )
        raise InputError(msg)
    events = [
        decode_event(value, topic, schema_text(BY_TOPIC[topic]))
        for _, topic, _, value in found
        if topic in BY_TOPIC
    ]
    now = datetime.fromtimestamp(ledger.world.now_ms() / 1000, UTC)
    texts = read_sealed(
        events,
        reading=Reading(
            purpose=purpose,
            actor=actor,
            actor_role=actor_role,
            source=ACCESS_SOURCE,
            occurred_on=now.date(),
            occurred_at=now,
            occurred_zone="UTC",
        ),
        new_id=lambda: fresh_uuid7(ledger.world.now_ms(), ledger.world.random_bytes(10)),
        append=lambda event: append_access(ledger, event),
        opener=ledger.keys.sealer(),
    )
    return [
        {"event_id": str(event_id), "field": name, "text": text}
        for (event_id, name), text in texts.items()
    ]


def append_access(ledger: Ledger, event: Event) -> None:
    """Append an access event and return when it is durable and admitted.

    Raises:
        RefusedError: it was not accepted; nothing may be opened.
    """
    verdict = append_facts(ledger, [event])[0]
    if verdict.outcome != "accepted":
        msg = f"the access event was {verdict.outcome} ({verdict.reason}); nothing was opened"
        raise RefusedError(msg)
