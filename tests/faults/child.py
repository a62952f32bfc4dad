"""The process that is killed: it works on a ledger and acknowledges what is durable.

`python -m tests.faults.child FOLDER SEED POINT PASSING` does one round of steps by hand.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from domain.ports import World
from tests.domain.scenario import NOW
from tests.faults.steps import KINDS, Step, perform

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

KEY_BYTES: Final = 32
FOREVER: Final = 2**62


@dataclass(frozen=True, slots=True)
class Kill:
    """Where a process kills itself: at the n-th passing of a fault point."""

    point: str | None
    """None: at whatever point is passed n-th."""
    passing: int


NEVER: Final = Kill(None, FOREVER)


def world_of(fault: Callable[[str], None] = lambda _name: None) -> World:
    """Return a world in which time stands still and secrets are known.

    Two ledgers that were told the same thus hold the same, to the last digest.
    """

    def random_bytes(size: int) -> bytes:
        return b"s" * size if size == KEY_BYTES else os.urandom(size)

    now_ms = int(NOW.timestamp() * 1000)
    return World(now_ms=lambda: now_ms, random_bytes=random_bytes, fault=fault)


def killing(kill: Kill, tell: Callable[[str], None]) -> Callable[[str], None]:
    """Return fault points that kill this process as planned, and say so just before."""
    passed = 0

    def fault(name: str) -> None:
        nonlocal passed
        passed += kill.point in {None, name}
        if passed == kill.passing:
            tell(name)
            os.kill(os.getpid(), signal.SIGKILL)

    return fault


def create(folder: Path, kill: Kill, told: Connection) -> None:
    """Make a ledger, unless killed."""
    from complaints_ledger.ledger import create_ledger  # noqa: PLC0415  heavy: see test_kill_loop

    world = world_of(killing(kill, lambda name: told.send(("killed", name))))
    create_ledger(folder, world).close()
    told.send(("created", ""))


def work(folder: Path, steps: Sequence[Step], kill: Kill, told: Connection) -> None:
    """Do steps, unless killed; tell of every acknowledged event and every step that is done."""
    from complaints_ledger.ledger import open_ledger  # noqa: PLC0415

    world = world_of(killing(kill, lambda name: told.send(("killed", name))))
    with open_ledger(folder, world) as ledger:
        for step in steps:
            perform(ledger, step, lambda event_id: told.send(("event", str(event_id))))
            told.send(("done", step))
    told.send(("end", ""))


class _Printed:
    """A pipe to whoever looks at the terminal."""

    def send(self, said: object) -> None:
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()


def main(arguments: Sequence[str]) -> None:
    """Do one step of each kind on a ledger that exists, killed where the arguments say."""
    folder, seed, point, passing = arguments
    steps = [Step(kind, number, int(seed)) for number, kind in enumerate(KINDS)]
    told: Connection = _Printed()  # type: ignore[assignment]
    work(Path(folder), steps, Kill(point, int(passing)), told)


if __name__ == "__main__":
    main(sys.argv[1:])
