"""A log with records of earlier versions is read as if they had been written today."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from adapters.avro_codec import decode_event, schema_text
from complaints_ledger.checking import check
from complaints_ledger.ledger import create_ledger
from complaints_ledger.projection import Projection
from complaints_ledger.publishing import publish_lines
from complaints_ledger.sources import register_source
from domain.catalogue import BY_TOPIC, CURRENT
from domain.complaint.events.earlier import EARLIER_EVENTS
from domain.complaint.evolution import history
from domain.complaint.state import lifecycle_label
from domain.ports import NewRecord
from domain.rules.record import partition_of
from domain.samples import minimal_sample
from domain.upcasting import topic_version

if TYPE_CHECKING:
    from complaints_ledger.ledger import Ledger
    from domain.event import Event

FOLDER: Final = Path(__file__).parents[2] / "schemas"
STORY: Final = (
    ("complaint_received", 1),
    ("decision_made", 1),
    ("decision_communicated", 1),
    ("redress_offered", 1),
    ("redress_accepted", 1),
    ("complainant_rejected", 1),
    ("decision_communicated", 2),
    ("complainant_accepted", 1),
)
"""Published samples of one stream, in the order in which they came."""


def _published(event: str, version: int) -> bytes:
    return bytes.fromhex((FOLDER / f"complaint/{event}.v{version}.minimal.hex").read_text("ascii"))


def _line(event: str, version: int) -> bytes:
    sample = json.loads((FOLDER / f"complaint/{event}.v{version}.minimal.json").read_text("utf-8"))
    return json.dumps(sample).encode()


def _topic(event: str, version: int) -> str:
    return f"complaints.{event}.v{version}"


@pytest.mark.parametrize("earlier", EARLIER_EVENTS, ids=lambda each: each.__name__)
def test_an_earlier_version_is_as_it_was_released_and_read_as_the_newest(
    earlier: type[Event],
) -> None:
    """The class of a version never moves, and nobody decides on it by its own class."""
    released = json.loads((FOLDER / "released.json").read_text("utf-8"))[earlier.TOPIC]
    assert (FOLDER / released["file"]).is_file()
    base, version = topic_version(earlier.TOPIC)
    written = _published(base.rpartition(".")[2], version)
    read = decode_event(written, earlier.TOPIC, schema_text(earlier))
    newest = CURRENT[earlier.TOPIC]
    assert type(read) is newest
    assert newest is not earlier
    assert read == newest.model_validate(minimal_sample(earlier).model_dump())


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [True, False], ids=["one batch", "record by record"])
def test_records_of_two_versions_are_one_complaint(tmp_path: Path, at_once: bool) -> None:  # noqa: FBT001
    """State, label, read models, rebuild and check agree, and the stored type stays true."""
    values = [_published(*each) for each in STORY]
    stream = minimal_sample(BY_TOPIC["complaints.complaint_received.v1"]).stream_id
    with create_ledger(tmp_path / "ledger") as ledger:
        register_source(ledger, "crm")
        projection = Projection(ledger)
        place = partition_of(stream.encode(), ledger.log.partitions)
        batches = [values] if at_once else [[value] for value in values]
        for batch in batches:
            ledger.log.append([NewRecord(place, stream.encode(), value) for value in batch])
            with projection.questions():
                pass
        _assert_one_complaint(ledger, projection, values)
        projection.rebuild()
        _assert_one_complaint(ledger, projection, values)


def _assert_one_complaint(ledger: Ledger, projection: Projection, values: list[bytes]) -> None:
    read = [
        decode_event(value, _topic(*each), schema_text(BY_TOPIC[_topic(*each)]))
        for each, value in zip(STORY, values, strict=True)
    ]
    state = history(read)
    assert state is not None
    label = lifecycle_label(state)
    assert label == "resolving"
    with projection.questions() as store:
        types = store.rows("select event_type from complaint_events order by position")
        assert [row[0] for row in types] == [_topic(*each) for each in STORY]
        assert store.rows("select lifecycle, version from complaints") == [(label, len(STORY))]
        assert store.rows("select accepted_on is not null from redress") == [(True,)]
        assert store.rows("select count(*) from event.unknown") == [(0,)]
        assert store.rows("select * from incomplete_models") == []
        told = "select what from communications where what = 'decision_communicated'"
        assert len(store.rows(told)) == len([each for each in STORY if each[0] in told])
    assert check(ledger, projection).problems == []


@pytest.mark.slow
def test_an_upstream_goes_on_publishing_the_earlier_version(tmp_path: Path) -> None:
    """A line of version 1 is recorded as version 1, and one of version 2 beside it."""
    with create_ledger(tmp_path / "ledger") as ledger:
        register_source(ledger, "crm")
        came = list(publish_lines(ledger, [_line(*each) for each in STORY]))
        assert [each.outcome for each in came] == ["accepted"] * len(STORY)
        with Projection(ledger).questions() as store:
            types = store.rows("select event_type from complaint_events order by position")
            assert [row[0] for row in types] == [_topic(*each) for each in STORY]
