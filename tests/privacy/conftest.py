"""Fixtures of the tests of privacy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.privacy.surroundings import OPENED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def key_stores_closed(tmp_path: Path) -> Iterator[None]:  # noqa: ARG001  it goes after us
    """No test leaves a connection open."""
    yield
    while OPENED:
        OPENED.pop().close()
