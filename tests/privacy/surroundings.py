"""What the tests of privacy stand on: a seeded world, keys in memory, events with a canary."""

from __future__ import annotations

import random
from datetime import date
from itertools import count
from typing import TYPE_CHECKING
from uuid import UUID

from adapters.aes_gcm_sealer import AesGcmCipher
from adapters.key_store import SqliteDataKeys
from domain.complaint.events import ComplaintReceived
from domain.errors import KeyDestroyedError
from domain.personal import Plaintext
from domain.ports import World
from domain.sealing import DataKey, Sealer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

CANARY = "Wilhelmina Quackenbush of 7 Canary Row"
EVENT = UUID("018f4e2a-7b1c-7d3e-8f40-123456789abc")
OPENED: list[SqliteDataKeys] = []
"""Key stores that a test opened; closed when it ends."""

STREAM = "7c9e6679-7425-8de4-944b-e07fc1f90ae7"


def a_world(seed: int = 0, *, fault: Callable[[str], None] = lambda _place: None) -> World:
    """Return a world whose time and chance follow from a seed."""
    ticks = count(1_700_000_000_000)
    return World(
        now_ms=lambda: next(ticks), random_bytes=random.Random(seed).randbytes, fault=fault
    )


def a_key_store(folder: Path, *, seed: int = 0) -> SqliteDataKeys:
    """Return a key store in a folder, made there if there is none."""
    store = SqliteDataKeys.create(folder, master_key=folder / "master.key", world=a_world(seed))
    OPENED.append(store)
    return store


class InMemoryDataKeys:
    """Keeps data keys in a dictionary and counts how often it is asked for several."""

    def __init__(self, seed: int = 0) -> None:
        self.asked = 0
        self._draw = random.Random(seed).randbytes
        self._keys: dict[tuple[str, str], DataKey] = {}
        self._destroyed: dict[str, tuple[str, str]] = {}

    def key_for(self, subjects_and_classes: Sequence[tuple[str, str]]) -> list[DataKey]:
        """Return the key of each pair; absent ones are made."""
        self.asked += 1
        gone = [pair for pair in subjects_and_classes if pair in self._destroyed.values()]
        if gone:
            raise KeyDestroyedError(tuple(gone))
        for pair in subjects_and_classes:
            if pair not in self._keys:
                key_id = UUID(bytes=self._draw(16), version=4).hex
                self._keys[pair] = DataKey(key_id, *pair, secret=self._draw(32))
        return [self._keys[pair] for pair in subjects_and_classes]

    def find(self, key_id: str) -> DataKey | None:
        """Return a key by its id."""
        if key_id in self._destroyed:
            raise KeyDestroyedError((self._destroyed[key_id],))
        return next((key for key in self._keys.values() if key.key_id == key_id), None)

    def destroy(self, key_ids: Sequence[str]) -> None:
        """Forget keys for good."""
        for pair, key in list(self._keys.items()):
            if key.key_id in key_ids:
                self._destroyed[key.key_id] = pair
                del self._keys[pair]

    def close(self) -> None:
        """Hold nothing open."""


def a_sealer(seed: int = 0) -> Sealer:
    """Return a sealer whose keys are in memory."""
    return Sealer(InMemoryDataKeys(seed), AesGcmCipher())


def received(
    *,
    event_id: UUID = EVENT,
    stream_id: str = STREAM,
    name: str | None = None,
    narrative: str | None = None,
) -> ComplaintReceived:
    """Return the receipt of a complaint with the personal data given."""
    return ComplaintReceived(
        event_id=event_id,
        stream_id=stream_id,
        occurred_on=date(2024, 3, 4),
        received_on=date(2024, 3, 4),
        actor="agent-7",
        actor_role="intake_agent",
        source="branch",
        complainant_name=None if name is None else Plaintext(name),
        narrative=None if narrative is None else Plaintext(narrative),
    )
