"""The frozen vectors of rules v1 are what the code gives."""

from __future__ import annotations

import pytest

from tests.rules.vectors import FILES, FOLDER, text_of


@pytest.mark.parametrize("name", FILES)
def test_frozen_vectors_are_what_the_code_gives(name: str) -> None:
    """A difference would be a change of the rules; renew by: python -m tests.rules.vectors."""
    assert (FOLDER / name).read_text(encoding="utf-8") == text_of(name)
