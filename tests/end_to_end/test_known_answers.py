from __future__ import annotations

import csv
import json
import random
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import pytest

from complaints_ledger.importing import import_cfpb
from complaints_ledger.ledger import create_ledger, open_ledger
from complaints_ledger.projection import Projection
from tests.end_to_end.cfpb_answers import TWICE, by_csv, by_sql, counted, records_of, table_of
from tests.sources.shared_data import ROOT, shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from adapters.duckdb_store import DuckStore

SHIPPED: Final = ROOT / "complaints_ledger" / "sample" / "cfpb_sample.csv.gz"
SEED: Final = 20240610
REPORTED: Final = {
    "Date received": "date_received",
    "Date sent to company": "date_sent",
    "Company": "company",
    "Company response to consumer": "response",
    "Timely response?": "timely",
    "Company public response": "public_response",
    "Consumer consent provided?": "consent",
}
"""Column of the snapshots: column of `cfpb_reports`."""


@contextmanager
def ledger_of(folder: Path, *extracts: Path) -> Iterator[DuckStore]:
    """Import extracts into a ledger, one after the other, and give it out for questions."""
    with create_ledger(folder) as ledger:
        projection = Projection(ledger)
        for extract in extracts:
            import_cfpb(ledger, extract)
        with projection.questions() as store:
            yield store


def imported(folder: Path, extract: Path) -> tuple[int, int, int, int]:
    """Import an extract once more and return rows, unchanged, set aside and events."""
    with open_ledger(folder) as ledger:
        report = import_cfpb(ledger, extract)
    assert report.rows == report.imported + report.unchanged + report.set_aside
    return report.rows, report.unchanged, report.set_aside, report.events


def write_table(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    """Write an extract as the csv module does and return where."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def rendered_otherwise(path: Path, other: Path, *, seed: int) -> Path:
    """Write an extract with CRLF, every cell quoted and its columns in another order."""
    header, rows = table_of(path)
    order = list(range(len(header)))
    random.Random(seed).shuffle(order)
    with other.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        writer.writerows([row[at] for at in order] for row in [header, *rows])
    return other


@pytest.fixture(scope="module", params=["shipped", pytest.param("shared", marks=pytest.mark.slow)])
def extract(request: pytest.FixtureRequest) -> Path:
    """The sample that the project ships, and the whole one where it is at hand."""
    return SHIPPED if request.param == "shipped" else shared("cfpb_sample.csv.gz")


@pytest.fixture(scope="module")
def folder(extract: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger into which the extract was imported once."""
    folder = tmp_path_factory.mktemp("known") / "ledger"
    with ledger_of(folder, extract):
        return folder


def test_sql_gives_what_the_csv_module_finds(extract: Path, folder: Path) -> None:
    """Every known answer comes out of `complaints` and `cfpb_rows` exactly."""
    with open_ledger(folder) as ledger, Projection(ledger).questions() as store:
        answers = by_sql(store)
        for name, asked in TWICE.items():
            assert counted(store, *asked, limit=10 if "top10" in name else 10_000) == answers[name]
    assert answers == by_csv(extract)
    if extract != SHIPPED:
        assert answers == json.loads(shared("cfpb_sample.expected.json").read_text())


def test_the_same_rows_again_add_nothing(extract: Path, folder: Path, tmp_path: Path) -> None:
    """Neither the same file nor another rendering of it changes anything."""
    rows = len(table_of(extract)[1])
    assert imported(folder, extract) == (rows, rows, 0, 0)
    other = rendered_otherwise(extract, tmp_path / "other.csv", seed=SEED)
    assert imported(folder, other) == (rows, rows, 0, 0), f"seed {SEED}"


def reports_by_csv(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return each complaint's distinct states by the date of the extract, by the csv module."""
    seen: dict[str, list[dict[str, str]]] = {}
    for row in records_of(path):
        seen.setdefault(row["Complaint ID"], []).append(row)
    reports: dict[str, list[tuple[Any, ...]]] = {}
    for number, rows in seen.items():
        states = reports.setdefault(number, [])
        for row in sorted(rows, key=lambda row: row["extract_date_approx"]):
            state = tuple(row[name] for name in REPORTED)
            if not states or states[-1][1:] != state:
                states.append((row["extract_date_approx"], *state))
    return reports


def reports_by_sql(store: DuckStore) -> dict[str, list[tuple[Any, ...]]]:
    """Return each complaint's reports in the order of the extracts, by SQL."""
    columns = ", ".join(f"coalesce({name}::varchar, '')" for name in REPORTED.values())
    sql = (
        f"select cfpb_complaint_id, as_of_on::varchar, {columns} from cfpb_reports "
        "order by complaint_id, seq"
    )
    reports: dict[str, list[tuple[Any, ...]]] = {}
    for number, *state in store.rows(sql):
        reports.setdefault(number, []).append(tuple(state))
    return reports


def changes_of(reports: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[list[str]]]:
    """Return which columns each later report changed."""
    names = list(REPORTED.values())
    return {
        number: [
            [name for name, was, now in zip(names, one[1:], two[1:], strict=True) if was != now]
            for one, two in pairwise(states)
        ]
        for number, states in reports.items()
    }


def state_of(store: DuckStore) -> list[tuple[Any, ...]]:
    """Return what holds of each complaint now."""
    names = ", ".join(f"c.{name}" for name in ("response", "timely", "is_open", "closure_basis"))
    return store.rows(
        f"select r.cfpb_complaint_id, {names}, r.public_response, r.consent, r.company, "
        "r.date_sent from cfpb_rows as r "
        "inner join complaints as c on r.complaint_id = c.complaint_id order by 1"
    )


def test_snapshots_give_177_histories_in_the_order_of_the_extracts(tmp_path: Path) -> None:
    """What each extract changed is what a reading of the file by hand finds."""
    path = shared("cfpb_snapshots_dev.csv")
    expected = reports_by_csv(path)
    assert len(expected) == 177
    with ledger_of(tmp_path / "ledger", path) as store:
        found = reports_by_sql(store)
        assert found == expected
        changed = {
            number: [sorted(later) for later in told[1:]]
            for number, told in _changed(store).items()
        }
        assert changed == {
            number: [sorted(names) for names in told]
            for number, told in changes_of(expected).items()
        }
        latest = {row[0]: (row[1], row[2]) for row in state_of(store)}
    assert latest == {number: states[-1][4:6] for number, states in expected.items()}


def _changed(store: DuckStore) -> dict[str, list[list[str]]]:
    told: dict[str, list[list[str]]] = {}
    sql = "select cfpb_complaint_id, changed from cfpb_reports order by complaint_id, seq"
    for number, names in store.rows(sql):
        told.setdefault(number, []).append(names)
    return told


@pytest.mark.slow
def test_an_older_extract_that_arrives_late_does_not_overrule(tmp_path: Path) -> None:
    """Newest first or oldest first, the same state holds in the end."""
    header, rows = table_of(shared("cfpb_snapshots_dev.csv"))
    when = header.index("extract_date_approx")
    middle = "2023-09-01"
    older, newer = (
        write_table(
            tmp_path / f"{late}.csv", header, [row for row in rows if (row[when] > middle) is late]
        )
        for late in (False, True)
    )
    with ledger_of(tmp_path / "in order", shared("cfpb_snapshots_dev.csv")) as store:
        in_order = state_of(store)
    assert len(in_order) == 177
    with ledger_of(tmp_path / "late", newer, older) as store:
        assert state_of(store) == in_order
