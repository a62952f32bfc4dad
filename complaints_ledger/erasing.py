"""Erasing the personal data of a complaint: recorded first, then its keys are destroyed for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from complaints_ledger.publishing import append_facts
from complaints_ledger.reading import ACCESS_SOURCE
from domain.access import SubjectErased
from domain.codes import ERASURE_BASIS, FILE_CLASS
from domain.errors import CommandRefusedError, InputError, RefusedError
from domain.identity import derived_event_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from complaints_ledger.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure came to."""

    event_id: str
    """The event that tells of it, now or before; empty if several earlier ones do."""
    classes: tuple[str, ...]
    """What was erased now; empty if there was nothing left to erase."""
    key_ids: tuple[str, ...]


def erase(
    ledger: Ledger,
    stream_id: str,
    *,
    basis: str,
    approver: str,
    actor: str,
    actor_role: str,
    classes: Sequence[str] = (),
) -> Erased:
    """Destroy the keys of a complaint's personal data, or of some classes of it.

    The event is durable before a key goes, so that a kill in between is made good by the same
    call, and a restored backup of the keys by the restore. A class without any data gets a
    destroyed key as well: nothing can be sealed into it later.

    Args:
        ledger: the ledger.
        stream_id: the complaint.
        basis: code of the ground, of ERASURE_BASIS.
        approver: opaque id of a second person.
        actor: opaque id of who erases.
        actor_role: the role in which.
        classes: classes of data; all if none is named.

    Raises:
        InputError: a code is not one.
        CommandRefusedError: nobody else approved it.
        RefusedError: the event was not admitted; nothing was destroyed.
    """
    _check(stream_id, basis, approver, actor, classes)
    keys = ledger.keys.store()
    wanted = sorted(classes or FILE_CLASS)
    there = keys.ids_of(stream_id)
    left = [name for name in wanted if not there.get(name, ("", False))[1]]
    event_id = derived_event_id("subject erased", stream_id, *(left or wanted))
    if not left:
        return Erased(str(event_id) if _is_recorded(ledger, event_id) else "", (), ())
    ids = [key.key_id for key in keys.key_for([(stream_id, name) for name in left])]
    who = {"actor": actor, "actor_role": actor_role, "approved_by": approver}
    what = {"erased_stream_id": stream_id, "erased_classes": left, "destroyed_key_ids": ids}
    event = _event(ledger, event_id, erasure_basis=basis, **what, **who)
    _record(ledger, event)
    ledger.world.fault("erasing.recorded")
    keys.destroy(event.destroyed_key_ids)
    return Erased(str(event.event_id), tuple(left), tuple(event.destroyed_key_ids))


def _event(ledger: Ledger, event_id: UUID, **said: Any) -> SubjectErased:
    """Return the event; its id follows from what is erased, so that a repetition finds it recorded.

    No class of a complaint is erased twice: what took its key's place is a destroyed key.
    """
    now = datetime.fromtimestamp(ledger.world.now_ms() / 1000, UTC)
    return SubjectErased(
        event_id=event_id,
        stream_id=str(event_id),
        occurred_on=now.date(),
        occurred_at=now,
        occurred_zone="UTC",
        source=ACCESS_SOURCE,
        **said,
    )


def _is_recorded(ledger: Ledger, event_id: UUID) -> bool:
    ledger.replica.catch_up()
    return bool(ledger.replica.events(str(event_id)))


def _record(ledger: Ledger, event: SubjectErased) -> None:
    if _is_recorded(ledger, event.event_id):
        return
    verdict = append_facts(ledger, [event])[0]
    if verdict.outcome != "accepted":
        msg = f"the erasure was {verdict.outcome} ({verdict.reason}); nothing was destroyed"
        raise RefusedError(msg)


def _check(stream_id: str, basis: str, approver: str, actor: str, classes: Sequence[str]) -> None:
    if basis not in ERASURE_BASIS:
        msg = f"basis '{basis}' is not one; use one of {', '.join(ERASURE_BASIS)}"
        raise InputError(msg)
    for name in classes:
        if name not in FILE_CLASS:
            msg = f"class '{name}' is not one; use one of {', '.join(FILE_CLASS)}"
            raise InputError(msg)
    if approver == actor:
        obstacle = "who erases may not approve it as well; name a second person with --approved-by"
        subject = f"erase '{stream_id}'"
        raise CommandRefusedError(subject, (obstacle,))
