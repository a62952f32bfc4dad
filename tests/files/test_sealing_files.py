from __future__ import annotations

import io
import random
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from adapters.aes_gcm_files import CHUNK, HEAD_BYTES, NONCE_BYTES, TAG_BYTES, AesGcmFiles
from domain.errors import DamagedError, InputError
from domain.sealing import DataKey

KEY = DataKey("1f" * 16, "7c9e6679-7425-8de4-944b-e07fc1f90ae7", "narrative", b"k" * 32)
OTHER = DataKey("2f" * 16, "7c9e6679-7425-8de4-944b-e07fc1f90ae8", "narrative", b"o" * 32)
STORED = NONCE_BYTES + CHUNK + TAG_BYTES
"""Bytes of a whole chunk in a sealed file."""
ROOT = Path(__file__).parents[2]


def content(size: int, seed: int = 1) -> bytes:
    """Return bytes that no two chunks share."""
    return random.Random(seed).randbytes(size)


def sealed(plain: bytes, key: DataKey = KEY) -> bytes:
    """Return a file sealed."""
    files, source = AesGcmFiles(), io.BytesIO(plain)
    return b"".join(files.sealed(source, files.measure(source, key=key), key=key))


def opened(stored: bytes, key: DataKey = KEY) -> bytes:
    """Return a sealed file opened."""
    return b"".join(AesGcmFiles().opened(io.BytesIO(stored), key=key))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 77])
def test_what_was_sealed_is_opened(size: int) -> None:
    """A file of any length comes back byte for byte."""
    plain = content(size)
    stored = sealed(plain)
    chunks = max(-(-size // CHUNK), 1)
    assert len(stored) == HEAD_BYTES + size + chunks * (NONCE_BYTES + TAG_BYTES)
    assert opened(stored) == plain
    assert AesGcmFiles().measure(io.BytesIO(plain), key=KEY).size == size


def test_the_same_file_is_the_same_bytes_under_one_key_only() -> None:
    """A retry finds what it sealed before; two complaints with one file are not linked."""
    plain = content(CHUNK + 5)
    assert sealed(plain) == sealed(plain)
    assert sealed(plain)[4:] != sealed(plain, OTHER)[4:]
    assert plain[:64] not in sealed(plain)


def test_the_sealed_bytes_are_those_of_the_reference() -> None:
    """An implementation in another language compares with this value (docs/reference/sealing.md)."""
    known = "91e4ad69fadce43265cdc82be0a0b1f7ba37cfd280a25cf2cc339ecaaa10b6b8"
    assert sha256(sealed(b"words")).hexdigest() == known


def test_no_nonce_serves_two_chunks() -> None:
    """Chunks that are equal, and files that differ in one byte, never share a nonce."""
    zeros = bytes(3 * CHUNK)
    files = (sealed(zeros), sealed(zeros[:-1] + b"\1"))
    nonces = [
        stored[HEAD_BYTES + at * STORED :][:NONCE_BYTES] for stored in files for at in range(3)
    ]
    assert len(set(nonces)) == 6


@pytest.mark.parametrize(
    "at", [0, 4, 40, HEAD_BYTES, HEAD_BYTES + 11, HEAD_BYTES + 12, HEAD_BYTES + STORED, -17, -1]
)
def test_a_flipped_bit_is_seen(at: int) -> None:
    """Head, nonce, ciphertext and tag of every chunk are held to the key."""
    stored = bytearray(sealed(content(CHUNK + 50)))
    stored[at] ^= 1
    with pytest.raises(DamagedError, match="the sealed file"):
        opened(bytes(stored))


@pytest.mark.parametrize("left", [0, 30, HEAD_BYTES, HEAD_BYTES + STORED, HEAD_BYTES + STORED + 9])
def test_a_file_that_was_cut_is_seen(left: int) -> None:
    """The last chunk says that it is the last, so an end at a chunk's end is no end."""
    with pytest.raises(DamagedError):
        opened(sealed(content(2 * CHUNK))[:left])


def test_chunks_in_another_order_or_of_another_file_are_seen() -> None:
    """A chunk opens in its own file, in its own place, once."""
    first, second = sealed(content(3 * CHUNK)), sealed(content(3 * CHUNK, seed=2))
    head, one, two, three = (
        first[:HEAD_BYTES],
        *(first[HEAD_BYTES + at * STORED :][:STORED] for at in range(3)),
    )
    alien = second[HEAD_BYTES + STORED :][:STORED]
    for parts in ((two, one, three), (one, alien, three), (one, two, two, three), (one, three)):
        with pytest.raises(DamagedError):
            opened(b"".join((head, *parts)))
    assert opened(b"".join((head, one, two, three))) == content(3 * CHUNK)


def test_another_key_opens_nothing() -> None:
    """The commitment is compared before anything is decrypted."""
    with pytest.raises(DamagedError, match="is not committed to data key"):
        opened(sealed(b"words"), OTHER)


@pytest.mark.parametrize("changed", [b"other word", b"words and more", b"w", content(CHUNK)])
def test_a_file_that_changes_meanwhile_is_refused(changed: bytes) -> None:
    """What is sealed is what was measured, or nothing."""
    files = AesGcmFiles()
    measured = files.measure(io.BytesIO(b"some words"), key=KEY)
    with pytest.raises(InputError, match="changed while it was read"):
        list(files.sealed(io.BytesIO(changed), measured, key=KEY))


MEASURED = """
import resource, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from adapters.aes_gcm_files import AesGcmFiles
from adapters.file_store import FileStore
from domain.ports import World
from domain.sealing import DataKey
import os

key = DataKey("1f" * 16, "stream-1", "narrative", b"k" * 32)
store = FileStore(Path({folder!r}) / "files", World(lambda: 0, os.urandom, lambda _: None))
files = AesGcmFiles()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open({given!r}, "rb") as source:
    digest = store.put(files.sealed(source, files.measure(source, key=key), key=key))
store.prove(digest)
with store.opened(digest) as source:
    size = sum(len(chunk) for chunk in files.opened(source, key=key))
print(size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
def test_a_large_file_needs_little_memory(tmp_path: Path) -> None:
    """300 MB are sealed, kept, proved and opened in less than 64 MB."""
    given = tmp_path / "film"
    with given.open("wb") as film:
        film.truncate(300 * CHUNK)
    code = MEASURED.format(root=str(ROOT), folder=str(tmp_path), given=str(given))
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT
    )
    size, kilobytes = map(int, done.stdout.split())
    assert size == 300 * CHUNK
    assert kilobytes < 64 * 1024
