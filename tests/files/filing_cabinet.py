"""A ledger with a complaint and files on its record, as the tests of files and backups need it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from complaints_ledger import filing
from complaints_ledger.desk import ComplaintsApplication
from complaints_ledger.ledger import create_ledger
from domain.identity import derived_event_id, derived_stream_id
from tests.domain.scenario import SPECS, command_of
from tests.faults.child import world_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from complaints_ledger.desk import Outcome
    from complaints_ledger.ledger import Ledger
    from domain.complaint.events import EvidenceAdded, LetterFiled

SOURCE = "complaints-desk"


def silent(_name: str) -> None:
    """A fault point at which nothing happens."""


def a_ledger(folder: Path, *, fault: Callable[[str], None] = silent, partitions: int = 1) -> Ledger:
    """Return a ledger in which time stands still."""
    return create_ledger(folder, world_of(fault), partitions=partitions)


def stream_of(reference: str) -> str:
    """Return the stream of the complaint that is called so."""
    return derived_stream_id(SOURCE, reference)


def act(ledger: Ledger, name: str, to: str, **said: Any) -> Outcome:
    """Carry a command out on a complaint; the same words again are the same command."""
    identity = derived_event_id(to, name, repr(sorted(said.items())))
    command = command_of(
        SPECS[name], stream_id=stream_of(to), command_id=identity, source=SOURCE, **said
    )
    return ComplaintsApplication(ledger).handle(SPECS[name], command)


def log(ledger: Ledger, reference: str, **said: Any) -> None:
    """Log a complaint."""
    act(ledger, "log", reference, reference=reference, **said)


def attach(ledger: Ledger, reference: str, path: Path, *, file_class: str = "narrative") -> str:
    """Seal a file and put it on the record of a complaint; return its id."""
    stream = stream_of(reference)
    sealed = filing.seal_file(ledger, path, stream_id=stream, file_class=file_class)
    act(ledger, "attach", reference, media_type="image/png", file_name=path.name, **asdict(sealed))
    return sealed.file_digest


def filed(ledger: Ledger, reference: str) -> list[EvidenceAdded | LetterFiled]:
    """Return the events of a complaint that name a file."""
    return filing.filed(ledger, stream_of(reference))


def named(ledger: Ledger, *references: str) -> list[dict[str, str]]:
    """Return what a check of the store asks of every event that names a file."""
    return [
        {
            "file_digest": event.file_digest,
            "stream_id": event.stream_id,
            "event_id": str(event.event_id),
        }
        for reference in references
        for event in filed(ledger, reference)
    ]


def read(ledger: Ledger, reference: str, out: Path) -> bytes:
    """Read the first file of a complaint for an audit."""
    reading = filing.reading_now(ledger, purpose="audit", actor="staff-9", actor_role="auditor")
    filing.read_file(ledger, filed(ledger, reference)[0], out, reading=reading)
    return out.read_bytes()


def readings(ledger: Ledger) -> int:
    """Return how many access events the log holds."""
    ledger.replica.catch_up()
    found = ledger.replica.notifications(0, 0, 2**62, limit=2**31)
    return sum(topic == "complaints.sealed_data_read.v1" for _, _, _, topic, _ in found)
