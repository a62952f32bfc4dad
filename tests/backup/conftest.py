"""A ledger that is worth a backup, for each test of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.backup.vault import WORDS
from tests.files.filing_cabinet import a_ledger, attach, log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from complaints_ledger.ledger import Ledger


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A file to put on record."""
    path = tmp_path / "photo.png"
    path.write_bytes(b"what the photo shows" * 500)
    return path


@pytest.fixture
def ledger(tmp_path: Path, given: Path) -> Iterator[Ledger]:
    """A ledger of two partitions with a complaint, sealed words and a sealed file."""
    with a_ledger(tmp_path / "ledger", partitions=2) as made:
        log(made, "C-17", narrative=WORDS)
        attach(made, "C-17", given)
        yield made
