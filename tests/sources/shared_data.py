"""Real extracts that are not part of the project: a test that needs one skips where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACES = (ROOT / "shared" / "data", ROOT.parent / "shared" / "data")


def shared(name: str) -> Path:
    """Return where a real file stands, or skip the test and say which file it lacks."""
    for place in PLACES:
        if (place / name).exists():
            return place / name
    pytest.skip(f"did not run: needs shared/data/{name} beside the project")
