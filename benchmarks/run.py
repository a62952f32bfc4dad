"""Measures the ledger against the bare step beneath each figure, in one run on one machine.

`make bench` prints one table; `--events N` and `--seed S` change size and data. The bare
steps are what no ledger could do without: SQLite commits, Avro decoding, an Arrow insert.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import resource
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from adapters.avro_codec import FastavroDecoder, encode_event, schema_text
from complaints_ledger.checking import check
from complaints_ledger.desk import ComplaintsApplication
from complaints_ledger.importing import import_cfpb
from complaints_ledger.ledger import Ledger, create_ledger
from complaints_ledger.projection import Projection
from complaints_ledger.projector import Projector
from complaints_ledger.publishing import append_facts
from complaints_ledger.sources import register_source
from domain.complaint.commands import COMMANDS
from domain.complaint.events import (
    ComplaintAcknowledged,
    ComplaintAssigned,
    ComplaintClosed,
    ComplaintReceived,
    DecisionMade,
    InitialAssessmentMade,
)
from domain.identity import derived_event_id, derived_stream_id
from domain.rules.decoding import decoding_schema
from domain.rules.set_decoding import decode_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from domain.event import Event

SAMPLE = Path(__file__).parents[1] / "complaints_ledger" / "sample" / "cfpb_sample.csv.gz"
STEPS = 5
"""Events in a complaint's story here: received, acknowledged, assessed, assigned, decided, closed less one."""


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    ours: str
    bare: str
    ratio: str


