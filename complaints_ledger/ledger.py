"""One ledger, opened: its log, its replica and its keys, put together for the use cases."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from uuid import UUID

from adapters.aes_gcm_sealer import AesGcmCipher
from adapters.avro_codec import decode_values, encode_event, headers_in, schema_text
from adapters.ed25519 import Signer
from adapters.key_store import SqliteDataKeys
from adapters.local_log import LocalLog
from adapters.recorder import LIBRARY_ACTOR, Store, fresh_uuid7
from adapters.replica import FILE as REPLICA
from adapters.replica import Replica
from complaints_ledger.operations import (
    descriptor_value,
    missing_schemas,
    schema_body,
    signed_control,
    source_body,
    to_all_partitions,
)
from complaints_ledger.surroundings import LedgerSurroundings
from domain.errors import ForeignError, UnreachableError
from domain.ports import World
from domain.sealing import Sealer
from domain.stored import OpaqueStored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OPERATOR_KEY = "operator.key"
MASTER_KEY = "master.key"
KEYS = "keys.db"
OWN_SOURCES = ("complaints-desk", LIBRARY_ACTOR, "access-log")
"""Sources that the ledger itself speaks as: handlers at its commands, the library, the access log."""


def real_world() -> World:
    """Return the machine's clock and randomness, and fault points that do nothing."""
    return World(
        now_ms=lambda: time.time_ns() // 1_000_000,
        random_bytes=os.urandom,
        fault=lambda _name: None,
    )


class KeyRing:
    """The ledger's data keys, opened when somebody first seals or reads sealed data."""

    def __init__(self, folder: Path, world: World) -> None:
        self._folder = folder
        self._world = world
        self._keys: SqliteDataKeys | None = None

    def sealer(self) -> Sealer:
        """Return keys and cipher.

        Raises:
            UnreachableError: the key store or its master key is not there.
        """
        return Sealer(keys=self.store(), cipher=AesGcmCipher())

    def store(self) -> SqliteDataKeys:
        """Return the key store itself, for who destroys keys.

        Raises:
            UnreachableError: the key store or its master key is not there.
        """
        if self._keys is None:
            master = self._folder / MASTER_KEY
            self._keys = SqliteDataKeys(self._folder, master_key=master, world=self._world)
        return self._keys

    def close(self) -> None:
        """Let go of the key store."""
        if self._keys is not None:
            self._keys.close()


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger's parts; close it when done."""

    folder: Path
    log: LocalLog
    replica: Replica
    around: LedgerSurroundings
    world: World
    keys: KeyRing

    def store(self, originator_id: Callable[[str], UUID | str] = UUID) -> Store:
        """Return what the library's recorders are made of."""
        return Store(
            log=self.log,
            replica=self.replica,
            world=self.world,
            encode=encode_event,
            decode_opaque=_opaque,
            headers_in=headers_in,
            originator_id=originator_id,
        )

    def signer(self) -> Signer:
        """Return the operator's signer.

        Raises:
            UnreachableError: the key is not in the ledger's folder.
        """
        return _signer(self.folder)

    def close(self) -> None:
        """Let go of all files."""
        self.keys.close()
        self.replica.close()
        self.log.close()

    def __enter__(self) -> Self:
        """Return the ledger itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def _opaque(value: bytes) -> tuple[str, bytes]:
    values = decode_values(value, schema_text(OpaqueStored))
    return values["topic"], values["state"]


def _signer(folder: Path) -> Signer:
    path = folder / OPERATOR_KEY
    try:
        return Signer(bytes.fromhex(path.read_text().strip()))
    except (OSError, ValueError) as exc:
        msg = f"operator key '{path}' cannot be read; restore it from where you keep its copy"
        raise UnreachableError(msg) from exc


def open_ledger(folder: Path, world: World | None = None) -> Ledger:
    """Open a ledger that exists.

    Raises:
        UnreachableError: there is none in the folder.
        ForeignError: its log is governed by another descriptor.
    """
    _refuse_lost_log(folder)
    used = world or real_world()
    log = LocalLog(folder, used)
    around = LedgerSurroundings(log)
    replica = Replica(folder, log, around, used)
    return Ledger(folder, log, replica, around, used, KeyRing(folder, used))


def create_ledger(folder: Path, world: World | None = None, *, partitions: int = 1) -> Ledger:
    """Make a ledger, or complete one whose making was interrupted: every step is resumable.

    Raises:
        UnreachableError: the folder had a ledger whose log is gone.
    """
    _refuse_lost_log(folder)
    used = world or real_world()
    folder.mkdir(parents=True, exist_ok=True)
    _ensure_operator_key(folder, used)
    ledger_id = fresh_uuid7(used.now_ms(), used.random_bytes(10))
    log = LocalLog.create(folder, used, ledger_id=ledger_id, partitions=partitions)
    around = LedgerSurroundings(log)
    if log.head(0) == 0 or (folder / KEYS).exists():
        SqliteDataKeys.create(folder, master_key=folder / MASTER_KEY, world=used).close()
    replica = Replica(folder, log, around, used)
    ledger = Ledger(folder, log, replica, around, used, KeyRing(folder, used))
    complete_control(ledger)
    return ledger


def complete_control(ledger: Ledger) -> None:
    """Append the control records that a partition lacks: descriptor, schemas, own sources."""
    log, signer = ledger.log, ledger.signer()
    ledger.replica.catch_up()
    for partition in range(log.partitions):
        state = ledger.replica.state(partition)
        values = [] if state.descriptor else [descriptor_value(log, signer)]
        values += [signed_control("schema", schema_body(t), signer) for t in missing_schemas(state)]
        values += [
            signed_control("source", source_body(name, types=["*"]), signer)
            for name in OWN_SOURCES
            if name not in state.sources
        ]
        if values:
            records = to_all_partitions(log, values)
            log.append([record for record in records if record.partition == partition])
    ledger.replica.catch_up()
    if any(ledger.replica.state(p).descriptor is None for p in range(log.partitions)):
        msg = f"ledger '{ledger.folder}' has no valid descriptor; another program wrote its log"
        raise ForeignError(msg)


def open_or_create(folder: Path, world: World | None = None) -> Ledger:
    """Open the ledger in a folder, or make one there."""
    if (folder / "log.db").is_file():
        return open_ledger(folder, world)
    return create_ledger(folder, world)


def _refuse_lost_log(folder: Path) -> None:
    """Never take a ledger whose log is gone for none: a new log in its place would bury it."""
    if (folder / REPLICA).exists() and not (folder / "log.db").exists():
        msg = (
            f"'{folder / 'log.db'}' is not there, though what was derived from it is: this ledger "
            "has lost its record; restore it from a backup with: complaints restore"
        )
        raise UnreachableError(msg)


def _ensure_operator_key(folder: Path, world: World) -> None:
    path = folder / OPERATOR_KEY
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(world.random_bytes(32).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
