"""Keeps a ledger busy for half an hour and shows whether anything grows that should not.

`make soak` publishes, decides, asks and takes snapshots at a steady pace beside a process that
follows; every ten seconds it notes memory, latencies and bytes per record. At the end it prints
what each figure is and how it moves per hour (least squares over the second half, when caches
are warm), and draws them as one SVG.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.chart import Panel, chart
from benchmarks.run import folder, later_facts, timed
from complaints_ledger.desk import ComplaintsApplication
from complaints_ledger.ledger import create_ledger
from complaints_ledger.projection import Projection
from complaints_ledger.publishing import append_facts
from complaints_ledger.sources import register_source
from domain.complaint.commands import COMMANDS
from domain.identity import derived_event_id, derived_stream_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from complaints_ledger.ledger import Ledger

TICK = 0.5
SAMPLE = 10.0
PER_STORY = 6
LATENCIES = ("publish", "command", "append to SQL", "queue", "history", "status")
QUESTIONS = {
    "queue": "select * from queues order by due_at nulls last limit 20",
    "history": "select * from complaint_events where stream_id = $stream order by version",
    "status": "select * from ledger_status",
}


@dataclass
class Series:
    """Samples of the figures, one list each, by the seconds at which they were taken."""

    at: list[float] = field(default_factory=list)
    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def slope_per_hour(self, name: str) -> float:
        """Return how a figure moves per hour, relative to its mean, over the second half."""
        half = len(self.at) // 2
        times, values = self.at[half:], self.values[name][half:]
        mean = statistics.fmean(values)
        return statistics.linear_regression(times, values).slope * 3600 / mean if mean else 0.0


class Load:
    """One client that does everything in turn, so that the pace is the same throughout."""

    def __init__(self, ledger: Ledger, rate: int) -> None:
        self._ledger = ledger
        self._projection = Projection(ledger)
        self._desk = ComplaintsApplication(ledger)
        self._stories = max(1, int(rate * TICK) // PER_STORY)
        self._turn = 0
        self.taken: dict[str, list[float]] = defaultdict(list)

    def tick(self) -> None:
        """Publish some stories, decide one thing, and ask what came of it."""
        facts = later_facts(self._turn * self._stories, self._stories)
        began = time.perf_counter()
        self.taken["publish"].append(timed(lambda: append_facts(self._ledger, facts)))
        self._ask("select count(*) from complaint_events")
        self.taken["append to SQL"].append(time.perf_counter() - began)
        self.taken["command"].append(timed(self._command))
        name = tuple(QUESTIONS)[self._turn % len(QUESTIONS)]
        stream = {"stream": facts[0].stream_id} if name == "history" else None
        self.taken[name].append(timed(lambda: self._ask(QUESTIONS[name], stream)))
        self._turn += 1

    def _ask(self, sql: str, parameters: dict[str, Any] | None = None) -> None:
        with self._projection.asked() as questions:
            questions.rows(sql, parameters)

    def _command(self) -> None:
        log = next(spec for spec in COMMANDS if spec.name == "log")
        name = f"soak {self._turn}"
        command = log.model(
            command_id=derived_event_id("soak", name),
            stream_id=derived_stream_id("soak", name),
            reference=f"S-{self._turn}",
            received_on=date(2026, 2, 1),
            occurred_on=date(2026, 2, 1),
            channel="web",
            actor="svc-soak",
            actor_role="handler",
            source="complaints-desk",
            now=time.time(),
        )
        self._desk.handle(log, command)


@contextmanager
def following(place: Path) -> Iterator[int]:
    """Run `complaints project --follow` with a snapshot a minute; give out its process id."""
    command = ["project", "--follow", "--snapshot-every", "1", "--quiet", "--ledger", str(place)]
    process = subprocess.Popen([sys.executable, "-m", "complaints_ledger", *command])
    try:
        yield process.pid
        if process.poll() is not None:
            msg = f"the follower ended with {process.returncode}"
            raise RuntimeError(msg)
    finally:
        process.terminate()
        process.wait(timeout=60)


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def bytes_of(pattern: str, place: Path) -> int:
    """Return the bytes of files, as they are on disk."""
    return sum(path.stat().st_size for path in place.glob(pattern))


def soak(ledger: Ledger, *, minutes: float, rate: int) -> Series:
    """Load the ledger for so long and return the samples."""
    series = Series()
    load = Load(ledger, rate)
    start = time.monotonic()
    ends, sampled = start + minutes * 60, start
    with following(ledger.folder) as pid:
        turn = 0
        while (now := time.monotonic()) < ends:
            load.tick()
            # On a slow machine not everything has had its turn yet: the sample waits for it.
            if now - sampled >= SAMPLE and all(load.taken[name] for name in LATENCIES):
                sampled = now
                _sample(series, load, ledger, pid, now - start)
            turn += 1
            time.sleep(max(0.0, start + turn * TICK - time.monotonic()))
    return series


def _sample(series: Series, load: Load, ledger: Ledger, pid: int, at: float) -> None:
    records = sum(ledger.log.head(p) for p in range(ledger.log.partitions))
    series.at.append(at)
    series.values["memory of the follower, MB"].append(resident_mb(pid))
    series.values["memory of the client, MB"].append(resident_mb(os.getpid()))
    series.values["log, bytes per record"].append(bytes_of("log.db*", ledger.folder) / records)
    tables = bytes_of("projection/g*/*", ledger.folder)
    series.values["projection, bytes per record"].append(tables / records)
    for name in LATENCIES:
        series.values[f"{name}, p50 ms"].append(statistics.median(load.taken[name]) * 1000)
        series.values[f"{name}, p99 ms"].append(_p99(load.taken[name]) * 1000)
    load.taken.clear()


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * 0.99))]


def panels(series: Series) -> list[Panel]:
    """Return what the chart shows."""
    made: Callable[[str, str], Panel] = lambda title, ending: Panel(  # noqa: E731
        title, {k.partition(",")[0]: v for k, v in series.values.items() if k.endswith(ending)}
    )
    return [
        made("memory, MB", ", MB"),
        made("latency p50, ms", ", p50 ms"),
        made("latency p99, ms", ", p99 ms"),
        made("bytes per record on disk", ", bytes per record"),
    ]


def main() -> None:
    """Run the soak, print the figures and write the chart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=int, default=120, help="facts per second")
    parser.add_argument("--out", type=Path, default=Path("soak.svg"))
    arguments = parser.parse_args()
    with folder() as place, create_ledger(place / "ledger") as ledger:
        register_source(ledger, "bench")
        series = soak(ledger, minutes=arguments.minutes, rate=arguments.rate)
        records = sum(ledger.log.head(p) for p in range(ledger.log.partitions))
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    title = f"{arguments.minutes:g} minutes, {records:,} records, {arguments.rate} facts/s"
    print(f"{title}; {machine}, load {os.getloadavg()[0]:.1f}")
    for name, values in series.values.items():
        half = values[len(values) // 2 :]
        slope = series.slope_per_hour(name)
        print(f"  {name:32} median {statistics.median(half):9.1f}   {slope:+8.1%} per hour")
    arguments.out.write_text(chart(title, series.at, panels(series)), encoding="utf-8")
    print(f"chart: {arguments.out}")


if __name__ == "__main__":
    main()
