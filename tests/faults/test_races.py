from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from adapters.avro_codec import encode_event
from adapters.recorder import LedgerApplicationRecorder
from complaints_ledger.desk import ComplaintsApplication
from complaints_ledger.ledger import create_ledger, open_ledger
from complaints_ledger.projection import Projection
from complaints_ledger.publishing import append_facts
from domain.complaint.events import AttentionRaised
from domain.identity import derived_event_id, derived_stream_id
from tests.domain.scenario import SPECS, command_of, fact, received
from tests.faults.kill_loop import PRELOADED

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.synchronize import Barrier
    from pathlib import Path

    from complaints_ledger.ledger import Ledger
    from domain.complaint.commands.command import Command

    Race = Callable[[Ledger, str, int, Barrier], "Said"]

RACERS: Final = 4
ROUNDS: Final = 12
SEED: Final = 20240610
SOURCE: Final = "complaints-desk"
CONTEXT: Final = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(list(PRELOADED))
PATIENCE_S: Final = 120

Said = list[tuple[int, str]]
"""What a racer tells: (version, won or the reason why not), in its order."""


def raised(stream: str, racer: int, version: int) -> AttentionRaised:
    """Return the event with which a racer wants to be `version` + 1."""
    return fact(
        AttentionRaised,
        event_id=derived_event_id(stream, str(racer), str(version)),
        stream_id=stream,
        expected_version=version,
        level=racer,
        source=SOURCE,
    )


def news(stream: str, name: str, medium: str) -> Command:
    """Return the command that tells the complainant how things stand."""
    command: Command = command_of(
        SPECS["send-progress-update"],
        command_id=derived_event_id(stream, name),
        stream_id=stream,
        medium=medium,
        source=SOURCE,
    )
    return command


def append_by_recorder(ledger: Ledger, stream: str, racer: int, start: Barrier) -> Said:
    """Try to be each version, through the library's recorder."""
    said: Said = []
    recorder = LedgerApplicationRecorder(ledger.store())
    for version in range(1, ROUNDS + 1):
        event = raised(stream, racer, version)
        stored = StoredEvent(UUID(stream), version + 1, event.TOPIC, encode_event(event))
        start.wait(PATIENCE_S)
        try:
            recorder.insert_events([stored])
        except IntegrityError as exc:
            said.append((version + 1, str(getattr(exc, "reason", exc))))
        else:
            said.append((version + 1, "won"))
    return said


def append_by_publishing(ledger: Ledger, stream: str, racer: int, start: Barrier) -> Said:
    """Try to be each version, with facts that say what their author had seen."""
    said: Said = []
    for version in range(1, ROUNDS + 1):
        start.wait(PATIENCE_S)
        (verdict,) = append_facts(ledger, [raised(stream, racer, version)])
        won = verdict.outcome == "accepted"
        said.append((version + 1, "won" if won else str(verdict.reason)))
    return said


def act_by_commands(ledger: Ledger, stream: str, racer: int, start: Barrier) -> Said:
    """Carry out commands that all find a complaint which others are changing."""
    said: Said = []
    draw = random.Random(f"{SEED} {racer}")
    application = ComplaintsApplication(ledger)
    for number in range(ROUNDS):
        command = news(stream, f"{racer} {number}", draw.choice(["phone", "email", "post"]))
        start.wait(PATIENCE_S)
        outcome = application.handle(SPECS["send-progress-update"], command)
        said.append((outcome.version, f"repeated: {outcome.repeated}"))
    return said


def act_by_shared_commands(ledger: Ledger, stream: str, racer: int, start: Barrier) -> Said:
    """Carry out commands whose ids all racers share, as a client that asks again does."""
    said: Said = []
    application = ComplaintsApplication(ledger)
    for number in range(ROUNDS):
        command = news(stream, str(number), "phone")
        start.wait(PATIENCE_S)
        outcome = application.handle(SPECS["send-progress-update"], command)
        said.append((outcome.version, f"repeated: {outcome.repeated}"))
    assert racer < RACERS
    return said


RACES: Final = (append_by_recorder, append_by_publishing, act_by_commands, act_by_shared_commands)


def stream_of(race: Race) -> str:
    """Return the complaint that a race is about."""
    return derived_stream_id(SOURCE, race.__name__)


