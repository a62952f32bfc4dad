"""What every test stands on: a clean environment and property tests without a stopwatch."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent.parent

# A shared machine stalls at any moment, so no example has a deadline; CI draws the same
# examples at every run, a laptop looks for new ones.
settings.register_profile("laptop", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "laptop")


@pytest.fixture
def repository() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(autouse=True)
def no_ledger_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds, reads or writes the ledger that the shell's environment names."""
    for name in tuple(os.environ):
        if name.startswith("COMPLAINTS_"):
            monkeypatch.delenv(name)
