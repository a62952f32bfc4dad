"""Every read model's one SQL text against the plain fold, over random histories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adapters.avro_codec import decode_event, encode_event, schema_text
from domain.complaint.evolution import history
from domain.complaint.points import points
from domain.complaint.state import lifecycle_label
from domain.complaint.strands import STRANDS
from domain.opaque import is_opaque
from projections import digest
from projections.registry import READ_MODELS
from tests.examples import examples
from tests.projections import (
    fold_answers,
    fold_door,
    fold_findings,
    fold_points,
    fold_queues,
    fold_replies,
    fold_strands,
)
from tests.projections.fold import Row, Stream, masked, streams_of
from tests.projections.histories import histories
from tests.projections.tables import answer, new_projection, take, undone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

    from domain.complaint.state import ComplaintState
    from domain.event import Event
    from projections.read_model import ReadModel

    Fold = Callable[[Stream], Iterator[Row]]
    Log = list[tuple[Event, Row]]

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
    "refused_receipts": lambda stream: fold_door.refused_receipts(stream.rows),
    **{kind.table: fold_strands.strands(kind) for kind in STRANDS},
    "issues": fold_points.issues,
    "replies": fold_replies.replies,
}


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


def _assert_as_folded(connection: duckdb.DuckDBPyConnection, rows: list[Row]) -> None:
    for model in READ_MODELS:
        expected = _texts(_folded(rows, model), model)
        assert _texts(answer(connection, model), model) == expected, model.name


@examples(4)
@given(log=histories())
def test_sql_answers_what_the_fold_answers(projection: duckdb.DuckDBPyConnection, log: Log) -> None:
    """Two independent folds give the same rows, whatever rules the facts break."""
    rows = [row for _, row in log]
    with undone(projection) as connection:
        take(connection, rows)
        _assert_as_folded(connection, rows)


@pytest.mark.slow
def test_sql_answers_what_the_fold_answers_for_hundreds_of_histories(
    projection: duckdb.DuckDBPyConnection,
) -> None:
    """Two independent folds give the same rows, in a table with many streams."""
    rows: list[Row] = []

    @settings(
        max_examples=250,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        database=None,
    )
    @given(log=histories(max_events=40))
    def collect(log: Log) -> None:
        rows.extend(_apart(row, offset=len(rows)) for _, row in log)

    collect()
    with undone(projection) as connection:
        take(connection, rows)
        _assert_as_folded(connection, rows)


def _apart(row: Row, *, offset: int) -> Row:
    """Return a row with numbers and ids that no other history uses; `offset` grows by row."""
    base = (offset - row["position"] + 1) * 100
    names = ("event_id", "stream_id", "decision_event_id", "target_event_id")
    ids = {name: f"{base}-{row[name]}" for name in names if row.get(name) is not None}
    numbers = {name: row[name] + base for name in ("stream_no", "position", "ordinal")}
    return {**row, **ids, **numbers}


@examples(4)
@given(log=histories())
def test_label_is_that_of_the_aggregate(projection: duckdb.DuckDBPyConnection, log: Log) -> None:
    """Commands and questions know one label, and the last transition leads to it."""
    with undone(projection) as connection:
        take(connection, [row for _, row in log])
        by_name = {model.name: answer(connection, model) for model in READ_MODELS[:2]}
    labels = {row["complaint_id"]: row["lifecycle"] for row in by_name["complaints"]}
    moves = sorted(by_name["complaint_transitions"], key=lambda row: int(row["seq"]))
    last = {row["complaint_id"]: row["to_state"] for row in moves}
    assert labels == last == _labels_of_aggregates(log)


@examples(4)
@given(log=histories())
def test_points_end_as_they_do_for_the_aggregate(log: Log) -> None:
    """Guards and tables know the same points, open and ended."""
    for stream in streams_of([row for _, row in log]):
        table = {row["issue_id"]: row["ending"] for row in fold_points.issues(stream)}
        state = _states_of_aggregates(log)[stream.stream_id]
        for point in points(state):
            assert table[masked(point.issue_id)] == point.ending or not is_opaque(point.issue_id)


def _labels_of_aggregates(log: Log) -> dict[str, str]:
    return {key: lifecycle_label(state) for key, state in _states_of_aggregates(log).items()}


def _states_of_aggregates(log: Log) -> dict[str, ComplaintState]:
    streams: dict[str, list[Event]] = {}
    for event, _ in log:
        topic = type(event).TOPIC
        read = decode_event(encode_event(event), topic, schema_text(type(event)))
        streams.setdefault(event.stream_id, []).append(read)
    states = {stream_id: history(events) for stream_id, events in streams.items()}
    return {key: state for key, state in states.items() if state is not None}


@pytest.mark.slow
@examples(3)
@given(log=histories(), until=st.integers(1, 24))
def test_answer_as_of_a_position_is_that_of_the_shorter_log(
    projection: duckdb.DuckDBPyConnection, log: Log, until: int
) -> None:
    """A question about the past gives the rows that were the answer then."""
    rows = [row for _, row in log]
    with undone(projection) as connection:
        take(connection, rows)
        connection.execute("update scope set last_position = ?", [until])
        _assert_as_folded(connection, [row for row in rows if row["position"] <= until])


@pytest.mark.slow
@examples(3)
@given(log=histories(), cut=st.integers(1, 23))
def test_any_split_into_batches_stores_the_same_rows(
    projection: duckdb.DuckDBPyConnection, log: Log, cut: int
) -> None:
    """Tables kept up to date have the digest that the plain form computes from the whole log."""
    rows = [row for _, row in log]
    with undone(projection) as connection:
        for batch in filter(None, (rows[:cut], rows[cut:])):
            _project(connection, batch)
        for model in READ_MODELS:
            stored = digest.Sum()
            query = digest.row_texts_query(model.name, model.columns)
            stored.add([row[0] for row in connection.execute(query).fetchall()])
            names = [column.name for column in model.columns]
            folded = [[row[name] for name in names] for row in _folded(rows, model)]
            assert stored.digest == digest.table_digest(folded), model.name


def _project(connection: duckdb.DuckDBPyConnection, batch: list[Row]) -> None:
    take(connection, batch)
    touched = sorted({row["stream_no"] for row in batch})
    connection.execute("delete from scope where stream_no not in ?", [touched])
    for model in READ_MODELS:
        connection.execute(model.delete_sql)
        connection.execute(model.insert_sql)
