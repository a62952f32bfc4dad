"""What the last passed check had proved, kept so that the next one proves only what came after."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import UntrustedError
from domain.rules.partition_state import PartitionState
from projections.registry import shape

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.duckdb_store import DuckStore

FILE = "checked.json"


@dataclass(frozen=True, slots=True)
class Checked:
    """Where a passed check ended: the fold over each partition, and the read models' digests."""

    ledger_id: str
    states: dict[int, PartitionState]
    digests: dict[str, str]

    def upto(self, partition: int) -> int:
        """Return the first ordinal of a partition that was not checked."""
        state = self.states.get(partition)
        return state.next_ordinal if state else 0

    def position(self, partition: int) -> int:
        """Return the last position of a partition that was checked."""
        state = self.states.get(partition)
        return state.position if state else 0


def of_store(store: DuckStore, ledger_id: str, side: str = "") -> Checked:
    """Return where a projection stands, by its place among the attached files."""
    states = store.rows(f"select partition, state from {side}projection_state")
    digests = store.rows(f"select name, digest from {side}model_digests")
    return Checked(ledger_id, {p: PartitionState.from_json(s) for p, s in states}, dict(digests))


def read(folder: Path, ledger_id: str) -> Checked | None:
    """Return what the last passed check left, or None if a full one is due.

    A file that cannot be read, of another ledger, or of another version of the program is as
    good as none: everything is checked then.
    """
    try:
        kept = json.loads((folder / FILE).read_text())
        if kept["ledger_id"] != ledger_id or kept["shape"] != shape():
            return None
        states = {int(p): PartitionState.from_json(text) for p, text in kept["states"].items()}
        return Checked(ledger_id, states, dict(kept["digests"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, UntrustedError):
        return None


def keep(folder: Path, checked: Checked) -> None:
    """Keep where a passed check ended, whole or not at all."""
    body = {
        "digests": checked.digests,
        "ledger_id": checked.ledger_id,
        "shape": shape(),
        "states": {str(p): state.to_json() for p, state in checked.states.items()},
    }
    fresh = folder / f".{FILE}.{os.getpid()}"
    with fresh.open("w") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / FILE)
