"""The operators' keys: who may sign control records, and how their key is changed (RULES 3).

A rotation makes a new key, has it named beside the old one in every partition, and only then
puts it in the place of the old one. Every step is durable before the next begins, and a step
that was done is recognised: who is killed runs the same command again.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.ed25519 import Signer
from adapters.file_lock import FileLock
from complaints_ledger.ledger import OPERATOR_KEY
from complaints_ledger.operations import signed_control
from domain.errors import CommandRefusedError, ConflictError, UnreachableError
from domain.ports import NewRecord
from domain.rules import control

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from complaints_ledger.ledger import Ledger
    from domain.rules.control import Operators

NEXT_KEY: Final = "operator.key.next"
"""The key that is to be used as soon as every partition names it."""
PREVIOUS_KEY: Final = "operator.key.previous"
"""The key that was used before, as long as it is an operator's."""


@dataclass(frozen=True, slots=True)
class OperatorKey:
    """A key that may sign control records."""

    key: str
    in_use: bool
    """Whether this machine signs with it."""
    partitions: int
    """How many partitions name it."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation came to."""

    key: str
    """The public key in use now."""
    previous: str | None
    """The key that was used before and is still an operator's."""
    retired: str | None
    """The key that was used before and is no operator's any more."""
    fresh: bool
    """Whether this run put a new key in use."""


def list_operators(ledger: Ledger) -> list[OperatorKey]:
    """Return every key that may sign control records in some partition."""
    ledger.replica.catch_up()
    used = _public_key(ledger.folder / OPERATOR_KEY)
    named = [_operators(ledger, p).keys for p in range(ledger.log.partitions)]
    return [
        OperatorKey(key.hex(), key == used, sum(key in keys for keys in named))
        for key in sorted({key for keys in named for key in keys})
    ]


def rotate_key(ledger: Ledger, *, retire: bool = False) -> Rotation:
    """Put a new operator key in use, or complete a rotation that was begun.

    As long as the key before is an operator's no further one is made.

    Args:
        ledger: the ledger; its folder holds the key.
        retire: whether the key before is removed from the operators.

    Raises:
        CommandRefusedError: a partition is closed, not begun, or does not name the key in use.
        UnreachableError: the key in use is not in the ledger's folder.
        ConflictError: somebody else changed the operators at the same time.
    """
    with FileLock(ledger.folder / "operator.lock").held():
        ledger.replica.catch_up()
        folder = ledger.folder
        fresh = (folder / NEXT_KEY).exists() or not (folder / PREVIOUS_KEY).exists()
        if fresh:
            _put_in_use(ledger)
        previous = _public_key(folder / PREVIOUS_KEY)
        if previous is None:
            msg = f"operator key '{folder / PREVIOUS_KEY}' cannot be read; restore or remove it"
            raise UnreachableError(msg)
        if retire:
            _retire(ledger, previous)
        key = ledger.signer().public_key.hex()
    before = previous.hex()
    return Rotation(key, None if retire else before, before if retire else None, fresh)


def _put_in_use(ledger: Ledger) -> None:
    folder, world = ledger.folder, ledger.world
    used = ledger.signer()
    if not (folder / NEXT_KEY).exists():
        _refuse_unless_possible(ledger, used.public_key)
        _write_durably(folder / NEXT_KEY, world.random_bytes(32).hex() + "\n")
        world.fault("operators.made")
    made = _public_key(folder / NEXT_KEY)
    if made is None:
        msg = f"operator key '{folder / NEXT_KEY}' cannot be read; remove it and rotate again"
        raise UnreachableError(msg)
    _change(ledger, used, lambda keys: keys | {made})
    world.fault("operators.named")
    with contextlib.suppress(FileExistsError):
        os.link(folder / OPERATOR_KEY, folder / PREVIOUS_KEY)
    _flush_folder(folder)
    world.fault("operators.kept")
    (folder / NEXT_KEY).replace(folder / OPERATOR_KEY)
    _flush_folder(folder)
    world.fault("operators.used")


def _retire(ledger: Ledger, previous: bytes) -> None:
    _change(ledger, ledger.signer(), lambda keys: keys - {previous})
    ledger.world.fault("operators.retired")
    (ledger.folder / PREVIOUS_KEY).unlink()
    _flush_folder(ledger.folder)


def _change(
    ledger: Ledger, signer: Signer, wanted: Callable[[frozenset[bytes]], frozenset[bytes]]
) -> None:
    """Append the next set of operators to every partition that has another one."""
    records: list[NewRecord] = []
    aims: dict[int, frozenset[bytes]] = {}
    for partition in range(ledger.log.partitions):
        present = _operators(ledger, partition)
        aims[partition] = wanted(frozenset(present.keys))
        if aims[partition] != frozenset(present.keys):
            found = control.Operators(tuple(sorted(aims[partition])), present.serial + 1)
            value = signed_control("operators", found.body(), signer)
            records.append(NewRecord(partition, control.KEY, value))
    if not records:
        return
    _refuse_unless_possible(ledger, signer.public_key)
    ledger.log.append(records)
    ledger.replica.catch_up()
    for partition, keys in aims.items():
        if frozenset(_operators(ledger, partition).keys) != keys:
            msg = (
                f"partition {partition} did not take the new operators; somebody else changed "
                "them at the same time; run the command again"
            )
            raise ConflictError(msg)


def _refuse_unless_possible(ledger: Ledger, used: bytes) -> None:
    """Refuse before anything is written if a partition would not take the record."""
    obstacles: list[str] = []
    for partition in range(ledger.log.partitions):
        state = ledger.replica.state(partition)
        if state.closed:
            obstacles.append(f"partition {partition} is closed; the ledger's successor has its own")
        elif state.operators is None:
            obstacles.append(f"partition {partition} is not begun; run first: complaints init")
        elif used not in state.operators.keys:
            obstacles.append(
                f"partition {partition} does not name the key in '{OPERATOR_KEY}'; restore the one "
                "that complaints operators list shows"
            )
    if obstacles:
        subject = "operators"
        raise CommandRefusedError(subject, tuple(obstacles))


def _operators(ledger: Ledger, partition: int) -> Operators:
    return ledger.replica.state(partition).operators or control.Operators(())


def _public_key(path: Path) -> bytes | None:
    """Return the public key of a key file, or None if there is none that can be read."""
    try:
        return Signer(bytes.fromhex(path.read_text().strip())).public_key
    except (OSError, ValueError):
        return None


def _write_durably(path: Path, text: str) -> None:
    """Write a file that nobody else may read; it is there whole or not at all."""
    begun = path.with_name(path.name + ".begun")
    begun.unlink(missing_ok=True)
    descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    begun.replace(path)
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
