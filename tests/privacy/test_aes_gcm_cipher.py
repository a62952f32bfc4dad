"""Properties of sealed values: what opens, what never does, and what two of them tell."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.aes_gcm_sealer import AesGcmCipher
from domain.errors import DamagedError, InputError
from domain.sealing import DataKey, Place
from tests.privacy.surroundings import CANARY, EVENT, STREAM

CIPHER = AesGcmCipher()
KEY = DataKey("6f9619ff8b864d01b42d00cf4fc964ff", STREAM, "narrative", bytes(range(32)))
PLACE = Place(EVENT, STREAM, "narrative")
OTHER_ID = UUID("018f4e2a-7b1c-7d3e-8f40-123456789abd")

texts = st.text(st.characters(exclude_categories=["Cs"]))
secrets = st.binary(min_size=32, max_size=32)
places = st.builds(Place, st.uuids(), st.just(STREAM), st.text("abc_", min_size=1))


@given(texts, secrets, places)
def test_what_is_sealed_opens(text: str, secret: bytes, place: Place) -> None:
    """Opening gives back exactly the text, whatever it is."""
    key = replace(KEY, secret=secret)
    sealed = CIPHER.seal(text, place=place, key=key)
    assert CIPHER.open(sealed, place=place, key=key) == text


@given(texts, secrets, places)
def test_sealing_twice_gives_the_same_bytes(text: str, secret: bytes, place: Place) -> None:
    """A retry appends the same value, so that admission knows it for a duplicate."""
    key = replace(KEY, secret=secret)
    assert CIPHER.seal(text, place=place, key=key) == CIPHER.seal(text, place=place, key=key)


@given(texts, texts, places, places)
def test_no_nonce_serves_two_contents(one: str, other: str, here: Place, there: Place) -> None:
    """AES-GCM breaks if a nonce seals two contents, so event, field and text all decide it."""
    nonces = [CIPHER.seal(t, place=p, key=KEY).nonce for t, p in ((one, here), (other, there))]
    assert (nonces[0] == nonces[1]) == ((one, here) == (other, there))


@pytest.mark.parametrize("name", ["nonce", "ciphertext", "key_commitment", "key_id", "subject"])
def test_every_single_flipped_bit_is_refused(name: str) -> None:
    """Each bit of each part of a sealed value matters."""
    sealed = CIPHER.seal(CANARY, place=PLACE, key=KEY)
    value = getattr(sealed, name)
    raw = value.encode() if isinstance(value, str) else value
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        other = bytes(flipped).decode("latin-1") if isinstance(value, str) else bytes(flipped)
        with pytest.raises(DamagedError):
            CIPHER.open(sealed.model_copy(update={name: other}), place=PLACE, key=KEY)


@pytest.mark.parametrize("name", ["nonce", "ciphertext", "key_commitment"])
@given(st.data())
def test_a_part_cut_short_or_grown_is_refused(name: str, data: st.DataObject) -> None:
    """A part of another length is refused as damage and not as a fault of the library."""
    sealed = CIPHER.seal(CANARY, place=PLACE, key=KEY)
    value: bytes = getattr(sealed, name)
    other = data.draw(
        st.one_of(
            st.integers(0, len(value) - 1).map(lambda n: value[:n]),
            st.binary(min_size=1).map(lambda more: value + more),
        )
    )
    with pytest.raises(DamagedError):
        CIPHER.open(sealed.model_copy(update={name: other}), place=PLACE, key=KEY)


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, event_id=OTHER_ID),
        replace(PLACE, field="message"),
        replace(PLACE, stream_id=str(OTHER_ID)),
    ],
    ids=["event", "field", "stream"],
)
def test_a_moved_value_is_refused(elsewhere: Place) -> None:
    """A sealed value opens only where it was put, even for who holds its key."""
    sealed = CIPHER.seal(CANARY, place=PLACE, key=KEY)
    with pytest.raises(DamagedError):
        CIPHER.open(sealed, place=elsewhere, key=KEY)


def test_a_moved_value_is_refused_even_with_its_owner_renamed() -> None:
    """Renaming subject and key along with the stream does not help: the tag covers the place."""
    sealed = CIPHER.seal(CANARY, place=PLACE, key=KEY)
    stream = str(OTHER_ID)
    with pytest.raises(DamagedError, match="another place"):
        CIPHER.open(
            sealed.model_copy(update={"subject": stream}),
            place=replace(PLACE, stream_id=stream),
            key=replace(KEY, subject=stream),
        )


@given(secrets.filter(lambda secret: secret != KEY.secret))
def test_another_key_is_refused_by_the_commitment(secret: bytes) -> None:
    """A value is committed to one key, so no second key gives it another meaning."""
    sealed = CIPHER.seal(CANARY, place=PLACE, key=KEY)
    with pytest.raises(DamagedError, match="not committed"):
        CIPHER.open(sealed, place=PLACE, key=replace(KEY, secret=secret))


def test_the_key_of_another_stream_does_not_seal() -> None:
    """A key serves one stream, so the nonce need not hold the stream."""
    with pytest.raises(InputError, match="belongs to stream"):
        CIPHER.seal(CANARY, place=replace(PLACE, stream_id=str(OTHER_ID)), key=KEY)


@given(texts, texts)
def test_marks_are_equal_for_equal_texts_only(one: str, other: str) -> None:
    """A mark answers 'same text?' within one key."""
    assert (CIPHER.mark(one, KEY) == CIPHER.mark(other, KEY)) == (one == other)


@given(texts, secrets.filter(lambda secret: secret != KEY.secret))
def test_marks_tell_nothing_across_keys(text: str, secret: bytes) -> None:
    """Template letters of two people have two marks."""
    mark = CIPHER.mark(text, KEY)
    assert mark != CIPHER.mark(text, replace(KEY, secret=secret))
    assert len(mark) == 16


def test_text_that_is_not_unicode_is_refused_without_showing_it() -> None:
    """A lone surrogate has no UTF-8 form, and the codec's own error would hold the whole text."""
    with pytest.raises(InputError, match="lone surrogate") as caught:
        CIPHER.seal(CANARY + "\ud800", place=PLACE, key=KEY)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_subkeys_follow_rfc_5869() -> None:
    """The mark by the standard library alone is the mark by the cipher."""
    extracted = hmac.digest(bytes(32), KEY.secret, hashlib.sha256)
    subkey = hmac.digest(extracted, b"complaints.sealing.mark.v1\x01", hashlib.sha256)
    expected = hmac.digest(subkey, CANARY.encode(), hashlib.sha256)[:16]
    assert CIPHER.mark(CANARY, KEY) == expected
