"""Records that a reader of today cannot fully read, or that a clock dates badly, end to end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from pydantic import Field

from adapters.avro_codec import encode_event
from adapters.duckdb_store import DuckStore
from adapters.ed25519 import Signer
from complaints_ledger.checking import check
from complaints_ledger.ledger import create_ledger, real_world
from complaints_ledger.operations import schema_body, signed_control, to_all_partitions
from complaints_ledger.projection import Projection
from complaints_ledger.publishing import append_facts
from complaints_ledger.sources import register_source
from domain.complaint.events import (
    ComplaintAcknowledged,
    ComplaintReceived,
    DecisionMade,
    IssueOutcome,
)
from domain.errors import UnknownRuleSetError
from domain.event import Event
from domain.identity import derived_event_id, derived_stream_id
from domain.ports import NewRecord

if TYPE_CHECKING:
    from pathlib import Path

    from complaints_ledger.ledger import Ledger

STREAM = derived_stream_id("crm", "1")


class MoonPhaseNoted(Event):
    """An event of a later version: its schema is registered and this program has no class for it."""

    TOPIC: ClassVar[str] = "complaints.moon_phase_noted.v1"

    phase: str = Field(description="What was seen.")


def _fact(event_type: type[Event], number: int, **said: Any) -> Event:
    return event_type(
        event_id=derived_event_id("odd", str(number)),
        stream_id=STREAM,
        occurred_on=date(2026, 3, 2),
        actor="svc-crm",
        actor_role="service",
        source="crm",
        **said,
    )


def _append_of_later_version(ledger: Ledger, event: Event) -> None:
    body = signed_control("schema", schema_body(type(event)), ledger.signer())
    ledger.log.append(to_all_partitions(ledger.log, [body]))
    ledger.log.append([NewRecord(0, event.stream_id.encode(), encode_event(event))])


@pytest.mark.slow
def test_type_of_a_later_version_is_kept_raw_and_marks_the_answers(tmp_path: Path) -> None:
    """An admitted event without a class is stored as it came; models say from where they may lack it."""
    with create_ledger(tmp_path / "ledger") as ledger:
        register_source(ledger, "crm")
        projection = Projection(ledger)
        append_facts(ledger, [_fact(ComplaintReceived, 1, received_on=date(2026, 3, 2))])
        with projection.questions() as store:
            assert store.rows("from incomplete_models") == []
        later = _fact(MoonPhaseNoted, 2, phase="waning")
        _append_of_later_version(ledger, later)
        append_facts(ledger, [_fact(ComplaintAcknowledged, 3, medium="web")])
        with projection.questions() as store:
            kept = store.rows(
                "select version, event_type, payload from complaint_events order by position"
            )
            assert [row[:2] for row in kept][1] == (2, MoonPhaseNoted.TOPIC)
            assert kept[1][2] is None
            assert store.rows("select value from event.unknown") == [(encode_event(later),)]
            assert store.rows("select version, lifecycle from complaints") == [(3, "acknowledged")]
            gaps = store.rows("select model, from_position, events from incomplete_models")
            assert ("complaints", 2, 1) in gaps
        assert check(ledger, projection).problems == []


@pytest.mark.slow
def test_clock_that_steps_back_never_moves_recorded_at_back_and_is_a_finding(
    tmp_path: Path,
) -> None:
    """recorded_at is the running maximum; the record's own time is kept beside it (RULES 4)."""
    start = datetime.fromisoformat("2026-05-01T10:00:00+00:00")
    moments = [start, start + timedelta(hours=1), start + timedelta(minutes=5)]
    now = {"at": start}
    world = replace(real_world(), now_ms=lambda: int(now["at"].timestamp() * 1000))
    with create_ledger(tmp_path / "ledger", world) as ledger:
        register_source(ledger, "crm")
        facts = [
            _fact(ComplaintReceived, 1, received_on=date(2026, 3, 2)),
            _fact(ComplaintAcknowledged, 2, medium="web"),
            _fact(ComplaintAcknowledged, 3, medium="email"),
        ]
        for moment, each in zip(moments, facts, strict=True):
            now["at"] = moment
            append_facts(ledger, [each])
        with Projection(ledger).questions() as store:
            recorded = store.rows("select recorded_at from complaint_events order by position")
            assert [row[0].hour for row in recorded] == [10, 11, 11]
            found = store.rows(
                "select complaint_id, detail from findings_across where finding = 'appended_before_earlier'"
            )
    assert [row[0] for row in found] == [STREAM]
    assert "appended at 2026-05-01T10:05:00.000Z, recorded at 2026-05-01T11:00" in found[0][1]


