"""The replica: many verdicts at once, names of streams, and what it keeps in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from adapters.recorder import fresh_uuid7
from adapters.replica_queries import ONE_BY_ONE_UP_TO
from complaints_ledger.desk import ComplaintsApplication
from complaints_ledger.ledger import create_ledger, open_ledger, real_world
from complaints_ledger.publishing import append_facts
from domain.complaint.events import AttentionRaised, ComplaintReceived
from domain.event import CommandRef
from domain.identity import derived_event_id, derived_stream_id
from domain.ports import World
from tests.domain.scenario import SPECS, command_of, fact, received

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from complaints_ledger.ledger import Ledger
    from domain.event import Event

SOURCE: Final = "complaints-desk"
CANARY: Final = "Canary Longfellow"


@pytest.fixture(params=[1, 3])
def ledger(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """A fresh ledger of one partition or several."""
    with create_ledger(tmp_path / "ledger", partitions=request.param) as made:
        yield made


def opening(number: int, **said: Any) -> ComplaintReceived:
    """Return the receipt of a complaint."""
    stream = derived_stream_id(SOURCE, str(number))
    envelope: dict[str, Any] = {"stream_id": stream, "source": SOURCE, "reference": f"R-{number}"}
    return received(event_id=derived_event_id(stream, "received"), **(envelope | said))


def raised(number: int, name: str, **said: Any) -> AttentionRaised:
    """Return a fact on a complaint."""
    stream = derived_stream_id(SOURCE, str(number))
    envelope: dict[str, Any] = {"stream_id": stream, "source": SOURCE, "level": 1}
    return fact(AttentionRaised, event_id=derived_event_id(stream, name), **(envelope | said))


def mixed(count: int) -> list[Event]:
    """Return facts that are accepted, refused, duplicates, and half of a save that pends."""
    events: list[Event] = []
    for number in range(count):
        events += [opening(number), raised(number, "first")]
        events += [raised(number, "first")] if number % 3 == 0 else []
        events += [raised(number, "late", expected_version=9)] if number % 4 == 0 else []
        events += [raised(number, "who", source="nobody-knows")] if number % 5 == 0 else []
    save = CommandRef(id=derived_event_id("save"), index=0, count=2)
    return [*events, raised(0, "half", expected_version=2, command=save), raised(99_999, "unknown")]


def test_many_verdicts_are_those_of_one_by_one(ledger: Ledger) -> None:
    """A batch is told line by line what each line alone would be told."""
    events = mixed(40)
    assert len(events) > ONE_BY_ONE_UP_TO
    before = [ledger.log.head(p) for p in range(ledger.log.partitions)]
    told = append_facts(ledger, events)
    outcomes = {verdict.outcome for verdict in told}
    assert outcomes == {"accepted", "refused", "duplicate", "pending"}
    places = {
        (partition, ordinal): record
        for partition, head in enumerate(before)
        for ordinal, record in enumerate(ledger.log.read(partition, head, 10_000), head)
    }
    alone = {}
    for (partition, ordinal), record in places.items():
        stream = (record.key or b"").decode()
        alone[partition, stream, ordinal] = ledger.replica.verdict_of(partition, ordinal, stream)
    assert sorted(map(repr, alone.values())) == sorted(map(repr, told))
    for event, verdict in zip(events, told, strict=True):
        assert verdict.stream_id in {event.stream_id, None}


def test_a_second_batch_is_told_its_own_verdicts(ledger: Ledger) -> None:
    """Positions of an earlier batch stay out of a later one's answer."""
    append_facts(ledger, [opening(n) for n in range(60)])
    told = append_facts(ledger, [raised(n, "first") for n in range(60)])
    assert {verdict.version for verdict in told} == {2}
    assert [verdict.stream_id for verdict in told] == [
        derived_stream_id(SOURCE, str(n)) for n in range(60)
    ]


