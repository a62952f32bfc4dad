"""AES-256-GCM sealing with a synthetic nonce and key commitment, by `cryptography`.

The bytes are defined in docs/reference/sealing.md and frozen in schemas/vectors/sealing.json.
Nothing here draws randomness: the nonce is a keyed digest, so the same event sealed twice is
the same bytes, and a retry appends what the first attempt did.
"""

from __future__ import annotations

import contextlib
import hmac
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from domain.errors import DamagedError, InputError
from domain.personal import Sealed
from domain.sealing import framed

if TYPE_CHECKING:
    from domain.sealing import DataKey, Place

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
MARK_BYTES: Final = 16

ENCRYPTION: Final = b"complaints.sealing.encryption.v1"
NONCE: Final = b"complaints.sealing.nonce.v1"
COMMITMENT: Final = b"complaints.sealing.commitment.v1"
MARK: Final = b"complaints.sealing.mark.v1"
"""HKDF info strings: one subkey for each use, so that no use tells anything of another."""

COMMITMENT_LABEL: Final = b"complaints.commitment.v1"


class AesGcmCipher:
    """Seals and opens personal fields; holds nothing, so one serves every thread."""

    def seal(self, text: str, *, place: Place, key: DataKey) -> Sealed:
        """Return the text sealed for its place; the same arguments give the same bytes.

        Raises:
            InputError: the text is not Unicode, or the key is that of another stream.
        """
        if key.subject != place.stream_id:
            msg = (
                f"data key '{key.key_id}' belongs to stream '{key.subject}' and seals nothing "
                f"of stream '{place.stream_id}'; ask for the key of that stream"
            )
            raise InputError(msg)
        plaintext = _utf8(text, place.field)
        subkeys = _Subkeys(key.secret)
        nonce = _nonce(subkeys, place, plaintext)
        return Sealed(
            subject=key.subject,
            key_id=key.key_id,
            nonce=nonce,
            ciphertext=AESGCM(subkeys.of(ENCRYPTION)).encrypt(
                nonce, plaintext, _associated_data(place, key)
            ),
            key_commitment=_commitment(subkeys, nonce),
        )

    def open(self, sealed: Sealed, *, place: Place, key: DataKey) -> str:
        """Return the text of a sealed value; the commitment is verified before anything else.

        Raises:
            DamagedError: it was sealed under another key, for another place, or altered.
        """
        subkeys = _Subkeys(key.secret)
        committed = _commitment(subkeys, sealed.nonce)
        if not hmac.compare_digest(committed, sealed.key_commitment):
            raise _refused(place, f"is not committed to data key '{key.key_id}'")
        if sealed.key_id != key.key_id or {sealed.subject, key.subject} != {place.stream_id}:
            raise _refused(place, f"and data key '{key.key_id}' are not of one subject and stream")
        plaintext = _decrypted(subkeys, sealed, _associated_data(place, key))
        if plaintext is None:
            raise _refused(place, "was sealed for another place, or its ciphertext was altered")
        if not hmac.compare_digest(_nonce(subkeys, place, plaintext), sealed.nonce):
            raise _refused(place, "has a nonce that is not the digest of its content")
        with contextlib.suppress(UnicodeDecodeError):
            return plaintext.decode()
        raise _refused(place, "does not hold UTF-8 text")

    def mark(self, text: str, key: DataKey) -> bytes:
        """Return 16 bytes that are equal for equal texts under one key, and say nothing else.

        Raises:
            InputError: the text is not Unicode.
        """
        subkey = _Subkeys(key.secret).of(MARK)
        return hmac.digest(subkey, _utf8(text, "mark"), "sha256")[:MARK_BYTES]


class _Subkeys:
    """The subkeys of a data key; the extraction of HKDF is done once for all of them."""

    __slots__ = ("_extracted",)

    def __init__(self, secret: bytes) -> None:
        self._extracted = HKDF.extract(SHA256(), None, secret)

    def of(self, info: bytes) -> bytes:
        return HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=info).derive(self._extracted)


def _nonce(subkeys: _Subkeys, place: Place, plaintext: bytes) -> bytes:
    message = framed(str(place.event_id).encode(), place.field.encode(), plaintext)
    return hmac.digest(subkeys.of(NONCE), message, "sha256")[:NONCE_BYTES]


def _associated_data(place: Place, key: DataKey) -> bytes:
    parts = (str(place.event_id), place.stream_id, place.field, key.key_id)
    return framed(*(part.encode() for part in parts))


def _commitment(subkeys: _Subkeys, nonce: bytes) -> bytes:
    return hmac.digest(subkeys.of(COMMITMENT), COMMITMENT_LABEL + nonce, "sha256")


def _decrypted(subkeys: _Subkeys, sealed: Sealed, associated_data: bytes) -> bytes | None:
    cipher = AESGCM(subkeys.of(ENCRYPTION))
    with contextlib.suppress(InvalidTag, ValueError):
        return cipher.decrypt(sealed.nonce, sealed.ciphertext, associated_data)
    return None


def _utf8(text: str, field: str) -> bytes:
    # Raised outside the handler: the codec's error holds the whole text and would travel along.
    with contextlib.suppress(UnicodeEncodeError):
        return text.encode()
    msg = f"the text of field '{field}' has a lone surrogate, which is not Unicode; mend it"
    raise InputError(msg)


def _refused(place: Place, why: str) -> DamagedError:
    msg = (
        f"sealed field '{place.field}' of event '{place.event_id}' {why}; nothing was opened, "
        "compare the event and the key store with their backups"
    )
    return DamagedError(msg)
