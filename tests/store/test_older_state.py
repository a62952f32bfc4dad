"""Derived files of another version of the program are made anew from the log."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from adapters.duckdb_store import DuckStore
from adapters.ed25519 import Signer
from adapters.key_store import SqliteDataKeys
from adapters.local_log import LocalLog
from complaints_ledger.ledger import (
    MASTER_KEY,
    OPERATOR_KEY,
    create_ledger,
    open_ledger,
    real_world,
)
from complaints_ledger.operations import (
    descriptor_value,
    schema_body,
    signed_control,
    to_all_partitions,
)
from complaints_ledger.projection import Projection
from complaints_ledger.publishing import append_facts
from domain.catalogue import EVENT_TYPES
from domain.errors import ForeignError, UnknownRuleSetError
from domain.rules.partition_state import SHAPE
from projections.registry import shape_texts
from tests.rules.ledgerless import LEDGER_ID
from tests.store.test_replica import opening, raised

if TYPE_CHECKING:
    from pathlib import Path

    from complaints_ledger.ledger import Ledger


@pytest.fixture(params=[1, 3])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The folder of a ledger with a few complaints, whose replica is level with its log."""
    with create_ledger(tmp_path / "ledger", partitions=request.param) as ledger:
        append_facts(ledger, [opening(n) for n in range(5)])
        append_facts(ledger, [raised(n, "first") for n in range(5)])
    return tmp_path / "ledger"


def contents(folder: Path) -> dict[str, list[Any]]:
    """Return the rows of a replica."""
    connection = sqlite3.connect(folder / "replica.db")
    try:
        return {
            table: sorted(connection.execute(f"select * from {table}"), key=repr)
            for table in ("event", "other_verdict", "alias", "reader")
        }
    finally:
        connection.close()


def changed(folder: Path, *statements: str) -> None:
    """Change a replica behind its back."""
    connection = sqlite3.connect(folder / "replica.db")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        f"update reader set value = replace(value, '\"shape\":{SHAPE}', '\"shape\":1')",
        f"update reader set value = replace(value, ',\"shape\":{SHAPE}', '')",
        "update reader set name = replace(name, 'reading:', 'state:')",
    ],
)
def test_a_replica_of_another_version_is_derived_again(folder: Path, statement: str) -> None:
    """Nothing of it is half understood, and nothing in it is lost: the log has it all."""
    before = contents(folder)
    changed(folder, statement, "update alias set name = 'stale'")
    assert contents(folder) != before
    with open_ledger(folder) as ledger:
        ledger.replica.catch_up()
        assert ledger.replica.streams_named("R-1")
    assert contents(folder) == before


def test_a_replica_of_this_version_is_kept(folder: Path) -> None:
    """Opening a ledger derives nothing again that is there."""
    changed(folder, "update alias set name = 'kept' where name = 'R-1'")
    with open_ledger(folder) as ledger:
        ledger.replica.catch_up()
        assert ledger.replica.streams_named("kept")


def test_a_replica_of_another_ledger_is_never_emptied(folder: Path) -> None:
    """Whose file it is comes before which version wrote it."""
    changed(
        folder,
        "update reader set value = 'another' where name = 'ledger_id'",
        "update reader set value = '{}' where name like 'reading:%'",
    )
    before = contents(folder)
    with pytest.raises(ForeignError, match="another"):
        open_ledger(folder)
    assert contents(folder) == before


@pytest.mark.slow
def test_a_projection_of_another_version_is_built_anew(folder: Path) -> None:
    """A state that cannot be read is never asked for: its file has another shape."""
    with open_ledger(folder) as ledger:
        projection = Projection(ledger)
        count = projection.catch_up()
        live = next((folder / "projection").glob("g*/ledger.duckdb"))
        with DuckStore.open(live) as store:
            store.run("update projection_shape set shape = 'of another version'")
            store.run("update projection_state set state = '{}'")
        projection.catch_up()
        with projection.questions() as store:
            said = store.rows("select sum(records) from projection_state")
    assert said == [(count,)]


def test_the_shape_of_a_kept_state_is_part_of_a_projections_shape() -> None:
    """A file that keeps another state is a file of another shape."""
    assert f"partition state {SHAPE}" in shape_texts()


def test_an_unknown_rule_set_stops_the_replica_where_it_stands(folder: Path) -> None:
    """What was before it is kept, and every further attempt stops there again."""
    with open_ledger(folder) as ledger:
        heads = [ledger.log.head(p) for p in range(ledger.log.partitions)]
        append_facts(ledger, [opening(n) for n in range(50, 60)])
        activation = signed_control("rules", {"rule_set": 2}, ledger.signer())
        ledger.log.append(to_all_partitions(ledger.log, [activation]))
        for _ in range(2):
            with pytest.raises(UnknownRuleSetError, match="newer version"):
                ledger.replica.catch_up()
        assert ledger.replica.streams_named("R-55")
        assert ledger.replica.state(0).next_ordinal >= heads[0]


def _begun_by_an_older_version(folder: Path, partitions: int) -> None:
    """Make a ledger that registered only the first schemas."""
    folder.mkdir()
    (folder / OPERATOR_KEY).write_text(bytes(range(32)).hex() + "\n")
    signer = Signer(bytes(range(32)))
    log = LocalLog.create(folder, real_world(), ledger_id=LEDGER_ID, partitions=partitions)
    values = [
        descriptor_value(log, signer),
        *(signed_control("schema", schema_body(t), signer) for t in EVENT_TYPES[:3]),
    ]
    log.append(to_all_partitions(log, values))
    log.close()
    SqliteDataKeys.create(folder, master_key=folder / MASTER_KEY, world=real_world()).close()


def _schemas(ledger: Ledger) -> list[set[str]]:
    return [set(ledger.replica.state(p).schemas) for p in range(ledger.log.partitions)]


@pytest.mark.parametrize("partitions", [1, 3])
def test_making_a_ledger_again_registers_the_schemas_of_a_newer_version(
    tmp_path: Path, partitions: int
) -> None:
    """Each partition gets those that it lacks, once; what is registered stays."""
    folder = tmp_path / "ledger"
    _begun_by_an_older_version(folder, partitions)
    wanted = {schema_body(t)["fingerprint"] for t in EVENT_TYPES}
    with create_ledger(folder) as ledger:
        assert _schemas(ledger) == [wanted] * partitions
        heads = [ledger.log.head(p) for p in range(partitions)]
        append_facts(ledger, [opening(1)])
    with create_ledger(folder) as ledger:
        assert sum(ledger.log.head(p) for p in range(partitions)) == sum(heads) + 1
