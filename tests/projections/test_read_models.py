"""Every read model's one SQL text against the plain fold, over random histories."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from domain.complaint.evolution import history
from domain.complaint.state import lifecycle_label
from domain.event import Event
from projections import digest
from projections.read_model import ReadModel
from projections.registry import READ_MODELS
from tests.projections import fold_answers, fold_findings, fold_queues
from tests.projections.fold import Row, Stream, streams_of
from tests.projections.histories import histories
from tests.projections.tables import answer, new_projection, take, undone

Fold = Callable[[Stream], Iterator[Row]]

FOLDS: dict[str, Fold] = {
    "complaints": fold_answers.complaints,
    "complaint_transitions": fold_answers.complaint_transitions,
    "redress": fold_answers.redress,
    "decisions": fold_answers.decisions,
    "communications": fold_answers.communications,
    "findings": fold_findings.findings,
    "cfpb_rows": fold_answers.cfpb_rows,
    "cfpb_reports": fold_answers.cfpb_reports,
    "queue_entries": fold_queues.queue_entries,
}
BY_NAME = {model.name: model for model in READ_MODELS}
History = list[tuple[Event, Row]]

many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def projection() -> Iterator[duckdb.DuckDBPyConnection]:
    """One projection for all examples; each leaves it as it was."""
    connection = new_projection()
    yield connection
    connection.close()


def _texts(rows: list[Row], model: ReadModel) -> list[str]:
    names = [column.name for column in model.columns]
    return sorted(str({name: row[name] for name in names}) for row in rows)


def _folded(rows: list[Row], model: ReadModel) -> list[Row]:
    return [row for stream in streams_of(rows) for row in FOLDS[model.name](stream)]


@many
@given(log=histories())
def test_sql_answers_what_the_fold_answers(
    projection: duckdb.DuckDBPyConnection, log: History
) -> None:
    """Two independent folds give the same rows, whatever rules the facts break."""
    rows = [row for _, row in log]
    with undone(projection) as connection:
        take(connection, rows)
        for model in READ_MODELS:
            expected = _texts(_folded(rows, model), model)
            assert _texts(answer(connection, model), model) == expected, model.name


@many
@given(log=histories())
def test_label_is_that_of_the_aggregate(
    projection: duckdb.DuckDBPyConnection, log: History
) -> None:
    """Commands and questions know one label, and the last transition leads to it."""
    with undone(projection) as connection:
        take(connection, [row for _, row in log])
        labels = {
            row["complaint_id"]: row["lifecycle"]
            for row in answer(connection, BY_NAME["complaints"])
        }
        moves = answer(connection, BY_NAME["complaint_transitions"])
    last = {row["complaint_id"]: row["to_state"] for row in sorted(moves, key=_seq)}
    assert labels == last == _labels_of_aggregates(log)


def _seq(row: Row) -> int:
    return int(row["seq"])


def _labels_of_aggregates(recorded: History) -> dict[str, str]:
    streams: dict[str, list[Event]] = {}
    for event, _ in recorded:
        streams.setdefault(event.stream_id, []).append(event)
    states = {stream_id: history(events) for stream_id, events in streams.items()}
    return {key: lifecycle_label(state) for key, state in states.items() if state is not None}


@many
@given(log=histories(), until=st.integers(1, 24))
@example(log=[], until=1)
def test_answer_as_of_a_position_is_that_of_the_shorter_log(
    projection: duckdb.DuckDBPyConnection, log: History, until: int
) -> None:
    """A question about the past gives the rows that were the answer then."""
    rows = [row for _, row in log]
    with undone(projection) as connection:
        take(connection, rows) if rows else None
        connection.execute("update scope set last_position = ?", [until])
        earlier = [row for row in rows if row["position"] <= until]
        for model in READ_MODELS:
            expected = _texts(_folded(earlier, model), model)
            assert _texts(answer(connection, model), model) == expected, model.name


@many
@given(log=histories(), cut=st.integers(0, 24))
def test_any_split_into_batches_stores_the_same_rows(
    projection: duckdb.DuckDBPyConnection, log: History, cut: int
) -> None:
    """Incremental and rebuilt tables have one digest, which the plain form computes alike."""
    rows = [row for _, row in log]
    with undone(projection) as connection:
        for batch in (rows[:cut], rows[cut:]):
            if not batch:
                continue
            take(connection, batch)
            touched = {row["stream_no"] for row in batch}
            connection.execute(
                "delete from scope where not list_contains(?::bigint[], stream_no)",
                [list(touched)],
            )
            for model in READ_MODELS:
                connection.execute(model.delete_sql)
                connection.execute(model.insert_sql)
        for model in READ_MODELS:
            query = digest.digest_query(model.name, model.columns)
            stored = digest.combine(connection.execute(query).fetchone() or ())
            names = [column.name for column in model.columns]
            folded = [[row[name] for name in names] for row in _folded(rows, model)]
            assert stored == digest.table_digest(folded), model.name
