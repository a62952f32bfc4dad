"""The process that survives: it starts children, kills them, and believes only acknowledgements.

After each kill a witness, a replica of its own in another folder, judges the log from its
first record; it never looks at what the killed process left of replica and projection.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import random
import re
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from adapters.local_log import LocalLog
from adapters.replica import Replica
from complaints_ledger.checking import check
from complaints_ledger.ledger import create_ledger, open_ledger
from complaints_ledger.projection import Projection
from complaints_ledger.surroundings import LedgerSurroundings
from tests.faults import child
from tests.faults.child import NEVER, Kill, world_of
from tests.faults.steps import KINDS, Kind, Step, perform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

ROOT: Final = Path(__file__).parents[2]
PATIENCE_S: Final = 120.0
"""How long a child may say nothing before the loop calls it stuck."""
PASSES: Final[dict[str, Kind]] = {
    "backup.": "backup",
    "desk.": "command",
    "erasing.": "forget",
    "facts.": "publish",
    "files.": "file",
    "import.": "import",
    "keys.": "publish",
    "keys.destroyed": "forget",
    "log.": "publish",
    "operators.": "rotate",
    "projector.": "project",
    "rebuild.": "rebuild",
    "recorder.": "command",
    "replica.": "publish",
    "restore.": "backup",
}
"""The step that passes the fault points whose names begin so; the longest beginning counts."""
HEAVY: Final[frozenset[Kind]] = frozenset({"import", "project", "rebuild"})
"""Steps that are killed at the first passing already, to keep the loop short."""

PRELOADED: Final = ("tests.faults.child", "fastavro", "eventsourcing.application")
"""What the server that children are forked from has imported: neither polars nor duckdb.

These start threads, and a fork copies their locks and not their threads.
"""
CONTEXT: Final = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(list(PRELOADED))


def fault_points() -> set[str]:
    """Return the fault points that the source code names."""
    found: set[str] = set()
    for package in ("domain", "projections", "adapters", "complaints_ledger"):
        for path in (ROOT / package).rglob("*.py"):
            found |= set(re.findall(r"\bfault\(\s*[\"']([^\"']+)[\"']", path.read_text()))
    return found


def kind_that_passes(point: str) -> Kind:
    """Return the kind of step in which a fault point is passed."""
    return PASSES[max((name for name in PASSES if point.startswith(name)), key=len)]


@dataclass(slots=True)
class Life:
    """What one child said, and how it ended."""

    events: list[str] = field(default_factory=list)
    done: list[Step] = field(default_factory=list)
    killed_at: str | None = None
    ended: bool = False
    exitcode: int | None = None

    @property
    def killed(self) -> bool:
        """Whether it was killed, by itself or by its parent."""
        return self.exitcode == -signal.SIGKILL

    def hear(self, said: tuple[str, object]) -> None:
        """Take one message."""
        word, what = said
        if word == "event":
            self.events.append(str(what))
        elif word == "killed":
            self.killed_at = str(what)
        elif isinstance(what, Step):
            self.done.append(what)
        else:
            self.ended = True


def live(target: Callable[..., None], *arguments: object, after_s: float | None = None) -> Life:
    """Let a child work until it ends or dies; kill it after so many seconds of work, if given."""
    heard, told = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=target, args=(*arguments, told), daemon=True)
    process.start()
    told.close()
    life = Life()
    try:
        _listen(heard, life, process.kill, after_s)
    finally:
        process.kill()
        process.join()
        heard.close()
    life.exitcode = 0 if life.ended else process.exitcode
    return life


def _listen(heard: Connection, life: Life, kill: Callable[[], None], after_s: float | None) -> None:
    deadline = time.monotonic() + (PATIENCE_S if after_s is None else after_s)
    with contextlib.suppress(EOFError):
        while True:
            if after_s is None or time.monotonic() < deadline:
                if heard.poll(max(deadline - time.monotonic(), 0.0)):
                    life.hear(heard.recv())
                elif after_s is None:
                    msg = f"a child was silent for {PATIENCE_S:g} s after {life}"
                    raise AssertionError(msg)
                continue
            kill()
            life.hear(heard.recv())


class Witness:
    """Judges a ledger's log by itself and holds every acknowledgement against it."""

    def __init__(self, ledger: Path, own: Path) -> None:
        own.mkdir()
        self._log = LocalLog(ledger, world_of())
        self._replica = Replica(own, self._log, LedgerSurroundings(self._log), world_of())
        self.acknowledged: set[str] = set()

    def admitted(self) -> list[tuple[str, int, str]]:
        """Return stream, version and id of every admitted event, by position."""
        self._replica.catch_up()
        found: list[tuple[str, int, str]] = []
        ordinals = [place[1] for place in self._replica.places(0, 0, 2**31)]
        for ordinal, (_, stream, version, _, _) in zip(
            ordinals, self._replica.notifications(0, 0, 2**62, limit=2**31), strict=True
        ):
            ids = {at: id_ for id_, at in self._replica.admitted(0, [stream])[stream].items()}
            found.append((stream, version, ids[ordinal]))
        return found

    def agrees(self, events: Sequence[str]) -> None:
        """Nothing acknowledged is lost, nothing is there twice, versions are gapless."""
        self.acknowledged |= set(events)
        admitted = self.admitted()
        ids = [event_id for _, _, event_id in admitted]
        assert len(ids) == len(set(ids)), "an event was admitted twice"
        lost = self.acknowledged - set(ids)
        assert not lost, f"acknowledged and lost: {sorted(lost)}"
        versions: dict[str, int] = {}
        for stream, version, _ in admitted:
            assert version == versions.get(stream, 0) + 1, (stream, version)
            versions[stream] = version

    def close(self) -> None:
        """Let go of the files."""
        self._replica.close()
        self._log.close()


