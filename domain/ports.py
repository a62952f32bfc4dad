"""What the ledger needs from the world: the log, a clock, randomness, fault points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from domain.rules.record import Records


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record on its way to the log; its partition follows from its key."""

    partition: int
    key: bytes
    value: bytes
    signature: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


class Log(Protocol):
    """The record: ordered partitions to which anyone appends and from which all read alike."""

    ledger_id: UUID
    partitions: int

    def append(self, records: Sequence[NewRecord]) -> list[tuple[int, int]]:
        """Append records in order, durably, and return (partition, ordinal) of each.

        Records of one call that share a partition are adjacent in it.
        """
        ...

    def read(self, partition: int, start: int, limit: int) -> Records:
        """Return up to `limit` records from ordinal `start`, in order."""
        ...

    def head(self, partition: int) -> int:
        """Return the ordinal that the next record will have."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """Time, randomness and fault points, so that tests place them by a seed."""

    now_ms: Callable[[], int]
    """Milliseconds since 1970 (UTC)."""
    random_bytes: Callable[[int], bytes]
    fault: Callable[[str], None]
    """Called with the name of each place where a kill would hurt most; does nothing normally."""
