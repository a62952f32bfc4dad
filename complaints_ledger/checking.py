"""The check: admission and every read model derived again from the log, and compared."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from projections.registry import READ_MODELS

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.duckdb_store import DuckStore
    from complaints_ledger.ledger import Ledger
    from complaints_ledger.projection import Projection
    from complaints_ledger.projector import Progress

PAGE = 10_000
_EVENT_KEY = "partition, position"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found."""

    ok: bool
    records: int
    accepted: int
    digest: str
    problems: list[str]


def check(
    ledger: Ledger,
    projection: Projection,
    tell: Callable[[Progress], None] = lambda _progress: None,
) -> CheckReport:
    """Derive verdicts, events and read models anew from the log and compare them with what is kept.

    Entry hashes are proved by reading the log. The first difference of each kind is named.

    Raises:
        DamagedError: the log itself is damaged; nothing else is worth comparing then.
    """
    problems: list[str] = []
    with projection.beside(tell) as (live, path):
        live.attach(path, "anew")
        for table, key in (("events", _EVENT_KEY), ("record_verdicts", "partition, ordinal")):
            problems += _differences(live, table, key, skip=("stream_no",))
        for model in READ_MODELS:
            problems += _differences(live, model.name, ", ".join(model.key), skip=("stream_no",))
            problems += _stale_digest(live, model.name)
        problems += _books(live)
        total = live.rows("select coalesce(sum(records), 0) from projection_state")[0][0]
        accepted = live.rows("select count(*) from record_verdicts where outcome = 'accepted'")[0][
            0
        ]
        found = "select name || ' ' || digest from model_digests order by name"
        lines = "\n".join(row[0] for row in live.rows(found))
    problems += _replica(ledger)
    return CheckReport(
        not problems, int(total), int(accepted), sha256(lines.encode()).hexdigest(), problems
    )


def _differences(store: DuckStore, table: str, key: str, *, skip: tuple[str, ...]) -> list[str]:
    columns = _columns(store, table, skip)
    sides = (("kept", "anew.", ""), ("derived from the log", "", "anew."))
    problems: list[str] = []
    for _, other, one in sides:
        sql = (
            f"select {key} from (select {columns} from {one}{table} except all "
            f"select {columns} from {other}{table}) order by all limit 1"
        )
        found = store.rows(sql)
        if found:
            place = " ".join(f"{k}={v}" for k, v in zip(key.split(", "), found[0], strict=True))
            what = (
                "is in the log but not kept so"
                if one
                else "is kept but does not follow from the log"
            )
            problems.append(f"table '{table}': row {place} {what}; run: complaints rebuild")
            break
    return problems


def _columns(store: DuckStore, table: str, skip: tuple[str, ...]) -> str:
    sql = (
        "select column_name from information_schema.columns where table_name = $table "
        "and table_catalog = current_catalog() order by ordinal_position"
    )
    names = [row[0] for row in store.rows(sql, {"table": table})]
    return ", ".join(f'"{name}"' for name in names if name not in skip)


def _stale_digest(store: DuckStore, name: str) -> list[str]:
    sql = "select a.digest, b.digest from model_digests as a, anew.model_digests as b where a.name = b.name and a.name = $name"
    found = store.rows(sql, {"name": name})
    if found and found[0][0] == found[0][1]:
        return []
    return [
        f"table '{name}': the digest kept at its commits is not that of the log; run: complaints rebuild"
    ]


def _books(store: DuckStore) -> list[str]:
    sql = (
        "select s.partition, s.records, count(v.ordinal) from projection_state as s "
        "left join record_verdicts as v on v.partition = s.partition group by 1, 2 "
        "having s.records <> count(v.ordinal)"
    )
    return [
        f"partition {partition}: {records} records but {verdicts} verdicts; run: complaints rebuild"
        for partition, records, verdicts in store.rows(sql)
    ]


def _replica(ledger: Ledger) -> list[str]:
    """Compare every event of the replica with its record in the log."""
    ledger.replica.catch_up()
    for partition in range(ledger.log.partitions):
        after = 0
        while page := ledger.replica.places(partition, after, PAGE):
            first, last = min(o for _, o, _ in page), max(o for _, o, _ in page)
            logged = ledger.log.read(partition, first, last - first + 1)
            for position, ordinal, value in page:
                if logged[ordinal - first].value != value:
                    found = (
                        f"replica: event at partition {partition}, position {position} is not what "
                        "the log holds; move replica.db away: it is made anew"
                    )
                    return [found]
            after = page[-1][0]
    return []
