"""Commands of filing: evidence and letters, whose sealed file lies in the file store already.

Whoever gives one of these commands has made the file durable first: an event that names a
file is never older than the file.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from pydantic import Field

from domain.complaint.commands.command import (
    Command,
    CommandSpec,
    allow,
    draft,
    on_record,
    said_in,
    save,
)
from domain.complaint.events.filing import EvidenceAdded, LetterFiled
from domain.complaint.guards.filing import file_digest, file_key_id, file_size, media_type
from domain.complaint.guards.moments import not_earlier
from domain.complaint.guards.standing import not_closed
from domain.complaint.guards.values import known_code, present
from domain.personal import PlaintextField

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.complaint.state import ComplaintState
    from domain.event import Event


class FilingCommand(Command):
    """Put a sealed file on the record of a complaint."""

    media_type: str | None = said_in(EvidenceAdded, "media_type", default=None)
    file_size: int | None = said_in(EvidenceAdded, "file_size", default=None)
    file_digest: str | None = said_in(EvidenceAdded, "file_digest", default=None)
    file_class: str | None = said_in(EvidenceAdded, "file_class", default=None)
    file_key_id: str | None = said_in(EvidenceAdded, "file_key_id", default=None)
    file_name: PlaintextField | None = said_in(EvidenceAdded, "file_name")


class AttachEvidence(FilingCommand):
    """Put a file that bears on the complaint on its record."""

    evidence_kind: str | None = said_in(EvidenceAdded, "evidence_kind")
    description: PlaintextField | None = said_in(EvidenceAdded, "description")


class FileLetter(FilingCommand):
    """Put a letter that came or went on the record of a complaint."""

    letter_kind: str | None = said_in(LetterFiled, "letter_kind")
    letter_on: date | None = Field(
        default=None, description="Local date that the letter bears; not after it was filed."
    )


def _file_itself(command: FilingCommand) -> Iterator[str | None]:
    yield present(
        media_type=command.media_type,
        file_size=command.file_size,
        file_digest=command.file_digest,
        file_class=command.file_class,
        file_key_id=command.file_key_id,
    )
    yield media_type(command.media_type)
    yield file_size(command.file_size)
    yield file_digest(command.file_digest)
    yield known_code("file_class", command.file_class)
    yield file_key_id(command.file_key_id)


def decide_attach(state: ComplaintState | None, command: AttachEvidence) -> tuple[Event, ...]:
    """Add evidence at any time before closing."""
    case = on_record("attach", state, command)
    allow(
        "attach",
        case,
        command,
        not_closed(case),
        *_file_itself(command),
        known_code("evidence_kind", command.evidence_kind),
    )
    return save(case, command, draft(EvidenceAdded, command))


def decide_letter(state: ComplaintState | None, command: FileLetter) -> tuple[Event, ...]:
    """File a letter at any time before closing, not before the date that it bears."""
    case = on_record("letter", state, command)
    allow(
        "letter",
        case,
        command,
        not_closed(case),
        *_file_itself(command),
        known_code("letter_kind", command.letter_kind),
        not_earlier(
            command.occurred_on,
            command.letter_on,
            later_name="occurred_on",
            earlier_name="letter_on",
        ),
    )
    return save(case, command, draft(LetterFiled, command))


FILING: Final = (
    CommandSpec(
        "attach",
        AttachEvidence,
        decide_attach,
        "Put a file that bears on the complaint on its record, sealed.",
        "complaints case attach C-17 receipt.pdf --media-type application/pdf "
        "--evidence-kind document",
    ),
    CommandSpec(
        "letter",
        FileLetter,
        decide_letter,
        "Put a letter that came or went on the record, sealed.",
        "complaints case letter C-17 answer.pdf --letter-kind decision --letter-on 2024-06-03",
    ),
)
