from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from tests.faults import child
from tests.faults.child import Kill
from tests.faults.kill_loop import (
    KillLoop,
    contents_of,
    fault_points,
    kind_that_passes,
    live,
    passes_check,
)

if TYPE_CHECKING:
    from pathlib import Path

SEED = int(os.environ.get("KILL_SEED", "20240610"))
"""Another seed places the kills elsewhere: KILL_SEED=7 make kill-loop."""
KILLS = int(os.environ.get("KILLS", "60"))
"""How many kills the long loop places: KILLS=500 make kill-loop."""


def held_to_peace(loop: KillLoop, folder: Path) -> None:
    """Hold a ledger that outlived the loop against one that was never killed."""
    loop.finish()
    passes_check(loop.folder)
    survived = contents_of(loop.folder)
    loop.witness.agrees([])
    assert sorted(loop.witness.admitted()) == list(survived.events)
    assert loop.witness.acknowledged == {event_id for _, _, event_id in survived.events}
    assert survived == loop.without_kills(folder)
    loop.witness.close()


@pytest.mark.slow
def test_kills_at_every_fault_point_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """Whatever was acknowledged before a kill is there once, and digests are those of peace."""
    loop = KillLoop(tmp_path, SEED)
    print(f"KILL_SEED={SEED}")  # noqa: T201  pytest shows it where the test fails
    points = sorted(fault_points())
    loop.draw.shuffle(points)
    for point in points:
        loop.kill_at(point)
    for _ in range(2):
        loop.kill_after(loop.draw.uniform(0.5, 1.2), ["publish", "command", "project"])
    assert set(loop.exercised) == fault_points()
    assert loop.kills >= 12
    (tmp_path / "peace").mkdir()
    held_to_peace(loop, tmp_path / "peace")


@pytest.mark.slow
def test_many_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """The same over many kills, with the whole ledger checked after every one."""
    loop = KillLoop(tmp_path, SEED + 1)
    print(f"KILL_SEED={SEED}")  # noqa: T201  pytest shows it where the test fails
    points = sorted(fault_points())
    while loop.kills < KILLS:
        if loop.draw.random() < 0.7:
            loop.kill_at(loop.draw.choice(points))
        else:
            loop.kill_after(loop.draw.uniform(0.1, 4.0))
        passes_check(loop.folder)
        held = contents_of(loop.folder)
        assert loop.witness.acknowledged <= {event_id for _, _, event_id in held.events}
        known = len(loop.witness.acknowledged)
        print(f"kill {loop.kills} of {KILLS}: {known:,} acknowledged, all there")  # noqa: T201
    (tmp_path / "peace").mkdir()
    held_to_peace(loop, tmp_path / "peace")


def test_every_fault_point_has_a_step_that_passes_it() -> None:
    """A new fault point is named where the loop looks for it."""
    assert all(kind_that_passes(point) for point in fault_points())


@pytest.mark.slow
def test_a_ledger_killed_while_it_is_made_is_completed(tmp_path: Path) -> None:
    """Making a ledger goes on where a kill ended it, however often."""
    print(f"KILL_SEED={SEED}")  # noqa: T201  pytest shows it where the test fails
    draw, killed_at = random.Random(SEED), []
    while True:
        life = live(child.create, tmp_path / "ledger", Kill(None, draw.randint(1, 6)))
        if not life.killed:
            break
        killed_at.append(life.killed_at)
    assert life.ended
    assert killed_at
    assert contents_of(tmp_path / "ledger").events == ()
    passes_check(tmp_path / "ledger")