@pytest.mark.parametrize("count", [2, 60])
def test_a_stream_is_found_by_all_its_names(ledger: Ledger, count: int) -> None:
    """Few or many at once: reference, external id, and source with external id lead to it."""
    append_facts(ledger, [opening(n, external_id=f"X{n}") for n in range(count)])
    stream = derived_stream_id(SOURCE, "1")
    for name in ("R-1", "X1", f"{SOURCE}:X1", stream):
        assert ledger.replica.streams_named(name) == [stream]
    assert ledger.replica.streams_named("R-0") == [derived_stream_id(SOURCE, "0")]


def test_an_opening_that_completes_late_is_found_by_its_name(ledger: Ledger) -> None:
    """A save that a later batch completes opens its stream under its name as well."""
    save = derived_event_id("save")
    parts = [CommandRef(id=save, index=index, count=2) for index in range(2)]
    append_facts(ledger, [opening(7, expected_version=0, command=parts[0])])
    assert ledger.replica.streams_named("R-7") == []
    late = raised(7, "rest", expected_version=0, command=parts[1])
    told = append_facts(ledger, [*(opening(n) for n in range(30, 70)), late])
    assert told[-1].outcome == "accepted"
    assert ledger.replica.streams_named("R-7") == [derived_stream_id(SOURCE, "7")]


def test_two_desks_see_each_others_events(tmp_path: Path) -> None:
    """What a desk remembers of a stream is moved on by what others appended meanwhile."""
    with create_ledger(tmp_path / "ledger") as one, open_ledger(tmp_path / "ledger") as two:
        desks = [ComplaintsApplication(one), ComplaintsApplication(two)]
        stream = derived_stream_id(SOURCE, "desks")
        common = {"stream_id": stream, "source": SOURCE}
        desks[0].handle(SPECS["log"], command_of(SPECS["log"], narrative=CANARY, **common))
        for turn in range(6):
            name = derived_event_id("turn", str(turn))
            command = command_of(SPECS["raise-attention"], command_id=name, level=1, **common)
            done = desks[turn % 2].handle(SPECS["raise-attention"], command)
            assert (done.version, done.repeated) == (2 + turn, False)
            again = desks[1 - turn % 2].handle(SPECS["raise-attention"], command)
            assert (again.version, again.repeated) == (2 + turn, True)


def test_a_desk_remembers_nothing_in_clear(tmp_path: Path) -> None:
    """What it keeps between commands are admitted events, whose personal data is sealed."""
    with create_ledger(tmp_path / "ledger") as ledger:
        desk = ComplaintsApplication(ledger)
        common = {"stream_id": derived_stream_id(SOURCE, "clear"), "source": SOURCE}
        said = command_of(SPECS["log"], narrative=CANARY, **common)
        desk.handle(SPECS["log"], said)
        repeated = desk.handle(SPECS["log"], said)
        assert repeated.repeated
        (event,) = repeated.events
        assert isinstance(event, ComplaintReceived)
        assert event.narrative is not None
        assert not hasattr(event.narrative, "reveal")


def test_a_rolled_back_batch_is_judged_again(tmp_path: Path) -> None:
    """What a batch moved in memory and did not commit is not taken up by the next."""
    create_ledger(tmp_path / "ledger").close()
    failing = {"on": False}

    def fault(name: str) -> None:
        if failing["on"] and name == "replica.written":
            raise OSError(name)

    real = real_world()
    world = World(now_ms=real.now_ms, random_bytes=real.random_bytes, fault=fault)
    with open_ledger(tmp_path / "ledger", world) as ledger:
        append_facts(ledger, [opening(1)])
        failing["on"] = True
        with pytest.raises(OSError, match=r"replica\.written"):
            append_facts(ledger, [opening(2)])
        failing["on"] = False
        told = append_facts(ledger, [opening(2), opening(3)])
        assert [verdict.outcome for verdict in told] == ["duplicate", "accepted"]
        assert ledger.replica.top_position(0) == 3


def test_ids_for_library_events_are_of_version_seven() -> None:
    """RFC 9562 ids carry their instant first."""
    made = fresh_uuid7(1_700_000_000_000, b"\xff" * 10)
    assert made.version == 7
    assert made.int >> 80 == 1_700_000_000_000
