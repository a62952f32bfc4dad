"""The check: admission and every read model derived again from the log, and compared."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from complaints_ledger import checked
from complaints_ledger.checking_since import derived_since
from complaints_ledger.comparing import books, compared_relations, differences, stale_digest
from complaints_ledger.filing import check_files, store_of
from complaints_ledger.read_model_tables import digest_of
from domain.errors import ForeignError
from domain.rules.record import entry_hash
from projections.event_tables import event_tables, union_sql
from projections.registry import READ_MODELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapters.duckdb_store import DuckStore
    from complaints_ledger.checked import Checked
    from complaints_ledger.ledger import Ledger
    from complaints_ledger.projection import Projection
    from complaints_ledger.projector import Progress

PAGE = 10_000
_FILES_SINCE = (
    "select e.file_digest, s.stream_id, e.event_id from ("
    + union_sql(
        ("stream_no", "position", "event_id", "file_digest"),
        lambda table: table.full_name,
        (table for table in event_tables() if "file_digest" in dict(table.columns)),
    )
    + ") as e inner join streams as s on e.stream_no = s.stream_no "
    "where s.partition = $partition and e.position > $after order by e.position"
)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found."""

    ok: bool
    records: int
    accepted: int
    digest: str
    problems: list[str]
    checked: int
    """Records that were proved now; the others were by an earlier check that passed."""


def check(
    ledger: Ledger,
    projection: Projection,
    tell: Callable[[Progress], None] = lambda _progress: None,
    *,
    full: bool = False,
) -> CheckReport:
    """Derive verdicts, events and read models anew from the log and compare them with what is kept.

    Entry hashes are proved by reading the log. The first difference of each kind is named, and
    every file that is missing or altered.

    Args:
        ledger: what is checked.
        projection: its tables.
        tell: called after each batch.
        full: from the start; otherwise only what came after the last check that passed.

    Raises:
        DamagedError: the log itself is damaged; nothing else is worth comparing then.
        ForeignError: the log is not the one that was checked last.
    """
    known = None if full else checked.read(ledger.folder, str(ledger.log.ledger_id))
    if known is not None:
        _same_log(ledger, known)
    beside = _since(ledger, projection, known) if known else _whole(ledger, projection, tell)
    with beside as (live, anew):
        problems = _compared(live, known, anew)
        total = live.rows("select coalesce(sum(records), 0) from projection_state")[0][0]
        problems += _files(ledger, live, known)
        accepted = live.rows("select coalesce(sum(position), 0) from projection_state")[0][0]
        digest = digest_of(live)
    proved = int(total) - (sum(s.next_ordinal for s in known.states.values()) if known else 0)
    problems += _replica(ledger, known)
    if not problems:
        checked.keep(ledger.folder, anew)
    return CheckReport(not problems, int(total), int(accepted), digest, problems, proved)


@contextmanager
def _whole(
    ledger: Ledger, projection: Projection, tell: Callable[[Progress], None]
) -> Iterator[tuple[DuckStore, Checked]]:
    with projection.beside(tell) as (live, path):
        live.attach(path, "anew")
        yield live, checked.of_store(live, str(ledger.log.ledger_id), "anew.")


@contextmanager
def _since(
    ledger: Ledger, projection: Projection, known: Checked
) -> Iterator[tuple[DuckStore, Checked]]:
    with projection.writing() as live, derived_since(ledger, live, known) as path:
        live.attach(path, "anew")
        yield live, checked.of_store(live, str(ledger.log.ledger_id), "anew.")


def _same_log(ledger: Ledger, known: Checked) -> None:
    for partition, state in known.states.items():
        last = ledger.log.read(partition, state.next_ordinal - 1, 1) if state.next_ordinal else []
        whole = not state.next_ordinal or (
            len(last) == 1
            and entry_hash(last[0], ledger.log.ledger_id).hex() == state.last_entry_hash
        )
        if not whole:
            msg = (
                f"the log is not the one that was checked last: record {state.next_ordinal - 1} of "
                f"partition {partition} was altered or is gone; restore the log from a backup"
            )
            raise ForeignError(msg)


def _compared(live: DuckStore, known: Checked | None, anew: Checked) -> list[str]:
    problems = [
        problem for each in compared_relations(live, known) for problem in differences(live, each)
    ]
    for model in READ_MODELS:
        problems += stale_digest(live, model.name, anew.digests)
    return problems + books(live)


def _replica(ledger: Ledger, known: Checked | None) -> list[str]:
    """Compare the replica's events with their records in the log."""
    ledger.replica.catch_up()
    for partition in range(ledger.log.partitions):
        after = known.position(partition) if known else 0
        while page := ledger.replica.places(partition, after, PAGE):
            first, last = min(o for _, o, _ in page), max(o for _, o, _ in page)
            logged = ledger.log.read(partition, first, last - first + 1)
            for position, ordinal, value in page:
                if logged.values[ordinal - first] != value:
                    found = (
                        f"replica: event at partition {partition}, position {position} is altered: "
                        "it is not what the log holds; move replica.db away: it is made anew"
                    )
                    return [found]
            after = page[-1][0]
    return []


def _files(ledger: Ledger, live: DuckStore, known: Checked | None) -> list[str]:
    """Prove the files that events name which no earlier check has seen."""
    named = [
        row
        for partition in range(ledger.log.partitions)
        for row in live.frame(
            _FILES_SINCE,
            {"partition": partition, "after": known.position(partition) if known else 0},
        ).iter_rows(named=True)
    ]
    return check_files(store_of(ledger), named).problems if named else []