def take_part(folder: Path, racer: int, start: Barrier, told: Connection) -> None:
    """Run every race and tell how it went."""
    try:
        with open_ledger(folder) as ledger:
            told.send([race(ledger, stream_of(race), racer, start) for race in RACES])
    except BaseException as exc:
        start.abort()
        told.send(repr(exc))
        raise


@dataclass(frozen=True, slots=True)
class Raced:
    """What the racers said of each race, and the history that came of it."""

    said: dict[str, list[Said]]
    history: dict[str, list[tuple[int, str]]]


@pytest.fixture(scope="module")
def raced(tmp_path_factory: pytest.TempPathFactory) -> Raced:
    """All races, run once by processes that do each round at the same moment."""
    folder = tmp_path_factory.mktemp("races") / "ledger"
    with create_ledger(folder) as ledger:
        for race in RACES:
            stream = stream_of(race)
            opening = received(
                event_id=derived_event_id(stream), stream_id=stream, reference=None, source=SOURCE
            )
            assert append_facts(ledger, [opening])[0].outcome == "accepted"
    told = told_by_racers(folder)
    said = {race.__name__: [each[n] for each in told] for n, race in enumerate(RACES)}
    sql = "select stream_id, version, event_id from complaint_events order by stream_id, position"
    history: dict[str, list[tuple[int, str]]] = {}
    with open_ledger(folder) as ledger, Projection(ledger).questions() as store:
        for stream_id, version, event_id in store.rows(sql):
            history.setdefault(stream_id, []).append((version, event_id))
    return Raced(said, {race.__name__: history[stream_of(race)] for race in RACES})


def told_by_racers(folder: Path) -> list[list[Said]]:
    """Start the racers and return what each says."""
    start = CONTEXT.Barrier(RACERS)
    pipes = [CONTEXT.Pipe(duplex=False) for _ in range(RACERS)]
    processes = [
        CONTEXT.Process(target=take_part, args=(folder, racer, start, told), daemon=True)
        for racer, (_, told) in enumerate(pipes)
    ]
    for process in processes:
        process.start()
    try:
        answers: list[Any] = []
        for heard, _ in pipes:
            assert heard.poll(PATIENCE_S), f"a racer is stuck (seed {SEED})"
            answers.append(heard.recv())
    finally:
        for process, ends in zip(processes, pipes, strict=True):
            process.join(1)
            process.kill()
            process.join()
            for end in ends:
                end.close()
    failed = [answer for answer in answers if isinstance(answer, str)]
    assert not failed, f"{failed} (seed {SEED})"
    return answers


@pytest.mark.parametrize("race", [append_by_recorder, append_by_publishing])
def test_of_racers_for_one_version_exactly_one_wins(raced: Raced, race: Race) -> None:
    """The others get the conflict, always (RULES 5)."""
    said = raced.said[race.__name__]
    told = Counter(answer for each in said for answer in each)
    for version in range(2, ROUNDS + 2):
        assert told.pop((version, "won")) == 1, version
        assert told.pop((version, "version-conflict")) == RACERS - 1, version
    assert not told
    winners = {
        version: str(derived_event_id(stream_of(race), str(racer), str(version - 1)))
        for racer, each in enumerate(said)
        for version, answer in each
        if answer == "won"
    }
    assert raced.history[race.__name__][1:] == sorted(winners.items())


def test_commands_that_lose_a_race_are_decided_again(raced: Raced) -> None:
    """Every command comes through, at a version of its own, without a gap."""
    said = raced.said[act_by_commands.__name__]
    versions = sorted(version for each in said for version, _ in each)
    assert versions == list(range(2, RACERS * ROUNDS + 2))
    history = raced.history[act_by_commands.__name__]
    assert [version for version, _ in history] == [1, *versions]


def test_a_command_that_several_carry_out_happens_once(raced: Raced) -> None:
    """Of processes that carry out one command id, one appends and all get its outcome."""
    said = raced.said[act_by_shared_commands.__name__]
    for number in range(ROUNDS):
        answers = Counter(each[number] for each in said)
        assert answers == {
            (number + 2, "repeated: False"): 1,
            (number + 2, "repeated: True"): RACERS - 1,
        }
    history = raced.history[act_by_shared_commands.__name__]
    assert [version for version, _ in history] == list(range(1, ROUNDS + 2))
