"""The registry's promises about tables, views and their documentation."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import pytest

from domain.catalogue import EVENT_TYPES
from domain.event import Event
from domain.personal import Sealed
from projections import facets, joint, strand_findings
from projections.columns import event_columns
from projections.data_dictionary import data_dictionary
from projections.read_model import sql_text
from projections.registry import DERIVED, READ_MODELS
from projections.waits import WAITS
from tests.projections.histories import FIRST_DAY, RECORDED_FROM, row_of
from tests.projections.tables import new_projection, take

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from domain.complaint.events import ComplaintReceived

DICTIONARY = Path(__file__).parents[2] / "docs" / "reference" / "data-dictionary.md"


@pytest.fixture
def projection() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty projection."""
    connection = new_projection()
    yield connection
    connection.close()


def _described(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(f"describe {query}").fetchall()]


def test_every_read_model_answers_its_documented_columns(
    projection: duckdb.DuckDBPyConnection,
) -> None:
    """A column is promised by name, type and place."""
    for model in READ_MODELS:
        documented = [(column.name, column.duckdb_type) for column in model.columns]
        assert _described(projection, model.answer_sql) == [("stream_no", "BIGINT"), *documented]
        assert set(model.key) <= {name for name, _ in documented}


def test_every_view_answers_its_documented_columns(projection: duckdb.DuckDBPyConnection) -> None:
    """A derived answer is promised like a stored one."""
    for view in DERIVED:
        call = f"{view.name}(timestamp '2024-04-01')" if view.kind == "macro" else view.name
        documented = [(column.name, column.duckdb_type) for column in view.columns]
        assert _described(projection, f"from {call}") == documented, view.name


def test_data_dictionary_is_up_to_date() -> None:
    """The published dictionary is the one that the registry gives."""
    assert DICTIONARY.read_text(encoding="utf-8") == data_dictionary()


def test_two_types_for_one_name_are_refused() -> None:
    """A column of the wide table has one meaning."""

    class Odd(Event):
        TOPIC: ClassVar[str] = "complaints.odd.v1"
        reference: int

    with pytest.raises(TypeError, match=r"'reference' of 'complaints\.odd\.v1' would be BIGINT"):
        event_columns((*EVENT_TYPES, Odd))


def _received(**said: object) -> ComplaintReceived:
    from domain.complaint.events import ComplaintReceived  # noqa: PLC0415  typed above

    envelope = {
        "event_id": UUID(int=1, version=4),
        "stream_id": str(UUID(int=1, version=4)),
        "occurred_on": FIRST_DAY,
        "actor": "Zoë Example",
        "actor_role": "handler",
        "source": "desk",
        "received_on": FIRST_DAY,
    }
    return ComplaintReceived.model_validate({**envelope, **said})


def test_payload_shows_what_was_said_and_seals_what_is_sealed(
    projection: duckdb.DuckDBPyConnection,
) -> None:
    """Null fields are left out, sealed ones name their key, names are masked."""
    sealed = Sealed(subject="s", key_id="k-9", nonce=b"", ciphertext=b"", key_commitment=b"")
    event = _received(product="Loan", narrative=sealed, external_id="a@b.example")
    take(projection, [row_of(event, 1, 1, 1, RECORDED_FROM)])
    found = projection.execute("select payload, actor from complaint_events").fetchone()
    assert found is not None
    assert json.loads(found[0]) == {
        "external_id": "(masked)",
        "received_on": FIRST_DAY.isoformat(),
        "product": "Loan",
        "unknown_fields": [],
        "narrative": {"sealed": "k-9"},
    }
    assert found[1] == "(masked)"


def _projected(connection: duckdb.DuckDBPyConnection, event: ComplaintReceived) -> None:
    take(connection, [row_of(event, 1, 1, 1, RECORDED_FROM)])
    for model in READ_MODELS:
        connection.execute(model.insert_sql)


def _queues(connection: duckdb.DuckDBPyConnection, days: int) -> dict[str, str]:
    now = RECORDED_FROM + timedelta(days=days)
    found = connection.execute("select queue, why from queues_at(?)", [now]).fetchall()
    return dict(found)


def test_queues_know_what_is_overdue_and_silent_at_a_moment(
    projection: duckdb.DuckDBPyConnection,
) -> None:
    """Only the moment that is asked about decides, and both wait for an answer."""
    _projected(projection, _received(respond_by=FIRST_DAY + timedelta(days=5)))
    assert set(_queues(projection, 0)) == {"unacknowledged", "unassigned"}
    later = _queues(projection, 30)
    assert later["overdue"] == f"answer due on {FIRST_DAY + timedelta(days=5)}"
    assert later["silent"] == "nothing heard for 31 days"


PAST_DUE = {
    "awaiting reply": "reply window ended",
    "awaiting information": "information overdue",
    "awaiting redress": "redress late",
    "on hold": "hold past review",
    "contact restricted": "restriction past review",
    "authority expiring": "authority expired",
    "external notice to answer": "external answer late",
    "external remedy": "external remedy late",
    "referred back": "referral late",
    "action to carry out": "action late",
}


def _waiting(connection: duckdb.DuckDBPyConnection, **said: object) -> None:
    row = {"stream_no": 1, "complaint_id": "c-1", "since": FIRST_DAY, "why": "waits"} | said
    names, marks = ", ".join(row), ", ".join(f"${name}" for name in row)
    connection.execute(f"insert into queue_entries ({names}) values ({marks})", row)


