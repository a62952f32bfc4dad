"""A narrative that no record can hold goes into the file store, sealed like any other file."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from complaints_ledger.commands.session import Session
    from complaints_ledger.desk import Outcome
    from complaints_ledger.ledger import Ledger

LONGEST: Final = 48_000
"""Bytes of a narrative that a record holds beside everything else (a record has 65,535)."""
_OF_THE_ACT: Final = (
    "actor",
    "actor_role",
    "on_behalf_of",
    "occurred_on",
    "occurred_at",
    "occurred_zone",
)


def parted(given: str) -> tuple[str | None, str | None]:
    """Return the narrative as a record takes it, and the whole text if no record can.

    Raises:
        InputError: the file that it names cannot be read, or is not UTF-8.
    """
    from complaints_ledger.commands.case_options import personal_text  # noqa: PLC0415  slow

    text = personal_text(given, "--narrative")
    if len(text.encode()) > LONGEST:
        return None, text
    return (f"@{text}" if text.startswith("@") else text), None


def file_narrative(
    session: Session, ledger: Ledger, outcome: Outcome, text: str, given: dict[str, Any]
) -> str:
    """Put a long narrative on file, once for each command that brought it; return the file's id.

    Raises:
        KeyDestroyedError: data of this complaint was erased.
    """
    from complaints_ledger.commands.case import carry_out  # noqa: PLC0415  imports us
    from complaints_ledger.filing import seal  # noqa: PLC0415  slow
    from domain.complaint.commands import COMMANDS  # noqa: PLC0415  slow
    from domain.identity import derived_event_id  # noqa: PLC0415  slow

    attach = next(spec for spec in COMMANDS if spec.name == "attach")
    sealed = seal(
        ledger,
        io.BytesIO(text.encode()),
        stream_id=outcome.stream_id,
        file_class="narrative",
    )
    said = {name: given[name] for name in _OF_THE_ACT if given.get(name) is not None}
    said |= {
        **asdict(sealed),
        "evidence_kind": "narrative",
        "media_type": "text/plain",
        "file_name": "narrative.txt",
        "command_id": str(derived_event_id("narrative on file", str(outcome.events[0].event_id))),
    }
    carry_out(session, ledger, attach, ref=outcome.stream_id, given=said)
    return sealed.file_digest
