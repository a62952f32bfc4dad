"""What waits at the door, and that nothing of it looks like a complaint."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import pytest
from hypothesis import given

from domain.complaint.events import ComplaintReceived
from domain.door.events import ReceiptSetAside, RefusedReceiptDismissed, RefusedReceiptNoted
from projections.registry import READ_MODELS
from tests.domain.scenario import fact, received
from tests.examples import examples
from tests.projections import fold_door
from tests.projections.histories import FIRST_DAY, RECORDED_FROM, door_histories, row_of
from tests.projections.tables import answer, new_projection, take, undone

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from domain.event import Event
    from tests.projections.fold import Row

MODELS: Final = {model.name: model for model in READ_MODELS}
STREAM: Final = str(UUID(int=1, version=4))
RECEIPT: Final = ComplaintReceived.TOPIC
UNIVERSAL: Final = {"not_opaque", "dated_in_future"}
"""Findings on what any event says, whatever its stream."""


@pytest.fixture(scope="module")
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    """One projection for all tests; each leaves it as it was."""
    connection = new_projection()
    yield connection
    connection.close()


@pytest.fixture
def projection(tables: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty projection."""
    with undone(tables) as connection:
        yield connection


@examples(4)
@given(log=door_histories())
def test_sql_answers_what_the_fold_answers(
    tables: duckdb.DuckDBPyConnection, log: list[tuple[Event, Row]]
) -> None:
    """Two independent folds give the same rows, also where complaints are among them."""
    rows = [row for _, row in log]
    model = MODELS["refused_receipts"]
    with undone(tables) as connection:
        take(connection, rows)
        found = answer(connection, model)
        names = [column.name for column in model.columns]
        said = sorted(str([row[name] for name in names]) for row in found)
        folded = fold_door.refused_receipts(rows)
        assert said == sorted(str([row[name] for name in names]) for row in folded)
        at_the_door = {row["stream_no"] for row in found}
        for other in READ_MODELS:
            if other.name not in {"refused_receipts", "findings"}:
                mine = [r for r in answer(connection, other) if r["stream_no"] in at_the_door]
                assert mine == [], other.name
        findings = answer(connection, MODELS["findings"])
        assert {f["finding"] for f in findings if f["stream_no"] in at_the_door} <= UNIVERSAL


def _refuse(connection: duckdb.DuckDBPyConnection, ordinal: int, reason: str, **said: Any) -> None:
    usual = {"event_id": None, "stream_id": STREAM, "event_type": RECEIPT, "source": "crm"}
    values = usual | {
        "ordinal": ordinal,
        "reason": reason,
        "occurred_on": None,
        "recorded_at": RECORDED_FROM + timedelta(hours=ordinal),
    }
    values |= said
    connection.execute(
        "insert into other_verdicts by name select 0 as partition, 'refused' as outcome, "
        "$ordinal as ordinal, $event_id as event_id, $stream_id as stream_id, $reason as reason, "
        "$event_type as event_type, $source as source, $occurred_on as occurred_on, "
        "$recorded_at as recorded_at",
        values,
    )


def _admit(
    connection: duckdb.DuckDBPyConnection, *events: tuple[Event, int], first: int = 1
) -> None:
    rows = []
    for number, (event, hour) in enumerate(events, first):
        at = RECORDED_FROM + timedelta(hours=hour)
        rows.append(row_of(event, number, number, 1, at) | {"ordinal": hour})
    take(connection, rows)
    for model in READ_MODELS:
        connection.execute(model.insert_sql)


