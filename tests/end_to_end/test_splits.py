from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from adapters.duckdb_store import DuckStore
from complaints_ledger.ledger import create_ledger
from complaints_ledger.projection import Projection
from complaints_ledger.projector import Projector
from complaints_ledger.publishing import append_facts
from complaints_ledger.read_model_tables import create_tables, digest_of
from domain.complaint.events import ComplaintReceived
from domain.event import CommandRef
from domain.identity import derived_event_id, derived_stream_id
from tests.domain.random_facts import FACTS
from tests.domain.scenario import fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complaints_ledger.ledger import Ledger
    from domain.event import Event

SOURCES: Final = ("complaints-desk", "complaints-desk", "nobody-knows")
"""Facts of the last are refused."""
STREAMS: Final = tuple(derived_stream_id("complaints-desk", str(n)) for n in range(4))

SLOW_EXAMPLES: Final = settings(
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
"""An example takes seconds, and shrinking tries hundreds: the blob repeats the one that failed."""
NAMED: Final = derived_event_id("split", "0")
"""The event that facts refer to: random facts name ids that no publisher may send."""

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class History:
    """Facts in the order of the log, in the batches in which they were appended."""

    appended: tuple[tuple[Event, ...], ...]


@st.composite
def _events(draw: st.DrawFn, number: int, opened: set[str]) -> tuple[Event, ...]:
    """Facts on one complaint: an opening, whatever else, a conflict, a copy or half a save."""
    stream = draw(st.sampled_from(STREAMS))
    envelope: dict[str, Any] = {
        "event_id": derived_event_id("split", str(number)),
        "stream_id": stream,
        "source": draw(st.sampled_from(SOURCES)),
    }
    if stream not in opened and draw(st.sampled_from([True, True, False])):
        opened.add(stream)
        return (fact(ComplaintReceived, received_on="2024-06-03", **envelope),)
    event = draw(FACTS)
    named = {name: NAMED for name, value in event.__dict__.items() if isinstance(value, UUID)}
    event = event.model_copy(update=named | envelope)
    what = draw(st.sampled_from(["fact", "fact", "fact", "conflict", "copy", "save", "half"]))
    if what == "conflict":
        return (event.model_copy(update={"expected_version": draw(st.integers(0, 4))}),)
    if what == "copy":
        return (event, event)
    if what in {"save", "half"}:
        ref = CommandRef(id=derived_event_id("save", str(number)), index=0, count=2)
        other = {"event_id": derived_event_id("split", str(number), "b")}
        save = (
            event.model_copy(update={"command": ref}),
            event.model_copy(update=other | {"command": ref.model_copy(update={"index": 1})}),
        )
        return save if what == "save" else save[:1]
    return (event,)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Facts that break every rule of the life cycle and of admission."""
    opened: set[str] = set()
    groups = [draw(_events(number, opened)) for number in range(draw(st.integers(5, 25)))]
    return History(tuple(groups))


@contextmanager
def ledger_of(history: History, partitions: int) -> Iterator[Ledger]:
    """Append a history to a new ledger."""
    with (
        tempfile.TemporaryDirectory() as folder,
        create_ledger(Path(folder) / "ledger", partitions=partitions) as ledger,
    ):
        for events in history.appended:
            append_facts(ledger, events)
        yield ledger


def _digest_at(ledger: Ledger, sizes: Sequence[int]) -> tuple[str, Rows, Rows]:
    """Project the log anew, in batches of these sizes in turn; return digest and contents."""
    with DuckStore.open(ledger.folder / f"split-{'-'.join(map(str, sizes))}.duckdb") as store:
        create_tables(store)
        heads = {p: ledger.log.head(p) for p in range(ledger.log.partitions)}
        at, turn = dict.fromkeys(heads, 0), 0
        while at != heads:
            size = sizes[turn % len(sizes)]
            at = {p: min(at[p] + size, heads[p]) for p in heads}
            Projector(
                store, ledger.log, around=ledger.around, world=ledger.world, batch=size
            ).catch_up(upto=at)
            turn += 1
        return digest_of(store), *contents_of(store)


def contents_of(store: DuckStore) -> tuple[Rows, Rows]:
    """Return verdicts and events."""
    verdicts = "select * from record_verdicts order by partition, ordinal"
    events = "select * exclude (stream_no) from complaint_events order by partition, position"
    return store.rows(verdicts), store.rows(events)


@pytest.mark.slow
@settings(SLOW_EXAMPLES, max_examples=4)
@given(history=histories(), partitions=st.sampled_from([1, 3]), size=st.integers(5, 20))
def test_any_split_and_a_rebuild_give_equal_digests(
    history: History, partitions: int, size: int
) -> None:
    """The read models follow from the log alone, however it was cut (DESIGN 2)."""
    with ledger_of(history, partitions) as ledger:
        at_once = _digest_at(ledger, [10_000])
        assert _digest_at(ledger, [30 + size, size]) == at_once
        projection = Projection(ledger)
        projection.rebuild()
        with projection.questions() as store:
            assert (digest_of(store), *contents_of(store)) == at_once


@pytest.mark.slow
@settings(SLOW_EXAMPLES, max_examples=2)
@given(history=histories())
def test_partitions_do_not_change_what_holds_of_a_complaint(history: History) -> None:
    """A complaint lies in one partition, so how many there are changes no verdict on it."""
    answers = []
    for partitions in (1, 3):
        with ledger_of(history, partitions) as ledger:
            projection = Projection(ledger)
            with projection.questions() as store:
                answers.append(
                    (
                        store.rows(
                            "select stream_id, version, event_id from complaint_events order by all"
                        ),
                        store.rows(
                            "select * exclude (stream_no, recorded_at) from complaints "
                            "order by complaint_id"
                        ),
                        store.rows(
                            "select event_id, stream_id, outcome, reason, version "
                            "from record_verdicts where stream_id in "
                            "(select complaint_id from complaints) order by all"
                        ),
                    )
                )
    assert answers[0] == answers[1]
