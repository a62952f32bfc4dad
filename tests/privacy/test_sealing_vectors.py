"""The frozen bytes of sealed fields, which an implementation in any language must give."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest

from adapters.aes_gcm_sealer import AesGcmCipher
from domain.errors import DamagedError
from domain.personal import Sealed
from domain.sealing import DataKey, Place

PATH = Path(__file__).parent.parent.parent / "schemas/vectors/sealing.json"
VECTORS = json.loads(PATH.read_text(encoding="utf-8"))

Vector = dict[str, str]


def _key(vector: Vector) -> DataKey:
    secret = bytes.fromhex(vector["data_key"])
    return DataKey(vector["key_id"], vector["stream_id"], "narrative", secret)


def _place(vector: Vector) -> Place:
    return Place(UUID(vector["event_id"]), vector["stream_id"], vector["field"])


def _sealed(vector: Vector) -> Sealed:
    return Sealed(
        subject=vector["stream_id"],
        key_id=vector["key_id"],
        nonce=bytes.fromhex(vector["nonce"]),
        ciphertext=bytes.fromhex(vector["ciphertext"]),
        key_commitment=bytes.fromhex(vector["key_commitment"]),
    )


@pytest.mark.parametrize("vector", VECTORS["sealed"], ids=lambda vector: vector["name"])
def test_sealing_gives_the_frozen_bytes(vector: Vector) -> None:
    """What is sealed today is the same bytes as on the day that the vectors were frozen."""
    cipher = AesGcmCipher()
    sealed = cipher.seal(vector["plaintext"], place=_place(vector), key=_key(vector))
    assert sealed == _sealed(vector)
    assert cipher.mark(vector["plaintext"], _key(vector)).hex() == vector["mark"]


@pytest.mark.parametrize("vector", VECTORS["sealed"], ids=lambda vector: vector["name"])
def test_frozen_bytes_open_to_their_text(vector: Vector) -> None:
    """What was sealed by another implementation opens here."""
    opened = AesGcmCipher().open(_sealed(vector), place=_place(vector), key=_key(vector))
    assert opened == vector["plaintext"]


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["name"])
def test_listed_forgeries_stay_shut(vector: Vector) -> None:
    """Every value that the vectors call refused is refused."""
    with pytest.raises(DamagedError, match="nothing was opened"):
        AesGcmCipher().open(_sealed(vector), place=_place(vector), key=_key(vector))