def _waiting(connection: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return connection.execute("select id, reason, records from door order by ordinal").fetchall()


def test_records_of_one_complaint_wait_as_one(projection: duckdb.DuckDBPyConnection) -> None:
    """A receipt that is sent again and again is one complaint, since its first claim."""
    _refuse(projection, 3, "not-authorised", occurred_on=FIRST_DAY)
    _refuse(projection, 5, "not-authorised", occurred_on=FIRST_DAY + timedelta(days=3))
    found = projection.execute("select complaint_id, since, owner, why from queues").fetchall()
    why = "not-authorised (0:5 and 1 more): let in its source crm and have it published again"
    assert found == [(STREAM, FIRST_DAY, None, f"{why}, or dismiss it")]


def test_what_was_admitted_afterwards_waits_no_more(
    projection: duckdb.DuckDBPyConnection,
) -> None:
    """A refused receipt leaves the queue through the ledger's own door."""
    _refuse(projection, 3, "not-authorised")
    _refuse(projection, 4, "unknown-schema", event_type=None, source=None)
    assert _waiting(projection) == [("0:4", "unknown-schema", 2)]
    _admit(projection, (received(stream_id=STREAM), 6))
    assert _waiting(projection) == []
    states = projection.execute("select distinct state from door_records").fetchall()
    assert states == [("admitted",)]


def test_a_second_receipt_for_a_complaint_waits_until_it_is_dismissed(
    projection: duckdb.DuckDBPyConnection,
) -> None:
    """What an open stream keeps out, readable or not, may be another matter."""
    _refuse(projection, 6, "already-open", event_id="e-2")
    _refuse(projection, 7, "already-open", event_id="e-2")
    _refuse(projection, 8, "malformed")
    _refuse(projection, 9, "malformed", event_type=None)
    noted = fact(
        RefusedReceiptNoted,
        stream_id=str(UUID(int=2, version=4)),
        refused_partition=0,
        refused_ordinal=8,
        refused_reason="malformed",
    )
    _admit(projection, (received(stream_id=STREAM), 2), (noted, 10))
    assert _waiting(projection) == [("0:7", "already-open", 2), ("0:8", "malformed", 1)]
    dismissed = fact(RefusedReceiptDismissed, stream_id=noted.stream_id, reason_code="duplicate")
    projection.execute("delete from refused_receipts")
    take(projection, [row_of(dismissed, 2, 11, 2, RECORDED_FROM)])
    projection.execute(MODELS["refused_receipts"].insert_sql)
    assert _waiting(projection) == [("0:7", "already-open", 2)]


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ({"event_type": None}, True),
        ({"event_type": None, "stream_id": None}, False),
        ({"stream_id": None}, True),
        ({"event_type": "complaints.complaint_closed.v1"}, False),
        ({"event_type": "complaints.complaint_received.v2"}, True),
    ],
)
def test_what_looks_like_a_receipt(
    projection: duckdb.DuckDBPyConnection, *, said: dict[str, Any], waits: bool
) -> None:
    """The frame names a receipt, or names nothing and the key is that of no complaint."""
    _refuse(projection, 3, "malformed", **said)
    assert bool(_waiting(projection)) is waits


def test_an_unreadable_record_without_a_stream_waits_by_itself(
    projection: duckdb.DuckDBPyConnection,
) -> None:
    """Two records of which nothing is known are two; each has an id to dismiss it by."""
    _refuse(projection, 3, "malformed", stream_id=None, source="Zoë Example")
    _refuse(projection, 4, "malformed", stream_id=None, source="Zoë Example")
    assert [row[0] for row in _waiting(projection)] == ["0:3", "0:4"]
    assert projection.execute("select distinct complaint_id, source from door").fetchall() == [
        (None, "(masked)")
    ]


def test_a_row_set_aside_waits_until_its_complaint_is_known(
    projection: duckdb.DuckDBPyConnection,
) -> None:
    """A row that an import could not take is a complaint that somebody made."""
    aside = fact(
        ReceiptSetAside,
        stream_id=str(UUID(int=2, version=4)),
        extract_digest="ab" * 32,
        extract_line=23,
        set_aside_reason="cell_unfit",
        set_aside_field="date_sent",
        claimed_source="cfpb",
        claimed_external_id="4711",
        claimed_stream_id=STREAM,
        claimed_received_on=FIRST_DAY,
    )
    _admit(projection, (aside, 4))
    found = projection.execute("select complaint_id, since, why from queues").fetchall()
    why = "cell_unfit (0:4): mend the row and import it, or dismiss it"
    assert found == [(STREAM, FIRST_DAY, why)]
    projection.execute("delete from refused_receipts")
    _admit(projection, (received(stream_id=STREAM), 6), first=2)
    assert _waiting(projection) == []
