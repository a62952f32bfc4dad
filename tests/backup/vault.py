"""Backing up beside a ledger, restoring beside it, and looking at what a log holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapters.log_copy import LogCopy
from complaints_ledger.backup.restoring import Wanted, restore
from complaints_ledger.backup.taking import take_backup
from tests.faults.child import world_of

if TYPE_CHECKING:
    from pathlib import Path

    from complaints_ledger.backup.taking import Taken
    from complaints_ledger.ledger import Ledger
    from domain.ports import World

DAY_MS = 86_400_000
WORDS = "Wilhelmina Quackenbush said so"


def rows_of(folder: Path) -> list[Any]:
    """Return everything that a log holds."""
    with LogCopy(folder / "log.db") as copy:
        extent = copy.extent()
        records = [r for p, head in extent.heads.items() for r in copy.records(p, 0, head)]
        return [copy.ledger_id, extent, records]


def at_day(day: int) -> World:
    """Return the world so many days later."""
    world = world_of()
    now_ms = world.now_ms() + day * DAY_MS
    return replace(world, now_ms=lambda: now_ms)


def restored(tmp_path: Path, into: str = "new", **wanted: Any) -> Path:
    """Restore the backup with its keys and return the new folder."""
    said = {"backup": tmp_path / "backup", "keys": tmp_path / "safe"} | wanted
    restore(Wanted(**said), tmp_path / into, world=world_of())
    return tmp_path / into


def backed_up(ledger: Ledger, **said: Any) -> Taken:
    """Back up beside the ledger, with keys."""
    place = ledger.folder.parent
    return take_backup(ledger, place / "backup", keys_to=place / "safe", **said)
