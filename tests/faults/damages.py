"""What can happen to a file of a ledger: each damage by its name, seeded where it is random."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ARTEFACTS: Final = {
    "log": "log.db",
    "log wal": "log.db-wal",
    "replica": "replica.db",
    "replica wal": "replica.db-wal",
    "keys": "keys.db",
    "master": "master.key",
    "operator": "operator.key",
    "checked": "checked.json",
    "lock": "log.lock",
    "pointer": "projection/current",
    "projection": "projection/*/ledger.duckdb",
    "projection wal": "projection/*/ledger.duckdb.wal",
}
DERIVED: Final = frozenset(
    {"replica", "replica wal", "checked", "pointer", "projection", "projection wal"}
)
"""Made again from the log, so whatever happens to them, nothing is lost."""
PAGE: Final = 4096


def place(folder: Path, artefact: str) -> Path:
    """Return where an artefact of a ledger is."""
    pattern = ARTEFACTS[artefact]
    if "*" not in pattern:
        return folder / pattern
    (generation,) = (p for p in (folder / "projection").iterdir() if p.is_dir())
    return generation / pattern.rpartition("/")[2]


def _empty(path: Path, _other: Path, _seed: int) -> None:
    path.write_bytes(b"")


def _halved(path: Path, _other: Path, _seed: int) -> None:
    whole = path.read_bytes() if path.exists() else b""
    path.write_bytes(whole[: len(whole) // 2])


def _foreign(path: Path, other: Path, _seed: int) -> None:
    if other.exists():
        shutil.copyfile(other, path)
    else:
        path.write_bytes(b"of another ledger")


def _random(path: Path, _other: Path, seed: int) -> None:
    path.write_bytes(random.Random(seed).randbytes(3 * PAGE))


def _missing(path: Path, _other: Path, _seed: int) -> None:
    path.unlink(missing_ok=True)


def _folder(path: Path, _other: Path, _seed: int) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def _flipped(path: Path, _other: Path, seed: int) -> None:
    whole = bytearray(path.read_bytes() if path.exists() else b"\0")
    if whole:
        draw = random.Random(seed)
        whole[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
    path.write_bytes(whole)


def _torn(path: Path, _other: Path, seed: int) -> None:
    whole = path.read_bytes() if path.exists() else b""
    half = min(PAGE, len(whole)) // 2
    path.write_bytes(whole[: len(whole) - half] + random.Random(seed).randbytes(half))


def _versioned(path: Path, number: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"pragma application_id={number}")


def _older(path: Path, _other: Path, _seed: int) -> None:
    if path.suffix == ".db":
        _versioned(path, 0x434C0030)
    else:
        path.write_text('{"shape": "0"}\n')


def _newer(path: Path, _other: Path, _seed: int) -> None:
    if path.suffix == ".db":
        _versioned(path, 0x434C7F39)
    else:
        path.write_text('{"shape": "9999"}\n')


DAMAGES: Final[dict[str, Callable[[Path, Path, int], None]]] = {
    "empty": _empty,
    "halved": _halved,
    "foreign": _foreign,
    "random": _random,
    "missing": _missing,
    "folder": _folder,
    "flipped": _flipped,
    "torn": _torn,
    "older": _older,
    "newer": _newer,
}
