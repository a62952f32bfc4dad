"""The manifest of a backup: what is in it, said last, so that a torn backup has none.

It holds its own digest, over the canonical JSON (RFC 8785) of everything else in it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import rfc8785
from pydantic import BaseModel, ConfigDict, ValidationError

from domain.errors import DamagedError

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

FORMAT: Final = 1
M = TypeVar("M", bound="_Signed")


class Part(BaseModel):
    """An immutable file of a backup."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    """Relative to the backup's folder, with slashes."""
    sha256: str
    size: int


class Segment(Part):
    """Adjacent records of one partition."""

    partition: int
    first: int
    records: int


class FileList(Part):
    """Names of the sealed files that one backup added, a line each."""

    files: int


class Head(BaseModel):
    """How far a partition goes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    partition: int
    records: int
    last_entry_hash: str
    """Of the last record; empty if there is none."""
    chain: str
    """SHA-256 of the chain before and the entry hash, over all records from the first."""


class _Signed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    ledger_id: str
    made_at: datetime
    expires_at: datetime

    def text(self) -> str:
        """Return the manifest as it is stored, its digest included."""
        body = self.model_dump(mode="json")
        lines = rfc8785.dumps(body | {"digest": _digest(body)}).decode()
        return lines + "\n"


class Manifest(_Signed):
    """One backup of log and files."""

    kind: Literal["complaints-backup"] = "complaints-backup"
    number: int
    """Backups of a folder are numbered from 1."""
    partitions: int
    heads: list[Head]
    tracking: dict[str, int]
    segments: list[Segment]
    file_lists: list[FileList]
    absent: list[str]
    """Files that the log names and that were missing or altered when they were to be copied."""
    with_keys: bool
    """Whether the keys were backed up in the same run."""

    @property
    def name(self) -> str:
        """Name of the manifest's file."""
        return f"{self.number:06}.json"

    @property
    def records(self) -> int:
        """Number of records of all partitions."""
        return sum(head.records for head in self.heads)

    @property
    def files(self) -> int:
        """Number of sealed files."""
        return sum(each.files for each in self.file_lists)


class KeysManifest(_Signed):
    """One backup of the keys."""

    kind: Literal["complaints-keys-backup"] = "complaints-keys-backup"
    keys: int
    """Number of keys that the store knew, destroyed ones included; it never falls."""
    parts: dict[str, Part]
    """By the name that the file has in a ledger's folder."""


def instant(now_ms: int, *, days: int = 0) -> datetime:
    """Return an instant of the world's clock, or so many days after it."""
    return datetime.fromtimestamp(now_ms / 1000, UTC) + timedelta(days=days)


def first_chain(ledger_id: UUID, partition: int) -> bytes:
    """Return the chain of a partition without a record."""
    return sha256(
        b"complaints.backup.chain.v1" + ledger_id.bytes + partition.to_bytes(4, "big")
    ).digest()


def next_chain(chain: bytes, entry_hash: bytes) -> bytes:
    """Return the chain after one more record."""
    return sha256(chain + entry_hash).digest()


def parsed(model: type[M], content: bytes, path: Path) -> M:
    """Return a manifest whose digest holds.

    Raises:
        DamagedError: it is not what was written, or of a format that this version does not know.
    """
    import json  # noqa: PLC0415  beside its one use

    try:
        body: dict[str, Any] = json.loads(content)
        digest = body.pop("digest")
        found = model.model_validate(body)
        if digest == _digest(body) and found.format == FORMAT:
            return found
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        pass
    msg = f"manifest '{path}' is damaged or of another format; use another backup"
    raise DamagedError(msg)


def _digest(body: dict[str, Any]) -> str:
    return sha256(rfc8785.dumps(body)).hexdigest()
