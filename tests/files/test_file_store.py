from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from adapters.file_store import PARTS, FileStore
from domain.errors import DamagedError, UnreachableError
from domain.ports import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY_MS = 86_400_000


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """An empty store."""
    world = World(now_ms=lambda: 2**41, random_bytes=os.urandom, fault=lambda _name: None)
    return FileStore(tmp_path / "files", world)


def test_a_file_lies_under_the_digest_of_its_bytes(store: FileStore) -> None:
    """Whoever knows the name can prove the content."""
    digest = store.put([b"some ", b"bytes"])
    assert digest == sha256(b"some bytes").hexdigest()
    path = store.folder / digest[:2] / digest[2:]
    assert path.read_bytes() == b"some bytes"
    assert path.stat().st_mode & 0o777 == 0o600
    assert store.has(digest)
    assert list(store.digests()) == [digest]
    assert list((store.folder / PARTS).iterdir()) == []


def test_the_same_bytes_are_kept_once(store: FileStore) -> None:
    """A retry adds nothing."""
    assert store.put([b"same"]) == store.put([b"sa", b"me"])
    assert len(list(store.digests())) == 1


def test_a_source_that_breaks_off_leaves_nothing(store: FileStore) -> None:
    """No name is given to half a file."""

    def broken() -> Iterator[bytes]:
        yield b"half"
        msg = "gone"
        raise ValueError(msg)

    with pytest.raises(ValueError, match="gone"):
        store.put(broken())
    assert list(store.digests()) == []
    assert list((store.folder / PARTS).iterdir()) == []


def test_a_missing_file_is_named(store: FileStore) -> None:
    """The message says which file to restore."""
    digest = "ab" * 32
    assert not store.has(digest)
    with pytest.raises(UnreachableError, match=f"{digest[2:]}' cannot be read"):
        store.prove(digest)


def test_an_altered_file_is_seen_and_mended_by_its_own_bytes(store: FileStore) -> None:
    """A name stands for one content for ever, so putting that again repairs it."""
    digest = store.put([b"some bytes"])
    store.path_of(digest).write_bytes(b"some bytez")
    with pytest.raises(DamagedError, match="its bytes are not those of its name"):
        store.prove(digest)
    store.put([b"some bytes"])
    store.prove(digest)


def test_what_kills_left_goes_after_a_day(store: FileStore) -> None:
    """A part that is written to now stays; one of yesterday has no writer."""
    store.put([b"first"])
    old, young = store.folder / PARTS / "old", store.folder / PARTS / "young"
    for path, age_ms in ((old, DAY_MS + 1000), (young, 1000)):
        path.write_bytes(b"half")
        at = (2**41 - age_ms) / 1000
        os.utime(path, (at, at))
    store.put([b"second"])
    assert not old.exists()
    assert young.exists()


def test_names_of_others_are_not_files_of_ours(store: FileStore) -> None:
    """What somebody else puts into the folder is not listed, and no path leads out of it."""
    digest = store.put([b"ours"])
    (store.folder / digest[:2] / "note.txt").write_text("theirs")
    (store.folder / "ab.txt").write_text("theirs")
    assert list(store.digests()) == [digest]
    assert not store.has("../" * 8 + "etc/passwd")
