"""Restoring: a backup becomes a ledger in an empty folder, or nothing at all.

Everything is built in a folder inside the new one, proved, and moved to its place with the log
last: a folder without a log is no ledger, so nobody reads in a restore that is not whole.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from adapters.avro_codec import decode_values, fingerprint_in
from adapters.backup_folder import BackupFolder
from adapters.durable_file import make_folder, sync_folder, write_part
from adapters.file_store import FOLDER, FileStore, is_digest
from adapters.key_store import FILE as KEYS_FILE
from adapters.key_store import SqliteDataKeys
from adapters.local_log import FILE as LOG_FILE
from adapters.local_log import LocalLog
from adapters.log_copy import write_log
from complaints_ledger.backup.erasures import DESTROYS, destroyed_keys
from complaints_ledger.backup.keys import TEXTS, read_manifest
from complaints_ledger.backup.manifest import first_chain, instant, next_chain
from complaints_ledger.backup.segments import read_segment
from complaints_ledger.backup.taking import files_in, latest
from complaints_ledger.ledger import MASTER_KEY, open_ledger
from complaints_ledger.projector import Progress
from domain.errors import DamagedError, InputError, RefusedError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from adapters.log_copy import StoredRecord
    from complaints_ledger.backup.manifest import KeysManifest, Manifest
    from complaints_ledger.ledger import Ledger
    from domain.ports import World

STAGING: Final = "restoring"
NOTE: Final = "restored.json"
"""What a restored ledger says of where it came from."""
PAGE: Final = 1_000
_OURS: Final = frozenset({STAGING, NOTE, FOLDER, KEYS_FILE, *TEXTS})
"""What an interrupted restore leaves; without a log it is no ledger."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to."""

    manifest: Manifest
    keys: KeysManifest | None
    destroyed: int
    """Keys that the log says are destroyed, and are now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be restored."""

    backup: Path
    keys: Path | None = None
    """Folder of the keys' backup; without it nothing sealed can be read."""
    name: str | None = None
    """Number of the backup, for one that is not the newest."""
    expired_because: str | None = None
    """Why a backup is restored that is past its time; kept in the restored ledger."""


def restore(
    wanted: Wanted,
    to: Path,
    *,
    world: World,
    tell: Callable[[Progress], None] = lambda _progress: None,
    tells: Mapping[str, str] = DESTROYS,
) -> Restored:
    """Make a ledger of a backup in a folder that is empty or not there.

    Raises:
        InputError: the folder is not empty, or there is no such backup.
        RefusedError: the backup is past its time and no reason is given.
        DamagedError: a file of the backup is missing or altered; nothing was restored.
        ForeignError: keys and backup are not of one ledger.
    """
    folder = BackupFolder(wanted.backup, world)
    manifest = _manifest(folder, wanted)
    keys_folder = BackupFolder(wanted.keys, world) if wanted.keys else None
    keys = read_manifest(keys_folder, manifest.ledger_id) if keys_folder else None
    for made in (manifest, keys or manifest):
        _in_time(made, wanted, world)
    staging = _staged(to)
    try:
        _write_files(folder, manifest, staging, world)
        world.fault("restore.files")
        _write_log(folder, manifest, staging, world=world, tell=tell)
        world.fault("restore.log")
        if keys_folder and keys:
            _write_keys(keys_folder, keys, staging, world)
        destroyed = _erase(staging, tells, world)
        write_part(staging / NOTE, [_note(wanted, manifest, world)])
    except BaseException:
        _forget(to)
        raise
    world.fault("restore.proved")
    _move(staging, to)
    return Restored(manifest, keys, destroyed)


def _manifest(folder: BackupFolder, wanted: Wanted) -> Manifest:
    if wanted.name is not None and not wanted.name.removesuffix(".json").isdigit():
        msg = f"backup '{wanted.name}' is no number; give one such as 000001"
        raise InputError(msg)
    name = f"{int(wanted.name.removesuffix('.json')):06}" if wanted.name else None
    found = latest(folder, name)
    if found is None:
        msg = f"folder '{wanted.backup}' holds no whole backup; name the one of: complaints backup"
        raise InputError(msg)
    return found


def _in_time(made: Manifest | KeysManifest, wanted: Wanted, world: World) -> None:
    if instant(world.now_ms()) < made.expires_at or wanted.expired_because:
        return
    msg = (
        f"the {'keys' if made.kind.endswith('keys-backup') else 'backup'} of {made.made_at:%Y-%m-%d} "
        f"expired on {made.expires_at:%Y-%m-%d}: it may hold what was erased since; restore a younger "
        "one, or say why with --expired REASON"
    )
    raise RefusedError(msg)


def _staged(to: Path) -> Path:
    """Return an empty folder to build in, after what an interrupted restore left is gone."""
    try:
        names = {path.name for path in to.iterdir()} if to.exists() else set()
        if names and not (STAGING in names and names <= _OURS):
            msg = f"folder '{to}' is not empty; name a new one with --ledger"
            raise InputError(msg)
        _forget(to)
        make_folder(to / STAGING)
    except OSError as exc:
        msg = f"folder '{to}' cannot be used ({exc.strerror}); name another with --ledger"
        raise UnreachableError(msg) from exc
    return to / STAGING


