"""A question can only read the ledger's tables: nothing is written, opened, loaded or set."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from complaints_ledger.ledger import open_ledger
from complaints_ledger.projection import Projection
from domain.errors import InputError
from tests.readers.conftest import following, log_complaint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from complaints_ledger.answering import Questions

SECRET = "nobody-reads-this-4711"

WRITES = (
    "insert into complaints select * from complaints",
    "insert into codes values ('a', 'b')",
    "update complaints set owner = 'x'",
    "delete from complaints",
    "truncate complaints",
    "merge into codes using (select 1) on false when not matched then insert values ('a', 'b')",
    "create table mine as select 1",
    "create temp table mine as select 1",
    "create view mine as select 1",
    "create or replace macro masked(id) as id",
    "create schema mine",
    "create sequence mine",
    "create type mine as enum ('a')",
    "create index mine on complaints (owner)",
    "alter table complaints add column mine int",
    "drop table complaints",
    "drop view queues",
    "comment on table complaints is 'mine'",
    "with gone as (delete from codes returning code) select * from gone",
    "with put as (insert into codes values ('a', 'b') returning code) select * from put",
    "select * from (insert into codes values ('a', 'b') returning code)",
    "select 1; delete from complaints",
    "delete from complaints; select 1",
    "explain analyze delete from complaints",
    "explain analyze insert into codes values ('a', 'b')",
    "select nextval('mine')",
)
ESCAPES = (
    "select * from read_csv('{secret}')",
    "select * from read_csv_auto('{secret}')",
    "select * from read_text('{secret}')",
    "select * from read_blob('{secret}')",
    "select * from read_json('{secret}')",
    "select * from read_json_objects('{secret}')",
    "select * from read_parquet('{secret}')",
    "select * from parquet_metadata('{secret}')",
    "select * from read_duckdb('{secret}')",
    "select * from sniff_csv('{secret}')",
    "select * from sniff_csv('{snapshots}/mine.csv')",
    "select * from read_csv('{snapshots}/mine.csv')",
    "select * from '{snapshots}/mine.csv'",
    "from mine.csv",
    "from snapshots.mine.csv",
    "select * from '{snapshots}/*'",
    "select * from '{secret}'",
    'select * from "{secret}"',
    "select * from glob('/etc/*')",
    "select * from glob('{snapshots}/*')",
    "select (select content from read_text('{secret}'))",
    "select * from complaints where owner in (select content from read_text('{secret}'))",
    "with a as materialized (select * from read_text('{secret}')) select * from a",
    "explain analyze select * from read_text('{secret}')",
    "select * from query('select * from read_text(''{secret}'')')",
    "select * from query('dele' || 'te from complaints')",
    "select * from query_table('{secret}')",
    "select * from json_execute_serialized_sql(json_serialize_sql('select 1'))",
    "select json_serialize_plan('select * from enable_profiling()')",
    "select getenv('HOME')",
    "select * from duckdb_secrets()",
    "select * from which_secret('s3://x', 's3')",
    "select * from read_text('https://example.org/')",
    "select * from 'https://example.org/x.csv'",
    "select * from arrow_scan(1, 2, 3)",
    "select * from python_map_function(1, 2, 3)",
    "select * from secret_frame",
    "copy complaints to '{out}'",
    "copy (select 1) to '{out}' (format parquet)",
    "copy complaints from '{secret}'",
    "copy (select 1) to '/dev/stdout'",
    "export database '{out}'",
    "import database '{out}'",
    "attach '{out}' as mine",
    "attach '{snapshots}/mine.duckdb' as mine",
    "attach ':memory:' as mine",
    "detach ledger",
    "use memory",
    "install httpfs",
    "load httpfs",
    "load shellfs",
    "create secret (type s3, key_id 'a', secret 'b')",
    "create persistent secret (type s3, key_id 'a', secret 'b')",
)
CHANGES = (
    "set enable_external_access = true",
    "set lock_configuration = false",
    "set threads = 1",
    "set global memory_limit = '1MB'",
    "set variable mine = 1",
    "reset threads",
    "pragma enable_external_access = true",
    "pragma database_list",
    "pragma threads = 1",
    "pragma enable_profiling",
    "call enable_profiling()",
    "call force_checkpoint()",
    "checkpoint",
    "force checkpoint",
    "vacuum",
    "analyze",
    "begin",
    "begin transaction",
    "commit",
    "rollback",
    "abort",
    "prepare mine as delete from complaints",
    "execute mine",
    "deallocate mine",
    "select * from checkpoint()",
    "select * from force_checkpoint()",
    "select * from enable_logging()",
    "select * from system.main.enable_logging(storage = 'file', storage_path = '{out}')",
    "select * from ENABLE_LOGGING()",
    "select * from disable_logging()",
    "select * from truncate_duckdb_logs()",
    "select * from enable_profiling()",
    "select * from enable_profiling(format = 'json', save_location = '{out}')",
    "select 1 from range(1), lateral (select * from enable_profiling())",
    "select write_log('mine')",
    "select system.main.write_log('mine')",
    "explain analyze select * from enable_profiling()",
    "explain (format json) select * from enable_profiling()",
    "explain pragma enable_profiling",
    "",
    ";",
    "-- nothing",
    "select",
    "\x00",
    "select '",
    "select 1 /*",
    "(" * 2000,
)


@contextmanager
def _locked(folder: Path) -> Iterator[Questions]:
    with open_ledger(folder) as ledger, Projection(ledger).asked() as questions:
        yield questions


@contextmanager
def _served(folder: Path) -> Iterator[Questions]:
    with following(folder) as projection, projection.asked() as questions:
        yield questions


def rows(
    questions: Questions, sql: str, parameters: dict[str, object] | None = None
) -> list[tuple[object, ...]]:
    """Return the rows of a question as an analyst asks it."""
    return [row for chunk in questions.answer(sql, parameters).chunks() for row in chunk]


def _state(folder: Path) -> list[list[tuple[object, ...]]]:
    with open_ledger(folder) as ledger, Projection(ledger).questions() as store:
        return [
            store.rows("select name, digest from model_digests order by all"),
            store.rows("select list, code from codes order by all"),
            store.rows("select reference, owner from complaints order by all"),
            store.rows("select schema_name, table_name from duckdb_tables() order by all"),
            store.rows("select view_name, sql from duckdb_views() order by all"),
            store.rows("select function_name from duckdb_functions() where not internal"),
        ]


@pytest.mark.parametrize("way", [_locked, _served], ids=["locked", "served"])
def test_a_question_can_only_read(folder: Path, tmp_path: Path, way: object) -> None:
    """Over a hundred ways to write or escape end in one clear line, and the next question works."""
    assert callable(way)
    assert len(WRITES + ESCAPES + CHANGES) >= 100
    secret, out = tmp_path / "secret.csv", tmp_path / "out"
    secret.write_text(SECRET)
    snapshots = folder / "snapshots"
    snapshots.mkdir()
    (snapshots / "mine.csv").write_text(SECRET)
    before, files = _state(folder), _files(tmp_path)
    went_through: list[str] = []
    with way(folder) as questions:
        for template in WRITES + ESCAPES + CHANGES:
            sql = template.format(secret=secret, out=out, snapshots=snapshots)
            said = _refused(questions, sql)
            if said is None or SECRET in said or "\n" in said:
                went_through.append(f"{sql}: {said}")
            assert rows(questions, "select count(*) from complaints") == [(2,)]
    assert went_through == []
    assert not out.exists()
    assert _files(tmp_path) - files <= {"serve.sock"}
    assert _state(folder) == before


def _refused(questions: Questions, sql: str) -> str | None:
    """Return why a question is refused; None: it was answered."""
    try:
        rows(questions, sql)
    except InputError as exc:
        return str(exc)
    return None


def _files(folder: Path) -> set[str]:
    return {name for _, _, names in os.walk(folder) for name in names}


@pytest.mark.slow
@pytest.mark.parametrize("way", [_locked, _served], ids=["locked", "served"])
def test_what_only_reads_is_answered(folder: Path, way: object) -> None:
    """The list of refused functions keeps nobody from a query of DuckDB's own SQL."""
    assert callable(way)
    with way(folder) as questions:
        for sql in (
            "from complaints",
            "show tables",
            "describe complaints",
            "summarize complaints",
            "explain select * from complaints",
            "EXPLAIN ANALYZE select * from complaints",
            "from queues_at(timestamp '2025-01-01')",
            "from ledger_status",
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5) from n",
            "values (1, 'a'), (2, 'b')",
            "select unnest([1, 2, 3]), columns('reference') from complaints",
            "select list_transform(range(3), lambda x: x + 1)",
            "unpivot (select 1 as a, 2 as b) on a, b",
            "select * from json_each('[1, 2]')",
            "select * from information_schema.tables",
            "select count(*) over (partition by owner) from complaints qualify true",
            "from duckdb_tables()",
            "from ledger.main.complaints",
            "from ledger.complaints",
            'with "a.b" as (select 1) select 1 as "a/b"',
            "select count(*) from event.complaint_received_v1",
        ):
            assert rows(questions, sql) is not None
        assert rows(questions, "select $a || reference from complaints order by 1", {"a": "x"}) == [
            ("xC-1",),
            ("xC-2",),
        ]


