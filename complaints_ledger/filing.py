"""Files of a complaint: sealed into the store before their event, read for a purpose only.

The order makes a kill harmless: the file is durable before the event that names it, and the
access event before the first byte that is shown. A file that no event names is sealed noise.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from adapters.aes_gcm_files import AesGcmFiles
from adapters.avro_codec import decode_event
from adapters.file_store import FOLDER, FileStore, is_digest
from adapters.recorder import fresh_uuid7
from complaints_ledger.reading import ACCESS_SOURCE, append_access
from domain.complaint.events import EvidenceAdded, LetterFiled
from domain.errors import DamagedError, InputError, LedgerError, RefusedError
from domain.sealing import Place, Reading, read_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from complaints_ledger.ledger import Ledger
    from domain.event import Event
    from domain.sealing import DataKey

FIELD: Final = "file"
"""What an access event calls the file of an event, beside the names of sealed fields."""
SHORTEST_ID: Final = 6
"""Digits of a file's id that are enough, if no other file of the complaint begins with them."""


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file that is in the store, as the event that names it says."""

    file_digest: str
    file_size: int
    file_class: str
    file_key_id: str


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What a check of the store found."""

    named: int
    proved: int
    problems: list[str]
    """Files that events name and that are missing or altered."""
    unnamed: list[str]
    """Files that no event names: what a kill between file and event leaves."""


def store_of(ledger: Ledger) -> FileStore:
    """Return the ledger's file store."""
    return FileStore(ledger.folder / FOLDER, ledger.world)


def seal_file(ledger: Ledger, path: Path, *, stream_id: str, file_class: str) -> SealedFile:
    """Seal a file under the key of its complaint and class, and keep it durably.

    Raises:
        InputError: the file cannot be read, is no regular file, or changed meanwhile.
        KeyDestroyedError: data of this complaint and class was erased.
    """
    with _given(path) as source:
        return seal(ledger, source, stream_id=stream_id, file_class=file_class)


def seal(ledger: Ledger, source: BinaryIO, *, stream_id: str, file_class: str) -> SealedFile:
    """Seal what can be read twice, and keep it durably.

    Raises:
        KeyDestroyedError: data of this complaint and class was erased.
    """
    (key,) = ledger.keys.sealer().keys.key_for([(stream_id, file_class)])
    files = AesGcmFiles()
    measured = files.measure(source, key=key)
    digest = store_of(ledger).put(files.sealed(source, measured, key=key))
    ledger.world.fault("files.sealed")
    return SealedFile(digest, measured.size, file_class, key.key_id)


