"""References that people read aloud: short, without letters that look alike, and self-checking.

A reference is drawn, not counted, so nobody needs to ask anybody before giving one, and a gap
between two says nothing. That none is missing is shown by positions and counts instead.

`K7Q4-9MX2-5`: eight characters of Crockford's base 32 (0-9 and A-Z without I, L, O and U), of
which at least one is a digit, and a check character. The check finds every single wrong
character and every swap of two neighbours: it is the value modulo 37, a prime, and values
with a remainder over 31 are not given out.
"""

from __future__ import annotations

import re
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHARACTERS: Final = 8
BITS: Final = 5 * CHARACTERS
BYTES: Final = 8
"""Randomness that a reference is drawn from."""
_SHAPE: Final = re.compile("[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]")
_HEARD: Final = str.maketrans("OILU", "011V")
"""What is heard or read for another character."""


def drawn(random: bytes) -> str:
    """Return a reference from random bytes: of each eight, the first value that can be given.

    Raises:
        ValueError: none of the values that the bytes give can be.
    """
    seed = int.from_bytes(random, "big")
    for shift in range(8 * len(random) - BITS + 1):
        value = (seed >> shift) % (1 << BITS)
        text = _text(value)
        if value % 37 < len(ALPHABET) and any(character.isdigit() for character in text):
            return f"{text[:4]}-{text[4:]}-{ALPHABET[value % 37]}"
    msg = "no reference can be drawn from these bytes; draw others"
    raise ValueError(msg)


def normal(typed: str) -> str:
    """Return a reference as it was given out, from how somebody typed or heard it."""
    bare = re.sub("[ -]", "", typed.upper())
    if len(bare) != CHARACTERS + 1 or not bare.isalnum() or not bare.isascii():
        return typed
    heard = bare.translate(_HEARD)
    return f"{heard[:4]}-{heard[4:8]}-{heard[8]}"


def is_mistyped(typed: str) -> bool:
    """Whether something looks like a reference of this kind and its check says that it is none."""
    reference = normal(typed)
    if _SHAPE.fullmatch(reference) is None:
        return False
    bare = reference.replace("-", "")
    if not set(bare) <= set(ALPHABET):
        return True
    value = 0
    for character in bare[:CHARACTERS]:
        value = value * 32 + ALPHABET.index(character)
    return value % 37 != ALPHABET.index(bare[CHARACTERS])


def _text(value: int) -> str:
    return "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(CHARACTERS)))