def test_an_answer_is_the_same_by_both_ways(folder: Path) -> None:
    """Every type of DuckDB comes over the socket as it is, and so do two columns of one name."""
    sql = (
        "select 1 as n, 2 as n, 170141183460469231731687303715884105727::hugeint as h, "
        "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid as u, interval 3 month as i, "
        "time '10:00' as t, {'a': 1::hugeint, 'b': ['6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid]} "
        "as s, map {'k': 1} as m, 'x'::blob as b, 1.5::decimal(10, 2) as d, null as z, "
        "'a'::enum('a', 'b') as e, '101'::bit as bt, 18446744073709551615::ubigint as ub, "
        '[1, 2]::int[2] as ar, \'é"\' as "odd "" name", timestamp \'2020-01-01 01:02:03.456\' as ts '
        "from range(3)"
    )
    found = []
    for way in (_locked, _served):
        with way(folder) as questions:
            answer = questions.answer(sql)
            found.append((answer.columns, [row for chunk in answer.chunks() for row in chunk]))
    assert found[0] == found[1]
    assert len(found[0][1]) == 3


@pytest.mark.slow
def test_a_question_sees_what_was_acknowledged_before_it(folder: Path) -> None:
    """Whoever appended something and then asks, finds it; each question of one reader sees the same."""
    with following(folder) as projection:
        for number in range(3, 6):
            log_complaint(folder, f"C-{number}")
            with projection.asked() as questions:
                assert rows(questions, "select count(*) from complaints") == [(number,)]
        with projection.asked() as questions:
            before = rows(questions, "select count(*) from complaints")
            log_complaint(folder, "C-6")
            with projection.asked() as others:
                assert rows(others, "select count(*) from complaints") == [(6,)]
            assert rows(questions, "select count(*) from complaints") == before