@contextlib.contextmanager
def _given(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as exc:
        msg = f"file '{path}' cannot be read ({exc.strerror}); give one that can"
        raise InputError(msg) from exc
    with file:
        if not path.is_file():
            msg = f"'{path}' is no regular file, and it is read twice; save it as a file first"
            raise InputError(msg)
        yield file


def refuse_absent_files(ledger: Ledger, events: Iterable[Event]) -> None:
    """Let no event of ours name a file that the store does not hold.

    Raises:
        RefusedError: one does; nothing was appended.
    """
    for event in events:
        if isinstance(event, EvidenceAdded | LetterFiled) and not store_of(ledger).has(
            event.file_digest
        ):
            msg = (
                f"file '{event.file_digest}' is not in the file store; give the file itself: "
                "complaints case attach REF FILE"
            )
            raise RefusedError(msg)


def filed(ledger: Ledger, stream_id: str) -> list[EvidenceAdded | LetterFiled]:
    """Return the events of a complaint that name a file, in their order."""
    ledger.replica.catch_up()
    events = (
        decode_event(value, topic, ledger.replica.schema_text(fingerprint))
        for _, topic, fingerprint, value in ledger.replica.events(stream_id)
        if topic in {EvidenceAdded.TOPIC, LetterFiled.TOPIC}
    )
    return [event for event in events if isinstance(event, EvidenceAdded | LetterFiled)]


def file_named(
    events: Sequence[EvidenceAdded | LetterFiled], file_id: str, ref: str
) -> EvidenceAdded | LetterFiled:
    """Return the event that names the file whose id is, or begins with, `file_id`.

    Raises:
        InputError: none does, or several do.
    """
    wanted = file_id.lower()
    found = {e.file_digest: e for e in events if e.file_digest.startswith(wanted)}
    if len(found) == 1 and len(wanted) >= SHORTEST_ID:
        return next(iter(found.values()))
    why = f"names {len(found)} files" if len(found) > 1 else "names no file"
    if len(wanted) < SHORTEST_ID:
        why = f"has less than {SHORTEST_ID} digits"
    msg = f"file id '{file_id}' {why} of complaint '{ref}'; see: complaints file list {ref}"
    raise InputError(msg)


def read_file(
    ledger: Ledger,
    event: EvidenceAdded | LetterFiled,
    out: Path,
    *,
    reading: Reading,
) -> None:
    """Write a file's plaintext to a new file, after the access event is durable.

    Everything that can stand in the way is asked before: the key, the whole sealed file, and
    whether `out` can be made. A plaintext that is not whole never gets its name.

    Raises:
        InputError: `out` is there already or cannot be made.
        KeyDestroyedError: the data was erased.
        DamagedError: the file or the key is not what it was; nothing was written.
        RefusedError: the access event was not accepted; nothing was opened.
    """
    store = store_of(ledger)
    key = _key_of(ledger, event)
    store.prove(event.file_digest)
    with _new_file(out) as target:
        places = [Place(event.event_id, event.stream_id, FIELD)]
        event_id = fresh_uuid7(ledger.world.now_ms(), ledger.world.random_bytes(10))
        access = read_request(reading, places, event_id=event_id, stream_id=str(event_id))
        append_access(ledger, access)
        size = 0
        with store.opened(event.file_digest) as source:
            for chunk in AesGcmFiles().opened(source, key=key):
                size += target.write(chunk)
        if size != event.file_size:
            msg = (
                f"file '{event.file_digest}' has {size} bytes and its event says "
                f"{event.file_size}; nothing was written, tell the auditor"
            )
            raise DamagedError(msg)


def reading_now(ledger: Ledger, *, purpose: str, actor: str, actor_role: str) -> Reading:
    """Return who reads now and what for.

    Raises:
        InputError: the purpose is not one.
    """
    now = datetime.fromtimestamp(ledger.world.now_ms() / 1000, UTC)
    return Reading(
        purpose=purpose,
        actor=actor,
        actor_role=actor_role,
        source=ACCESS_SOURCE,
        occurred_on=now.date(),
        occurred_at=now,
        occurred_zone="UTC",
    )


def _key_of(ledger: Ledger, event: EvidenceAdded | LetterFiled) -> DataKey:
    key = ledger.keys.sealer().keys.find(event.file_key_id)
    if key is None or key.subject != event.stream_id:
        what = "never held" if key is None else "holds for another complaint"
        msg = (
            f"event '{event.event_id}' names data key '{event.file_key_id}', which the key store "
            f"{what}; restore the key store from a backup younger than the event"
        )
        raise DamagedError(msg)
    return key


@contextlib.contextmanager
def _new_file(out: Path) -> Iterator[BinaryIO]:
    """Give out a file that gets its name only if the block ends well, and only its owner reads."""
    part = out.with_name(out.name + ".part")
    if out.exists():
        msg = f"file '{out}' is there already; give another name with --out"
        raise InputError(msg)
    try:
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        msg = f"file '{out}' cannot be made ({exc.strerror}); give another name with --out"
        raise InputError(msg) from exc
    try:
        with os.fdopen(fd, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def check_files(store: FileStore, named: Iterable[Mapping[str, Any]]) -> FileCheck:
    """Hold the store against the events that name files.

    Args:
        store: the file store.
        named: `file_digest`, `stream_id` and `event_id` of every event that names a file.
    """
    by_digest: dict[str, Mapping[str, Any]] = {}
    for row in named:
        by_digest.setdefault(row["file_digest"], row)
    problems: list[str] = []
    for digest, row in sorted(by_digest.items()):
        shown = digest if is_digest(digest) else "(not a SHA-256)"
        of = f"file {shown} of complaint '{row['stream_id']}', event '{row['event_id']}'"
        if not store.has(digest):
            problems.append(f"{of}, is missing; restore it from a backup")
            continue
        try:
            store.prove(digest)
        except LedgerError as exc:
            problems.append(f"{of}: {exc}")
    unnamed = [digest for digest in store.digests() if digest not in by_digest]
    return FileCheck(len(by_digest), len(by_digest) - len(problems), problems, unnamed)
