"""Sealing of whole files, chunk by chunk, so that a film of hours needs a few megabytes.

The bytes are defined in docs/reference/sealing.md. Nothing is drawn at random: a file sealed
twice for one subject and class is the same bytes, so it is stored once and a retry finds it.
"""

from __future__ import annotations

import contextlib
import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from domain.errors import DamagedError, InputError
from domain.sealing import framed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.sealing import DataKey

CHUNK: Final = 1 << 20
"""Plaintext bytes of every chunk but the last, which has fewer or as many."""
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
MAGIC: Final = b"CLF1"
FILE_ID_BYTES: Final = 32
HEAD_BYTES: Final = len(MAGIC) + FILE_ID_BYTES + KEY_BYTES

ENCRYPTION: Final = b"complaints.sealing.file.v1"
NONCE: Final = b"complaints.sealing.file.nonce.v1"
COMMITMENT: Final = b"complaints.sealing.file.commitment.v1"
"""HKDF info strings: one subkey for each use, none of them one of a sealed field."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the first of two readings of a file found."""

    size: int
    chunks: int
    file_id: bytes
    """Keyed digest of the subject and all chunks: the file's own synthetic nonce."""


class _Subkeys:
    __slots__ = ("_encryption", "commitment", "nonce")

    def __init__(self, key: DataKey) -> None:
        extracted = HKDF.extract(SHA256(), None, key.secret)

        def of(info: bytes) -> bytes:
            return HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=info).derive(extracted)

        self._encryption, self.nonce, self.commitment = of(ENCRYPTION), of(NONCE), of(COMMITMENT)

    def cipher(self) -> AESGCM:
        return AESGCM(self._encryption)


class AesGcmFiles:
    """Seals and opens files; holds nothing, so one serves every thread."""

    def measure(self, source: BinaryIO, *, key: DataKey) -> Measured:
        """Read a file for the first time: sealing needs to know all of it before it begins."""
        ids = _file_id(_Subkeys(key), key)
        size = chunks = 0
        for chunk in _chunks(source):
            ids.update(sha256(chunk).digest())
            size, chunks = size + len(chunk), chunks + 1
        return Measured(size, chunks, ids.digest())

    def sealed(self, source: BinaryIO, measured: Measured, *, key: DataKey) -> Iterator[bytes]:
        """Yield the sealed bytes of a file that was measured, from its begin.

        Raises:
            InputError: the file is not what was measured; what was yielded is worth nothing.
        """
        subkeys = _Subkeys(key)
        cipher, ids = subkeys.cipher(), _file_id(subkeys, key)
        head = MAGIC + measured.file_id + _commitment(subkeys, measured.file_id)
        yield head
        number = 0
        for number, chunk in enumerate(_chunks(source), 1):
            digest = sha256(chunk).digest()
            ids.update(digest)
            place = _place(head, key, number, last=number == measured.chunks)
            nonce = _nonce(subkeys, place, digest)
            yield nonce
            yield cipher.encrypt(nonce, chunk, place)
        if number != measured.chunks or ids.digest() != measured.file_id:
            msg = "the file changed while it was read; give it again when nobody writes to it"
            raise InputError(msg)

    def opened(self, source: BinaryIO, *, key: DataKey) -> Iterator[bytes]:
        """Yield the plaintext of a sealed file; whoever keeps it waits for the end.

        Raises:
            DamagedError: it was sealed under another key, or altered, cut or put together anew.
        """
        subkeys = _Subkeys(key)
        cipher, ids = subkeys.cipher(), _file_id(subkeys, key)
        head = _filled(source, HEAD_BYTES)
        file_id, committed = head[len(MAGIC) : -KEY_BYTES], head[-KEY_BYTES:]
        if len(head) < HEAD_BYTES or not head.startswith(MAGIC):
            raise _refused(why="has no head of a sealed file")
        if not hmac.compare_digest(_commitment(subkeys, file_id), committed):
            raise _refused(why=f"is not committed to data key '{key.key_id}'")
        following = _filled(source, NONCE_BYTES + CHUNK + TAG_BYTES)
        number, last = 0, False
        while not last:
            piece, number = following, number + 1
            following = _filled(source, NONCE_BYTES + CHUNK + TAG_BYTES)
            last = not following
            place, nonce = _place(head, key, number, last=last), piece[:NONCE_BYTES]
            chunk = _decrypted(cipher, piece, place)
            digest = b"" if chunk is None else sha256(chunk).digest()
            if chunk is None or not hmac.compare_digest(_nonce(subkeys, place, digest), nonce):
                raise _refused(why=f"was altered, cut or put together anew at chunk {number}")
            ids.update(digest)
            yield chunk
        if not hmac.compare_digest(ids.digest(), file_id):
            raise _refused(why="has a head that is not the digest of its content")


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    """Yield all chunks from the begin; a file without a byte has one, which is empty."""
    source.seek(0)
    chunk = _filled(source, CHUNK)
    yield chunk
    while len(chunk) == CHUNK:
        chunk = _filled(source, CHUNK)
        if chunk:
            yield chunk


def _filled(source: BinaryIO, size: int) -> bytes:
    """Read `size` bytes, or what is left."""
    found = source.read(size)
    while found and len(found) < size and (more := source.read(size - len(found))):
        found += more
    return found


def _file_id(subkeys: _Subkeys, key: DataKey) -> hmac.HMAC:
    return hmac.new(subkeys.nonce, framed(b"file", key.subject.encode()), "sha256")


def _commitment(subkeys: _Subkeys, file_id: bytes) -> bytes:
    return hmac.digest(subkeys.commitment, file_id, "sha256")


def _place(head: bytes, key: DataKey, number: int, *, last: bool) -> bytes:
    """Return what a chunk is bound to: its file, subject and key, its number, and the end."""
    names = (key.subject.encode(), key.data_class.encode(), key.key_id.encode())
    return framed(head, *names, number.to_bytes(8, "big"), b"\x01" if last else b"\x00")


def _nonce(subkeys: _Subkeys, place: bytes, chunk_digest: bytes) -> bytes:
    return hmac.digest(subkeys.nonce, framed(b"chunk", place, chunk_digest), "sha256")[:NONCE_BYTES]


def _decrypted(cipher: AESGCM, piece: bytes, place: bytes) -> bytes | None:
    with contextlib.suppress(InvalidTag, ValueError):
        return cipher.decrypt(piece[:NONCE_BYTES], piece[NONCE_BYTES:], place)
    return None


def _refused(*, why: str) -> DamagedError:
    msg = f"the sealed file {why}; nothing was opened, restore it and the key store from a backup"
    return DamagedError(msg)
