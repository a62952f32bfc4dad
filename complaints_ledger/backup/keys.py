"""The keys' backup, in a place of its own: key store, master key and the operator's keys.

There is one at a time. Each replaces the one before, so that a key which was destroyed leaves
the backup with the next one.
"""

from __future__ import annotations

import contextlib
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from adapters.backup_folder import BackupFolder
from adapters.durable_file import make_folder, pieces_of
from adapters.key_store import APPLICATION_ID, FILE, MASTER_FILE, SqliteDataKeys
from adapters.sqlite_file import copy_sqlite
from complaints_ledger.backup.manifest import KeysManifest, Part, instant, parsed
from complaints_ledger.ledger import OPERATOR_KEY
from complaints_ledger.operators import NEXT_KEY, PREVIOUS_KEY
from domain.errors import DamagedError, ForeignError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from complaints_ledger.ledger import Ledger

MANIFEST: Final = "keys.json"
ENDING: Final = ".key-part"
TEXTS: Final = (MASTER_FILE, OPERATOR_KEY, NEXT_KEY, PREVIOUS_KEY)
"""Files of a few bytes that hold a key each; the last two exist during a rotation."""


def take_keys(ledger: Ledger, to: Path, *, keep_days: int) -> KeysManifest:
    """Back the keys up into a folder of their own; the backup before is replaced.

    Every key is proved first, since there is no other backup of them once this one is made.

    Raises:
        UnreachableError: key store or master key is not there.
        DamagedError: the key store is damaged; the backup before stands.
        ForeignError: the folder holds the keys of another ledger, or more keys than there are.
    """
    folder = BackupFolder(to, ledger.world)
    ledger_id = str(ledger.log.ledger_id)
    with folder.alone(), contextlib.ExitStack() as held:
        before = _stored(folder) if (to / MANIFEST).is_file() else None
        if before is not None and before.ledger_id != ledger_id:
            msg = f"folder '{to}' holds the keys of another ledger; name another with --keys"
            raise ForeignError(msg)
        made_ms = ledger.world.now_ms()
        copy, keys = held.enter_context(_key_store(ledger, to / "parts"))
        if before is not None and keys < before.keys:
            msg = (
                f"key store '{ledger.folder / FILE}' knows {keys} keys and its backup in '{to}' "
                f"{before.keys}: it is older than its backup; restore the keys from there first"
            )
            raise ForeignError(msg)
        parts = {FILE: _kept(folder, copy)}
        for name in TEXTS:
            with contextlib.suppress(FileNotFoundError):
                parts[name] = _kept(folder, ledger.folder / name)
        ledger.world.fault("backup.key_parts")
        manifest = KeysManifest(
            ledger_id=ledger_id,
            made_at=instant(made_ms),
            expires_at=instant(made_ms, days=keep_days),
            keys=keys,
            parts=parts,
        )
        folder.write(MANIFEST, [manifest.text().encode()])
        folder.keep_only(frozenset(part.path for part in parts.values()), ".", ENDING)
    return manifest


@contextlib.contextmanager
def _key_store(ledger: Ledger, parts: Path) -> Iterator[tuple[Path, int]]:
    """Give out the key store as one moment has it, proved, and how many keys it knows."""
    ledger.keys.sealer()  # says which file to restore if one is missing
    place = parts / ledger.world.random_bytes(16).hex()
    try:
        make_folder(place)
        copy_sqlite(ledger.folder / FILE, place / FILE, application_id=APPLICATION_ID)
        master = ledger.folder / MASTER_FILE
        copied = SqliteDataKeys(place, master_key=master, world=ledger.world)
        with contextlib.closing(copied):
            keys = copied.prove()
        ledger.world.fault("backup.key_copy")
        yield place / FILE, keys
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _kept(folder: BackupFolder, path: Path) -> Part:
    """Copy a file under a name that no backup before has; the old one stands until the manifest."""
    with path.open("rb") as file:
        digest = sha256()
        for piece in pieces_of(file):
            digest.update(piece)
        file.seek(0)
        name = f"{path.name}-{digest.hexdigest()[:16]}{ENDING}"
        written, size = folder.write(name, pieces_of(file))
    return Part(path=name, sha256=written, size=size)


def _stored(folder: BackupFolder) -> KeysManifest:
    return parsed(KeysManifest, folder.read(MANIFEST), folder.folder / MANIFEST)


def read_manifest(folder: BackupFolder, ledger_id: str) -> KeysManifest:
    """Return the manifest of a keys' backup.

    Raises:
        DamagedError: it is missing or altered.
        ForeignError: they are the keys of another ledger.
    """
    manifest = _stored(folder)
    if manifest.ledger_id != ledger_id:
        msg = (
            f"folder '{folder.folder}' holds the keys of ledger '{manifest.ledger_id}', not of "
            f"'{ledger_id}'; name the right one with --keys"
        )
        raise ForeignError(msg)
    wanted = {FILE, MASTER_FILE}
    if not wanted <= manifest.parts.keys() <= wanted | set(TEXTS):
        msg = (
            f"manifest '{folder.folder / MANIFEST}' names other files than keys; use another backup"
        )
        raise DamagedError(msg)
    return manifest