def _forget(to: Path) -> None:
    """Remove what a restore put into a folder that was empty; the mark of it last."""
    for name in [*sorted(_OURS - {STAGING}), STAGING]:
        path = to / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _write_files(folder: BackupFolder, manifest: Manifest, staging: Path, world: World) -> None:
    """Copy every sealed file, each held against its name on the way."""
    source = FileStore(folder.folder / FOLDER, world)
    target = FileStore(staging / FOLDER, world)
    for part in manifest.file_lists:
        digests = files_in(folder, part)
        if len(digests) != part.files or not all(map(is_digest, digests)):
            msg = f"file '{folder.folder / part.path}' lists other files than its manifest says"
            raise DamagedError(msg)
        for digest in digests:
            if not source.has(digest):
                msg = (
                    f"file '{source.path_of(digest)}' of the backup is missing; use another backup"
                )
                raise DamagedError(msg)
            target.put(source.pieces(digest))


def _write_log(
    folder: BackupFolder,
    manifest: Manifest,
    staging: Path,
    *,
    world: World,
    tell: Callable[[Progress], None],
) -> None:
    write_log(
        staging / LOG_FILE,
        _records(folder, manifest, tell),
        ledger_id=UUID(manifest.ledger_id),
        partitions=manifest.partitions,
        tracking=manifest.tracking,
    )
    _prove_log(staging, manifest, world)


def _write_keys(folder: BackupFolder, keys: KeysManifest, staging: Path, world: World) -> None:
    """Write key store and keys, and open them once: master key and key store belong together."""
    for name, part in keys.parts.items():
        write_part(staging / name, folder.pieces(part.path, part.sha256))
    SqliteDataKeys(staging, master_key=staging / MASTER_KEY, world=world).close()


def _records(
    folder: BackupFolder, manifest: Manifest, tell: Callable[[Progress], None]
) -> Iterator[StoredRecord]:
    """Yield every record of a backup, gapless and proved."""
    ledger_id, done = UUID(manifest.ledger_id), 0
    following = dict.fromkeys(range(manifest.partitions), 0)
    for part in manifest.segments:
        content = folder.proved(part.path, part.sha256)
        for record in read_segment(content, ledger_id=ledger_id, partition=part.partition):
            whole = record.ordinal == following.get(record.partition)
            if not whole or not record.is_whole(ledger_id):
                msg = (
                    f"file '{folder.folder / part.path}' holds a record that is not what was "
                    f"appended (record {record.ordinal}); use another backup"
                )
                raise DamagedError(msg)
            following[record.partition] += 1
            yield record
        done += part.records
        tell(Progress(done, manifest.records))
    if following != {head.partition: head.records for head in manifest.heads}:
        msg = f"backup '{folder.folder}' holds other records than its manifest says; use another"
        raise DamagedError(msg)


def _prove_log(staging: Path, manifest: Manifest, world: World) -> None:
    """Read the new log as any reader does and hold it against the manifest."""
    log = LocalLog(staging, world)
    with contextlib.closing(log):
        for head in manifest.heads:
            chain = first_chain(log.ledger_id, head.partition)
            for start in range(0, head.records, PAGE):
                page = log.read(head.partition, start, min(PAGE, head.records - start))
                for entry_hash in page.hashes:
                    chain = next_chain(chain, entry_hash or b"")
            if log.head(head.partition) != head.records or chain.hex() != head.chain:
                msg = (
                    f"partition {head.partition} of the restored log is not that of the backup; "
                    "use another backup, and check the disk"
                )
                raise DamagedError(msg)


def _erase(staging: Path, tells: Mapping[str, str], world: World) -> int:
    """Destroy the keys whose destruction the log's admitted events tell."""
    if not tells or not (staging / KEYS_FILE).is_file():
        return 0
    with open_ledger(staging, world) as ledger:
        ledger.replica.catch_up()
        key_ids = destroyed_keys(_events(ledger, tells), tells=tells)
    if key_ids:
        keys = SqliteDataKeys(staging, master_key=staging / MASTER_KEY, world=world)
        with contextlib.closing(keys):
            keys.destroy(key_ids)
    return len(key_ids)


def _events(ledger: Ledger, topics: Container[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield type and values of the admitted events of these types."""
    replica = ledger.replica
    for partition in range(ledger.log.partitions):
        after = 0
        while page := replica.notifications(partition, after + 1, 2**62, limit=PAGE):
            for _, _, _, topic, value in page:
                if topic in topics:
                    yield topic, decode_values(value, replica.schema_text(fingerprint_in(value)))
            after = page[-1][0]


def _note(wanted: Wanted, manifest: Manifest, world: World) -> bytes:
    said = {
        "backup": manifest.number,
        "ledger_id": manifest.ledger_id,
        "made_at": manifest.made_at.isoformat(),
        "restored_at": instant(world.now_ms()).isoformat(),
        "expired_because": wanted.expired_because,
    }
    return json.dumps(said, indent=2).encode() + b"\n"


def _move(staging: Path, to: Path) -> None:
    """Move everything up, the log last: with it the folder is a ledger."""
    wanted = [name for name in (NOTE, FOLDER, KEYS_FILE, *TEXTS) if (staging / name).exists()]
    for name in wanted:
        (staging / name).replace(to / name)
    sync_folder(to)
    (staging / LOG_FILE).replace(to / LOG_FILE)
    sync_folder(to)
    shutil.rmtree(staging)