@dataclass(frozen=True, slots=True)
class Contents:
    """What a ledger answers: nothing in it depends on how often the work was interrupted."""

    digest: str
    events: tuple[tuple[str, int, str], ...]
    complaints: tuple[tuple[object, ...], ...]


def passes_check(folder: Path) -> None:
    """Derive a whole ledger again and find no difference."""
    with open_ledger(folder, world_of()) as ledger:
        report = check(ledger, Projection(ledger))
    assert report.ok, report.problems


def contents_of(folder: Path) -> Contents:
    """Return what a ledger answers."""
    with open_ledger(folder, world_of()) as ledger:
        projection = Projection(ledger)
        with projection.questions() as store:
            return Contents(
                str(store.rows("select digest from ledger_status")[0][0]),
                tuple(
                    store.rows(
                        "select stream_id, version, event_id from complaint_events order by all"
                    )
                ),
                tuple(
                    store.rows(
                        "select * exclude (recorded_at, stream_no) from complaints "
                        "order by complaint_id"
                    )
                ),
            )


class KillLoop:
    """Goes through a seeded plan of steps and kills, and remembers which steps were begun."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder / "ledger"
        self.seed = seed
        self.draw = random.Random(seed)
        self.begun: list[Step] = []
        self.exercised: list[str] = []
        self.kills = 0
        create_ledger(self.folder, world_of()).close()
        self.witness = Witness(self.folder, folder / "witness")
        self._undone: list[Step] = []

    def kill_at(self, point: str) -> None:
        """Let children work until one of them dies at this fault point."""
        kind = kind_that_passes(point)
        passing = 1 if kind in HEAVY else self.draw.randint(1, 2)
        news: list[Kind] = ["command"] if kind == "project" else []
        life = self._life([*news, *[kind] * passing], Kill(point, passing))
        assert life.killed, f"fault point '{point}' was not passed in a step of kind '{kind}'"
        assert life.killed_at == point
        self.exercised.append(point)

    def kill_after(self, seconds: float, kinds: Sequence[Kind] = KINDS) -> None:
        """Kill a child from outside after so many seconds, wherever it is then."""
        while not self._life(kinds, NEVER, after_s=seconds).killed:
            seconds /= 2

    def finish(self) -> None:
        """Do what the last kill left undone, and no more."""
        while self._undone:
            assert not self._life([], NEVER).killed

    def _life(self, kinds: Sequence[Kind], kill: Kill, *, after_s: float | None = None) -> Life:
        steps = [*self._undone, *self._fresh(kinds)]
        life = live(child.work, self.folder, steps, kill, after_s=after_s)
        assert life.ended or life.killed, f"a child failed with {life.exitcode} after {life}"
        self.kills += life.killed
        self._undone = steps[len(life.done) :]
        self.witness.agrees(life.events)
        return life

    def _fresh(self, kinds: Sequence[Kind]) -> Iterator[Step]:
        for kind in kinds:
            step = Step(kind, len(self.begun), self.seed)
            self.begun.append(step)
            yield step

    def without_kills(self, folder: Path) -> Contents:
        """Return what a ledger holds that was told the same in peace."""
        with create_ledger(folder / "ledger", world_of()) as ledger:
            for step in self.begun:
                if step.kind not in {"project", "rebuild"}:
                    perform(ledger, step, lambda _event_id: None)
        return contents_of(folder / "ledger")
