"""What a check proves, from the start or since the last one that passed."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from complaints_ledger.checking import check
from complaints_ledger.ledger import create_ledger
from complaints_ledger.projection import Projection
from complaints_ledger.publishing import append_facts
from complaints_ledger.sources import register_source
from domain.complaint.events import (
    ComplaintAcknowledged,
    ComplaintAssigned,
    ComplaintReceived,
    DecisionMade,
)
from domain.event import CommandRef, Event
from domain.identity import derived_event_id, derived_stream_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from complaints_ledger.ledger import Ledger


def _fact(kind: type[Event], stream: int, number: int = 0, **said: Any) -> Event:
    return kind(
        **{
            "event_id": derived_event_id("check", kind.__name__, str(stream), str(number)),
            "stream_id": derived_stream_id("crm", str(stream)),
            "occurred_on": date(2026, 3, 2),
            "actor": "svc-crm",
            "actor_role": "service",
            "source": "crm",
            **said,
        }
    )


def _received(stream: int) -> Event:
    return _fact(ComplaintReceived, stream, received_on=date(2026, 3, 2), product="loan")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger with twenty complaints, one refused record and half a save, checked once."""
    with closing(create_ledger(tmp_path / "ledger")) as made:
        register_source(made, "crm")
        append_facts(made, [_received(n) for n in range(20)])
        append_facts(made, [_fact(ComplaintAcknowledged, 99, medium="web")])
        append_facts(made, [_half(0)])
        first = check(made, Projection(made))
        assert first.problems == []
        assert first.checked == first.records
        yield made


def _half(index: int) -> Event:
    command = CommandRef(id=derived_event_id("save"), index=index, count=2)
    return _fact(
        ComplaintAssigned, 5, index, owner=f"staff-{index}", command=command, expected_version=1
    )


def _go_on(ledger: Ledger) -> None:
    append_facts(ledger, [_fact(ComplaintAcknowledged, n, medium="web") for n in range(0, 20, 3)])
    append_facts(ledger, [_received(n) for n in range(18, 24)])
    append_facts(ledger, [_half(1)])
    append_facts(ledger, [_fact(DecisionMade, 3, outcome="upheld")])


@pytest.mark.slow
def test_second_check_proves_only_what_came_after_the_first(ledger: Ledger) -> None:
    """Old streams, new ones, duplicates and a save that is completed are derived from what was proved."""
    projection = Projection(ledger)
    assert check(ledger, projection).checked == 0
    _go_on(ledger)
    since = check(ledger, projection)
    assert since.problems == []
    assert since.checked == 15
    whole = check(ledger, projection, full=True)
    assert (whole.problems, whole.digest) == ([], since.digest)
    assert whole.checked == whole.records == since.records


DAMAGES = {
    "altered": "update complaints set product = 'card' where complaint_id = '{touched}'",
    "is missing": "delete from complaint_transitions where complaint_id = '{touched}'",
    "is extra": "insert into communications by name select * replace ('x' as event_id, 0 as position) "
    "from communications where complaint_id = '{touched}' limit 1",
    "table 'events'": "update event.complaint_acknowledged_v1 set medium = 'post' where position = "
    "(select max(position) from event.complaint_acknowledged_v1)",
    "table 'record_verdicts'": "update other_verdicts set reason = 'malformed' where outcome = 'duplicate'",
    "the digest kept": "update model_digests set digest = repeat('0', 64) where name = 'decisions'",
}


@pytest.mark.slow
def test_damage_to_what_is_kept_is_named(ledger: Ledger) -> None:
    """Each kind of difference is found, by either check, and says what it is."""
    projection = Projection(ledger)
    _go_on(ledger)
    with projection.writing() as store:
        for damage in DAMAGES.values():
            store.run(damage.format(touched=derived_stream_id("crm", "3")))
    for full in (False, True):
        report = check(ledger, projection, full=full)
        assert not report.ok
        for kind in DAMAGES:
            assert any(kind in problem for problem in report.problems), (kind, report.problems)
    projection.rebuild()
    assert check(ledger, projection).problems == []


@pytest.mark.slow
def test_check_that_fails_is_not_taken_for_proved(ledger: Ledger) -> None:
    """What the next check starts from is the last that passed."""
    projection = Projection(ledger)
    _go_on(ledger)
    with projection.writing() as store:
        store.run("delete from complaints")
    assert not check(ledger, projection).ok
    assert check(ledger, projection).checked == 15


@pytest.mark.slow
def test_damaged_mark_of_the_last_check_means_a_full_one(ledger: Ledger) -> None:
    """A derived file that cannot be read proves nothing."""
    (ledger.folder / "checked.json").write_text("{")
    report = check(ledger, Projection(ledger))
    assert (report.problems, report.checked) == ([], report.records)