def test_every_wait_with_a_date_of_its_own_is_past_due_the_day_after(
    projection: duckdb.DuckDBPyConnection,
) -> None:
    """On the day itself nothing is late; what cannot be late has no such queue."""
    dated = {wait.queue for wait in WAITS if wait.due} | {"awaiting redress"}
    assert dated == set(PAST_DUE)
    due = RECORDED_FROM.date()
    for queue in PAST_DUE:
        _waiting(projection, queue=queue, owner="staff-1", due_on=due)
    assert set(_queues(projection, 0)) == set(PAST_DUE)
    later = _queues(projection, 1)
    assert set(later) == {*PAST_DUE, *PAST_DUE.values()}
    assert later["hold past review"] == f"waits and was due on {due}"


def test_page_of_queues_has_every_queue() -> None:
    """What waits for somebody is written down where a supervisor looks for it."""
    page = DICTIONARY.with_name("queues.md").read_text(encoding="utf-8")
    texts = "\n".join(
        (
            sql_text("queue_entries/answer.sql"),
            sql_text("views/queues_at.sql"),
            sql_text(joint.TEXT),
        )
    )
    named = set(re.findall(r"'([^']+)' as queue\b", texts))
    named |= {wait.queue for wait in WAITS} | set(PAST_DUE.values())
    assert {name for name in named if f"| `{name}` |" not in page} == set()
    assert len(named) > 30


def test_level_that_nobody_holds_waits_for_somebody(
    projection: duckdb.DuckDBPyConnection,
) -> None:
    """An internal review has its reviewer; any other level needs somebody who is responsible."""
    _waiting(projection, queue="escalated", why="internal review")
    assert set(_queues(projection, 0)) == {"escalated"}
    _waiting(projection, queue="escalated", why="external", owner="staff-1")
    assert set(_queues(projection, 0)) == {"escalated"}
    _waiting(projection, queue="escalated", why="attention level 3")
    found = _queues(projection, 0)["level without holder"]
    assert found == "attention level 3 and nobody is responsible"


def test_step_that_the_source_cannot_report_is_never_waited_for(
    projection: duckdb.DuckDBPyConnection,
) -> None:
    """Not observable is not missing (DESIGN 3, coverage)."""
    _projected(projection, _received(respond_by=FIRST_DAY, coverage=["received", "response"]))
    assert _queues(projection, 300) == {}


def test_refused_receipt_waits_at_the_door_until_it_is_admitted(
    projection: duckdb.DuckDBPyConnection,
) -> None:
    """A receipt that was refused is a complaint that somebody made."""
    insert = (
        "insert into other_verdicts values (0, 3, 'e', $stream, 'complaints.complaint_received.v1', "
        "'refused', 'not-authorised', $at, 'crm', $day)"
    )
    values = {"stream": str(UUID(int=1, version=4)), "at": RECORDED_FROM, "day": FIRST_DAY}
    projection.execute(insert, values)
    found = projection.execute("select queue, since, why from queues").fetchall()
    why = "not-authorised (0:3): let in its source crm and have it published again, or dismiss it"
    assert found == [("refused at the door", FIRST_DAY, why)]
    projection.execute(
        "insert into streams values (1, $stream, 0, 1)", {"stream": values["stream"]}
    )
    assert _queues(projection, 0) == {}


def test_reference_used_by_two_complaints_is_a_finding_across_streams(
    projection: duckdb.DuckDBPyConnection,
) -> None:
    """One reference for ever (INV-05); no stream alone can show the breach."""
    first = _received(reference="C-1")
    second = first.model_copy(update={"stream_id": str(UUID(int=2, version=4))})
    rows = [row_of(first, 1, 1, 1, RECORDED_FROM), row_of(second, 2, 2, 1, RECORDED_FROM)]
    take(projection, rows)
    for model in READ_MODELS:
        projection.execute(model.insert_sql)
    found = projection.execute("select finding, detail from findings_across").fetchall()
    assert found == [("reference_used_twice", "C-1 is used by 2 complaints")] * 2


def test_sources_show_counts_lateness_and_skew(projection: duckdb.DuckDBPyConnection) -> None:
    """A source is known by what it sends, how late, and by its clock."""
    ahead = RECORDED_FROM + timedelta(hours=2)
    event = _received().model_copy(update={"occurred_at": ahead})
    row = {**row_of(event, 1, 1, 1, RECORDED_FROM), "occurred_at": ahead}
    take(projection, [row])
    found = projection.execute(
        "select source, admitted, refused, latest_days, ahead, ahead_by from sources"
    ).fetchall()
    assert found == [("desk", 1, 0, 1, 1, timedelta(hours=2))]


def test_status_says_how_far_and_how_fresh(projection: duckdb.DuckDBPyConnection) -> None:
    """Freshness is asked as at a moment; nothing stored knows it."""
    projection.execute(
        "insert into projection_state (partition, next_ordinal, position, records, last_recorded_at) "
        "values (0, 9, 7, 9, ?)",
        [RECORDED_FROM],
    )
    now = RECORDED_FROM + timedelta(minutes=1)
    found = projection.execute("from ledger_status_at(?)", [now]).fetchone()
    assert found is not None
    assert found[:4] == (7, 9, RECORDED_FROM, timedelta(minutes=1))


def test_facets_without_the_parts_that_nobody_needs_are_the_same(
    projection: duckdb.DuckDBPyConnection,
) -> None:
    """Leaving a part out changes the plan, not the answer nor a column's type."""
    _projected(projection, _received(respond_by=FIRST_DAY))
    for shared in (facets.RELATION, strand_findings.RELATION):
        few, whole = shared.sql({"complaint_received"}), shared.sql(None)
        assert _described(projection, few) == _described(projection, whole)
        assert projection.execute(few).fetchall() == projection.execute(whole).fetchall()