@pytest.mark.slow
def test_projection_of_another_version_is_made_anew(tmp_path: Path) -> None:
    """A derived file whose tables are not those of this program is rebuilt, never misread."""
    with create_ledger(tmp_path / "ledger") as ledger:
        register_source(ledger, "crm")
        append_facts(ledger, [_fact(ComplaintReceived, 1, received_on=date(2026, 3, 2))])
        projection = Projection(ledger)
        with projection.writing() as store:
            store.run("update projection_shape set shape = 'of another version'")
            store.run("drop table complaints")
            first = store.path
        with projection.questions() as store:
            assert store.rows("select count(*) from complaints") == [(1,)]
            assert store.path != first
        assert not first.parent.exists()
        assert check(ledger, projection).problems == []


def test_events_are_verified_only_from_the_record_on_from_which_their_source_signs(
    tmp_path: Path,
) -> None:
    """An unsigned source is shown as unverified wherever its events are shown (RULES 5)."""
    signer = Signer(bytes(range(32)))
    with create_ledger(tmp_path / "ledger") as ledger:
        register_source(ledger, "crm")
        append_facts(ledger, [_fact(ComplaintReceived, 1, received_on=date(2026, 3, 2))])
        register_source(ledger, "crm", signing_key=signer.public_key.hex())
        append_facts(ledger, [_fact(ComplaintAcknowledged, 2, medium="web")], signer=signer)
        register_source(ledger, "crm")
        append_facts(ledger, [_fact(ComplaintAcknowledged, 3, medium="web")])
        with Projection(ledger).questions() as store:
            shown = store.rows("select verified from complaint_events order by position")
            assert shown == [(False,), (True,), (False,)]
            assert store.rows("select verified from sources where source = 'crm'") == [(False,)]
            terms = store.rows(
                "select signs, to_ordinal is null from source_register where source = 'crm' "
                "order by from_ordinal"
            )
            assert terms == [(False, False), (True, False), (False, True)]


def test_unknown_rule_set_stops_the_projector_where_it_begins(tmp_path: Path) -> None:
    """What stands before it is answered; nothing after it is judged by rules of another day."""
    with create_ledger(tmp_path / "ledger") as ledger:
        register_source(ledger, "crm")
        append_facts(ledger, [_fact(ComplaintReceived, 1, received_on=date(2026, 3, 2))])
        later = signed_control("rules", {"rule_set": 2}, ledger.signer())
        ledger.log.append(to_all_partitions(ledger.log, [later]))
        acknowledged = _fact(ComplaintAcknowledged, 2, medium="web")
        ledger.log.append([NewRecord(0, STREAM.encode(), encode_event(acknowledged))])
        projection = Projection(ledger)
        for _ in range(2):
            with pytest.raises(UnknownRuleSetError, match="rule set 2"):
                projection.catch_up()
        path = next((tmp_path / "ledger" / "projection").glob("*/ledger.duckdb"))
        with DuckStore.open_for_questions(path) as store:
            assert store.rows("select version, lifecycle from complaints") == [(1, "received")]


@pytest.mark.slow
def test_a_list_of_records_is_projected_though_only_the_row_form_judges_it(tmp_path: Path) -> None:
    """An admitted decision with outcomes for each point is in the tables, alone and among others."""
    outcome = IssueOutcome(issue="late", outcome="upheld")
    with create_ledger(tmp_path / "ledger") as ledger:
        register_source(ledger, "crm")
        projection = Projection(ledger)
        plain = _fact(DecisionMade, 2, outcome="upheld")
        first = _fact(DecisionMade, 3, outcome="upheld", issue_outcomes=[outcome])
        alone = _fact(DecisionMade, 4, outcome="upheld", issue_outcomes=[outcome, outcome])
        received = _fact(ComplaintReceived, 1, received_on=date(2026, 3, 2))
        for batch in ([received, plain, first], [alone]):
            append_facts(ledger, batch)
            with projection.questions() as store:
                assert store.rows("select count(*) from decisions") != [(0,)]
        for _ in range(2):
            with projection.questions() as store:
                told = store.rows("select issues from decisions order by position")
                assert told == [(0,), (1,), (2,)]
            projection.rebuild()
        assert check(ledger, projection).problems == []
