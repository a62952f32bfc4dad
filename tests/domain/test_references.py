"""References that people read aloud: one wrong character never names another complaint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.opaque import is_opaque
from domain.references import ALPHABET, drawn, is_mistyped, normal
from tests.examples import examples

RANDOM = st.binary(min_size=16, max_size=16).filter(lambda raw: len(set(raw)) > 3)


@examples(20)
@given(random=RANDOM)
def test_what_is_drawn_is_whole_and_opaque(random: bytes) -> None:
    """Its own check holds, it is an opaque id, and the same bytes give the same."""
    reference = drawn(random)
    assert not is_mistyped(reference)
    assert is_opaque(reference)
    assert len(reference) == 11
    assert drawn(random) == reference


@examples(10)
@given(random=RANDOM, place=st.integers(0, 8), other=st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(random: bytes, place: int, other: str) -> None:
    """Whichever it is and whatever is typed instead."""
    bare = drawn(random).replace("-", "")
    wrong = bare[:place] + other + bare[place + 1 :]
    assert is_mistyped(wrong) == (wrong != bare)


@examples(10)
@given(random=RANDOM, place=st.integers(0, 6))
def test_two_neighbours_that_changed_places_are_found(random: bytes, place: int) -> None:
    """As happens when somebody reads it aloud."""
    bare = drawn(random).replace("-", "")
    swapped = bare[:place] + bare[place + 1] + bare[place] + bare[place + 2 :]
    assert is_mistyped(swapped) == (swapped != bare)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("k7q4 9mx2 5", "K7Q4-9MX2-5"),
        ("K7Q49MX25", "K7Q4-9MX2-5"),
        ("oiL4-9mx2-5", "0114-9MX2-5"),
        ("C-17", "C-17"),
        ("INC-2024-118", "INC-2024-118"),
    ],
)
def test_it_is_understood_as_it_is_said(typed: str, meant: str) -> None:
    """Case, spaces and letters that look alike make no difference; other names stay as they are."""
    assert normal(typed) == meant


def test_bytes_that_give_nothing_are_said_to() -> None:
    """Nothing is drawn from bytes without any chance of a digit."""
    with pytest.raises(ValueError, match="draw others"):
        drawn(b"\xff" * 5)