def histories(events: int, seed: int) -> Iterator[Event]:
    """Yield facts of made-up complaints, stream by stream, from a seed."""
    rng = random.Random(seed)
    for number in range(events // (STEPS + 1) + 1):
        stream = derived_stream_id("bench", str(number))
        day = date(2026, 1, 1) + timedelta(days=rng.randrange(300))
        common = {
            "stream_id": stream,
            "occurred_on": day,
            "actor": "svc-bench",
            "actor_role": "service",
            "source": "bench",
        }

        def made(
            kind: type[Event], *, n: int = number, c: dict = common, **values: object
        ) -> Event:
            return kind(event_id=derived_event_id("bench", str(n), kind.__name__), **c, **values)

        yield made(
            ComplaintReceived,
            reference=f"B-{number}",
            received_on=day,
            product=rng.choice(["loan", "card", "account"]),
            channel=rng.choice(["web", "phone", "post"]),
        )
        yield made(ComplaintAcknowledged, medium="web")
        yield made(InitialAssessmentMade, severity=rng.randrange(1, 6), safety=False)
        yield made(ComplaintAssigned, owner=f"agent-{rng.randrange(20)}")
        yield made(DecisionMade, outcome=rng.choice(["upheld", "not_upheld"]))
        yield made(ComplaintClosed, closure_basis="accepted")


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that some work took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextmanager
def folder() -> Iterator[Path]:
    """Give out an empty folder on the disk of this checkout, never on a RAM disk."""
    path = Path(tempfile.mkdtemp(dir=Path(__file__).parents[1], prefix=".bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path)


def per_second(count: int, seconds: float) -> str:
    """Return a rate."""
    return f"{count / seconds:,.0f}/s"


def bench_publish(ledger: Ledger, facts: list[Event], place: Path) -> Figure:
    """Publish facts: seal, encode, append, judge; beside SQLite inserting the same bytes."""
    ours = 0.0
    for start in range(0, len(facts), 5_000):
        batch = facts[start : start + 5_000]
        ours += timed(lambda batch=batch: append_facts(ledger, batch))
    values = [(f.stream_id.encode(), encode_event(f)) for f in facts]
    connection = sqlite3.connect(place / "bare.db", isolation_level=None)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    connection.execute("create table t (k blob, v blob)")

    def insert() -> None:
        for start in range(0, len(values), 5_000):
            connection.execute("begin")
            connection.executemany("insert into t values (?, ?)", values[start : start + 5_000])
            connection.execute("commit")

    bare = timed(insert)
    return Figure(
        "publish facts (durable, judged)",
        per_second(len(facts), ours),
        f"{per_second(len(facts), bare)} SQLite insert",
        f"{ours / bare:.1f} x",
    )


def bench_import(place: Path) -> Figure:
    """Import the sample; beside reading its CSV."""
    with create_ledger(place / "import") as ledger:
        seconds = timed(lambda: import_cfpb(ledger, SAMPLE))
    rows = pl.read_csv(SAMPLE).height
    bare = timed(lambda: pl.read_csv(SAMPLE))
    return Figure(
        "import CFPB rows (sealed, judged)",
        per_second(rows, seconds),
        f"{per_second(rows, bare)} polars.read_csv",
        f"{seconds / bare:.0f} x",
    )


def bench_decode(facts: list[Event]) -> Figure:
    """Decode in set form, guards included; beside fastavro record by record."""
    received = [encode_event(f)[10:] for f in facts if isinstance(f, ComplaintReceived)]
    text = schema_text(ComplaintReceived)
    decode_set(text, received[:100], mark=b"8 bytes!")
    ours = timed(lambda: decode_set(text, received, mark=b"8 bytes!"))
    import json  # noqa: PLC0415

    decoder, decoding = FastavroDecoder(), decoding_schema(json.loads(text))
    bare = timed(lambda: [decoder.decode(decoding, body) for body in received])
    return Figure(
        "decode ComplaintReceived (set form)",
        per_second(len(received), ours),
        f"{per_second(len(received), bare)} row form",
        f"{ours / bare:.2f} x",
    )


def bench_project(ledger: Ledger, events: int) -> list[Figure]:
    """Project, rebuild and check; beside an Arrow insert of the same events."""
    projection = Projection(ledger)
    project = timed(projection.catch_up)
    rebuild = timed(projection.rebuild)
    checked = timed(lambda: check(ledger, projection))
    with projection.questions() as store:
        table = store.frame("select * from events").to_arrow()
    bare_db = duckdb.connect()
    bare_db.register("arrow_events", table)
    bare = timed(lambda: bare_db.execute("create table t as select * from arrow_events"))
    beside = f"{per_second(events, bare)} Arrow insert"
    return [
        Figure(
            "project (judge, events, read models)",
            per_second(events, project),
            beside,
            f"{project / bare:.1f} x",
        ),
        Figure("rebuild", per_second(events, rebuild), beside, f"{rebuild / bare:.1f} x"),
        Figure(
            "check (all derived again, compared)",
            per_second(events, checked),
            beside,
            f"{checked / bare:.1f} x",
        ),
        bench_check_since(ledger, projection, checked),
        bench_tick(ledger, projection),
    ]


def later_facts(first: int, streams: int) -> list[Event]:
    """Return the stories of complaints that the ledger does not know yet."""
    numbers = range(first, first + streams)
    return [
        fact.model_copy(
            update={
                "stream_id": derived_stream_id("bench", f"later {number}"),
                "event_id": derived_event_id("bench", f"later {number}", str(place)),
            }
        )
        for number in numbers
        for place, fact in enumerate(islice(histories(STEPS, number), STEPS + 1))
    ]


def bench_check_since(ledger: Ledger, projection: Projection, whole: float) -> Figure:
    """Check again after some new records; beside the check of everything."""
    new = later_facts(0, 10_000 // (STEPS + 1))
    for start in range(0, len(new), 5_000):
        append_facts(ledger, new[start : start + 5_000])
    projection.catch_up()
    seconds = timed(lambda: check(ledger, projection))
    return Figure(
        f"check after {len(new):,} new records",
        f"{seconds:.2f} s",
        f"{whole:.2f} s check of all",
        f"{seconds / whole:.2f} x",
    )


def bench_tick(ledger: Ledger, projection: Projection, count: int = 40) -> Figure:
    """From append to SQL, one complaint's facts at a time; beside the append alone."""
    appended, seen = [], []
    with projection.writing() as store:
        projector = Projector(store, ledger.log, around=ledger.around, world=ledger.world)
        for number in range(count):
            facts = later_facts(1_000_000 + number, 1)
            appended.append(timed(lambda facts=facts: append_facts(ledger, facts)))
            seen.append(appended[-1] + timed(projector.catch_up))
    return Figure(
        "append to SQL, p50 / p99",
        f"{_ms(seen, 50)} / {_ms(seen, 99)}",
        f"{_ms(appended, 50)} / {_ms(appended, 99)} append",
        f"{statistics.median(seen) / statistics.median(appended):.0f} x",
    )


class Counter(Aggregate):
    """The least that the library can store."""

    @event("Counted")
    def count(self) -> None:
        """Count once."""


def bench_command(ledger: Ledger, place: Path, count: int) -> Figure:
    """Handle commands to their verdict; beside `eventsourcing.sqlite` with the same durability."""
    specs = {spec.name: spec for spec in COMMANDS}
    application = ComplaintsApplication(ledger)
    log = specs["log"]
    stream = derived_stream_id("bench", "commands")
    now = time.time_ns() // 1000
    common: dict[str, Any] = {
        "stream_id": stream,
        "actor": "svc-bench",
        "actor_role": "handler",
        "source": "complaints-desk",
        "occurred_on": date(2026, 2, 1),
        "now": now / 1e6,
    }
    application.handle(
        log,
        log.model(
            command_id=derived_event_id("bench", "first"),
            reference="B-C1",
            received_on=date(2026, 2, 1),
            channel="web",
            **common,
        ),
    )
    ours = _own_commands(application, common, count)
    bare = _bare_commands(place, count)
    return Figure(
        "command to verdict, p50 / p99",
        f"{_ms(ours, 50)} / {_ms(ours, 99)}",
        f"{_ms(bare, 50)} / {_ms(bare, 99)} eventsourcing.sqlite",
        f"{statistics.median(ours) / statistics.median(bare):.1f} x",
    )


def _own_commands(
    application: ComplaintsApplication, common: dict[str, Any], count: int
) -> list[float]:
    specs = {spec.name: spec for spec in COMMANDS}
    log, raise_attention = specs["log"], specs["raise-attention"]
    ours = []
    for number in range(count):
        if number % 20 == 0:
            stream = derived_stream_id("bench", f"commands {number}")
            common["stream_id"] = stream
            application.handle(
                log,
                log.model(
                    command_id=derived_event_id("bench", "log", str(number)),
                    reference=f"B-C{number}-1",
                    received_on=date(2026, 2, 1),
                    channel="web",
                    **common,
                ),
            )
        command = raise_attention.model(
            command_id=derived_event_id("bench", "raise", str(number)), level=1, **common
        )
        ours.append(timed(lambda command=command: application.handle(raise_attention, command)))
    return ours


def _bare_commands(place: Path, count: int) -> list[float]:
    library: Application[UUID] = Application(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(place / "library.db"),
        }
    )
    found = []
    for number in range(count):
        if number % 20 == 0:
            counter = Counter()
            library.save(counter)
        start = time.perf_counter()
        loaded: Counter = library.repository.get(counter.id)
        loaded.count()
        library.save(loaded)
        found.append(time.perf_counter() - start)
    return found


def _ms(seconds: list[float], percentile: int) -> str:
    return f"{statistics.quantiles(seconds, n=100)[percentile - 1] * 1000:.2f} ms"


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--commands", type=int, default=400)
    arguments = parser.parse_args()
    facts = list(histories(arguments.events, arguments.seed))
    with folder() as place, create_ledger(place / "ledger") as ledger:
        register_source(ledger, "bench")
        figures = [
            bench_publish(ledger, facts, place),
            *bench_project(ledger, len(facts)),
            bench_decode(facts),
            bench_command(ledger, place, arguments.commands),
            bench_import(place),
        ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures.append(
        Figure("peak memory of this run", f"{peak:,.0f} MB", f"{len(facts):,} events", "")
    )
    widths = [max(len(getattr(f, n)) for f in figures) for n in ("what", "ours", "bare", "ratio")]
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    print(f"seed {arguments.seed}, {len(facts):,} events, {machine}, load {os.getloadavg()[0]:.1f}")
    for f in figures:
        cells = (f.what, f.ours, f.bare, f.ratio)
        print("  ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)).rstrip())
    sys.stdout.flush()


if __name__ == "__main__":
    main()
