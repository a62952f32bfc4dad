"""Taking a backup: what came since the last one, then a manifest that says it is whole."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from adapters.avro_codec import decode_event, schema_text
from adapters.backup_folder import BackupFolder
from adapters.file_store import FOLDER, FileStore
from adapters.local_log import FILE as LOG_FILE
from adapters.log_copy import LogCopy
from complaints_ledger.backup.keys import take_keys
from complaints_ledger.backup.manifest import (
    FileList,
    Head,
    Manifest,
    Segment,
    first_chain,
    instant,
    next_chain,
    parsed,
)
from complaints_ledger.backup.segments import in_segments, segment_bytes
from complaints_ledger.filing import store_of
from complaints_ledger.projector import Progress
from domain.complaint.events import EvidenceAdded, LetterFiled
from domain.errors import DamagedError, ForeignError, InputError, LedgerError, UnreachableError
from domain.rules.avro_writing import prefix_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from adapters.log_copy import StoredRecord
    from complaints_ledger.backup.manifest import KeysManifest
    from complaints_ledger.ledger import Ledger

MANIFESTS: Final = "manifests"
KEEP_DAYS: Final = 90
"""How long a backup is good: what was erased since it was made is still in it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a backup came to."""

    manifest: Manifest
    keys: KeysManifest | None
    new_records: int
    new_files: int


def latest(folder: BackupFolder, name: str | None = None) -> Manifest | None:
    """Return the newest manifest of a folder, or the one of that name; None if there is none.

    Raises:
        DamagedError: it is there and damaged.
    """
    found = folder.names(MANIFESTS, ".json")
    if name is None and not found:
        return None
    wanted = f"{MANIFESTS}/{name.removesuffix('.json') + '.json' if name else found[-1]}"
    return parsed(Manifest, folder.read(wanted), folder.folder / wanted)


def take_backup(
    ledger: Ledger,
    to: Path,
    *,
    keys_to: Path | None = None,
    keep_days: int = KEEP_DAYS,
    tell: Callable[[Progress], None] = lambda _progress: None,
) -> Taken:
    """Back a ledger up into a folder, while others write; what is there already is kept.

    Args:
        ledger: the ledger.
        to: the backup's folder; made if absent.
        keys_to: folder of the keys' backup, another place; without it no key is backed up.
        keep_days: after so many days `restore` refuses this backup.
        tell: called while records are copied.

    Raises:
        ForeignError: the folder holds the backup of another ledger, or of another course of it.
        DamagedError: the log, or the backup that is there, is damaged.
    """
    _refuse_places(ledger.folder, to, keys_to)
    folder = BackupFolder(to, ledger.world)
    with folder.alone(), LogCopy(ledger.folder / LOG_FILE) as log:
        before = latest(folder)
        if before is not None and before.ledger_id != str(log.ledger_id):
            msg = f"folder '{to}' holds the backup of ledger '{before.ledger_id}'; name another"
            raise ForeignError(msg)
        run = _Run(ledger, folder, log, before)
        run.copy_records(tell)
        ledger.world.fault("backup.records")
        keys = None
        if keys_to is not None:
            keys = take_keys(ledger, keys_to, keep_days=keep_days)
            ledger.world.fault("backup.keys")
        run.copy_files()
        ledger.world.fault("backup.files")
        manifest = run.manifest(keep_days, with_keys=keys is not None)
        folder.write(f"{MANIFESTS}/{manifest.name}", [manifest.text().encode()])
        ledger.world.fault("backup.manifest")
    return Taken(manifest, keys, run.new_records, run.new_files)


class _Run:
    """One backup under way: the extent is taken when it begins, before anything is copied."""

    def __init__(
        self, ledger: Ledger, folder: BackupFolder, log: LogCopy, before: Manifest | None
    ) -> None:
        self._ledger = ledger
        self._folder = folder
        self._log = log
        self._before = before
        self._made_ms = ledger.world.now_ms()
        self._extent = log.extent()
        self._segments = list(before.segments) if before else []
        self._lists = list(before.file_lists) if before else []
        self._absent = set(before.absent) if before else set()
        self._heads: list[Head] = []
        self._number = before.number + 1 if before else 1
        self.new_records = 0
        self.new_files = 0

    def copy_records(self, tell: Callable[[Progress], None]) -> None:
        """Write the records that came since the backup before as segments."""
        known = {head.partition: head for head in self._before.heads} if self._before else {}
        to_read = sum(self._extent.heads.values()) - sum(h.records for h in known.values())
        for partition in range(self._log.partitions):
            head = known.get(partition)
            self._same_course(partition, head)
            start, stop = head.records if head else 0, self._extent.heads[partition]
            chain = bytes.fromhex(head.chain) if head else self._first_chain(partition)
            last = bytes.fromhex(head.last_entry_hash) if head else b""
            for first, rows, hashes in in_segments(self._noted(partition, start, stop)):
                self._write_segment(partition, first, rows)
                for last in hashes:
                    chain = next_chain(chain, last)
                self.new_records += len(rows)
                tell(Progress(self.new_records, to_read))
            self._heads.append(
                Head(
                    partition=partition,
                    records=stop,
                    last_entry_hash=last.hex(),
                    chain=chain.hex(),
                )
            )

    def _first_chain(self, partition: int) -> bytes:
        return first_chain(self._log.ledger_id, partition)

    def _same_course(self, partition: int, head: Head | None) -> None:
        """Refuse a log that does not go on where its backup ended."""
        if head is None or head.records == 0:
            return
        last = (
            list(self._log.records(partition, head.records - 1, head.records))
            if (head.records <= self._extent.heads[partition])
            else []
        )
        if not last or last[0].entry_hash.hex() != head.last_entry_hash:
            msg = (
                f"the log does not go on where its backup in '{self._folder.folder}' ended (partition "
                f"{partition}, record {head.records - 1}): one of them is an older or another "
                "course of this ledger; back up to a new folder and compare"
            )
            raise ForeignError(msg)

    def _noted(self, partition: int, start: int, stop: int) -> Iterator[StoredRecord]:
        """Yield records, and note on the way the files that admitted ones name."""
        for record in self._log.records(partition, start, stop):
            digest = _file_in(record)
            if digest is not None and self._is_admitted(record):
                self._absent.add(digest)
            yield record

    def _is_admitted(self, record: StoredRecord) -> bool:
        replica = self._ledger.replica
        replica.catch_up(upto={record.partition: record.ordinal + 1})
        stream = (record.key or b"").decode("utf-8", "replace")
        return replica.verdict_of(record.partition, record.ordinal, stream).outcome == "accepted"

    def _write_segment(self, partition: int, first: int, rows: list[bytes]) -> None:
        name = f"log/{partition:04}/{first:012}-{first + len(rows) - 1:012}.segment"
        pieces = segment_bytes(
            rows, ledger_id=self._log.ledger_id, partition=partition, first=first
        )
        digest, size = self._folder.write(name, pieces)
        self._ledger.world.fault("backup.segment")
        self._segments.append(
            Segment(
                path=name,
                sha256=digest,
                size=size,
                partition=partition,
                first=first,
                records=len(rows),
            )
        )

    def copy_files(self) -> None:
        """Copy the sealed files that the backup lacks; one that is damaged is not taken over."""
        target = FileStore(self._folder.folder / FOLDER, self._ledger.world)
        source = store_of(self._ledger)
        listed = {digest for each in self._lists for digest in files_in(self._folder, each)}
        new: list[str] = []
        for digest in source.digests():
            if digest in listed and target.has(digest):
                continue
            try:
                target.put(source.pieces(digest))
            except (DamagedError, UnreachableError):
                if _is_whole(source, digest):  # the backup's own disk is the trouble
                    raise
                self._absent.add(digest)
                continue
            self.new_files += 1
            if digest not in listed:
                new.append(digest)
            self._ledger.world.fault("backup.file")
        self._absent = {digest for digest in self._absent if not target.has(digest)}
        self._list(new)

    def _list(self, new: list[str]) -> None:
        if not new:
            return
        content = "".join(f"{digest}\n" for digest in new).encode()
        name = f"lists/{self._number:06}-{sha256(content).hexdigest()[:16]}.txt"
        digest, size = self._folder.write(name, [content])
        self._lists.append(FileList(path=name, sha256=digest, size=size, files=len(new)))

    def manifest(self, keep_days: int, *, with_keys: bool) -> Manifest:
        """Return what this backup holds, with that of those before it."""
        return Manifest(
            ledger_id=str(self._log.ledger_id),
            made_at=instant(self._made_ms),
            expires_at=instant(self._made_ms, days=keep_days),
            number=self._number,
            partitions=self._log.partitions,
            heads=self._heads,
            tracking=dict(self._extent.tracking),
            segments=self._segments,
            file_lists=self._lists,
            absent=sorted(self._absent),
            with_keys=with_keys,
        )


def files_in(folder: BackupFolder, part: FileList) -> list[str]:
    """Return the names of the sealed files in a list.

    Raises:
        DamagedError: the list is missing or altered.
    """
    return folder.proved(part.path, part.sha256).decode("ascii").split()


def _is_whole(store: FileStore, digest: str) -> bool:
    try:
        store.prove(digest)
    except LedgerError:
        return False
    return True


def _file_in(record: StoredRecord) -> str | None:
    """Return the file that a record names; records of any other kind are not decoded."""
    value = record.value or b""
    for kind in (EvidenceAdded, LetterFiled):
        if value.startswith(prefix_of(kind)):
            with contextlib.suppress(LedgerError):
                event = decode_event(value, kind.TOPIC, schema_text(kind))
                if isinstance(event, EvidenceAdded | LetterFiled):
                    return event.file_digest
    return None


def _refuse_places(ledger: Path, to: Path, keys_to: Path | None) -> None:
    """Refuse a backup in its own source, and keys beside what they open."""
    place, source = to.resolve(), ledger.resolve()
    if place == source or source in place.parents:
        msg = f"folder '{to}' is in the ledger itself, and would be lost with it; name another"
        raise InputError(msg)
    if keys_to is not None:
        keys = keys_to.resolve()
        if keys in {place, source} or {place, source} & set(keys.parents):
            msg = (
                f"folder '{keys_to}' lies beside what its keys open: whoever has both reads "
                "everything; name another place with --keys"
            )
            raise InputError(msg)
