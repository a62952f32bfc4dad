"""A follower keeps up, answers who asks, and ends without loss, however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapters.question_socket.place import address
from complaints_ledger.following import Batch, Watch
from complaints_ledger.ledger import open_ledger
from complaints_ledger.projection import Projection
from domain.errors import UnreachableError
from tests.readers.conftest import (
    COMMAND,
    ENVIRONMENT,
    FollowerProcess,
    command,
    following,
    log_complaint,
)
from tests.readers.test_hostile_questions import rows

if TYPE_CHECKING:
    from complaints_ledger.projector import Progress


def _digests(folder: Path) -> list[tuple[object, ...]]:
    with open_ledger(folder) as ledger, Projection(ledger).questions() as store:
        return store.rows("select name, digest from model_digests order by name")


@pytest.mark.slow
def test_what_was_followed_is_what_a_rebuild_gives(folder: Path) -> None:
    """Batches of one record, in a process that serves, come to the digests of the log."""
    with following(folder) as projection:
        for number in range(3, 8):
            log_complaint(folder, f"C-{number}")
            with projection.asked() as questions:
                assert rows(questions, "select count(*) from complaints") == [(number,)]
    followed = _digests(folder)
    with open_ledger(folder) as ledger:
        Projection(ledger).rebuild()
    assert _digests(folder) == followed


def test_each_batch_is_told(folder: Path) -> None:
    """What is told adds up to the log."""
    told: list[Batch] = []
    with following(folder, told=told.append) as projection:
        log_complaint(folder, "C-3")
        with projection.asked():
            pass
    with open_ledger(folder) as ledger:
        head = ledger.log.head(0)
    assert [sum(batch.projected for batch in told), told[-1].records] == [head, head]


@pytest.mark.slow
def test_a_first_catch_up_can_be_ended(folder: Path) -> None:
    """What a backlog had begun when it was ended is projected the next time."""
    seen: list[Progress] = []
    with open_ledger(folder) as ledger:
        Projection(ledger).follow(Watch(lambda: bool(seen), progress=seen.append))
        assert seen
        with Projection(ledger).asked() as questions:
            assert rows(questions, "select count(*) from complaints") == [(2,)]


def test_only_one_follows_and_what_needs_the_file_says_so(folder: Path) -> None:
    """A rebuild, a check or a second follower beside a follower name the process to be stopped."""
    with following(folder) as projection:
        for needs in (projection.rebuild, lambda: projection.beside().__enter__()):
            with pytest.raises(UnreachableError, match=f"kill {os.getpid()}"):
                needs()
        assert projection.catch_up() == 0


def test_every_reader_answers_beside_a_follower(follower: FollowerProcess) -> None:
    """Show, history, queue, status, sql and the door read from the process that holds the file."""
    log_complaint(follower.folder, "C-3")
    asked = (
        ("show", "C-3"),
        ("history", "C-3"),
        ("queue",),
        ("status",),
        ("door", "list"),
        ("sql", "select reference from complaints"),
        ("project",),
        ("project", "--follow"),
        ("sql", "select timestamp '2026-01-01'::timestamptz::varchar as t"),
    )
    with ThreadPoolExecutor(8) as eight:
        done = list(eight.map(lambda words: follower.ask(*words, "--json"), asked))
    assert [each.returncode for each in done] == [0] * 7 + [3, 0]
    assert [json.loads(line)["reference"] for line in done[5].stdout.splitlines()] == [
        "C-1",
        "C-2",
        "C-3",
    ]
    assert "follows this ledger" in done[7].stderr
    assert json.loads(done[8].stdout) == {"t": "2026-01-01 00:00:00+00"}


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(follower: FollowerProcess, number: signal.Signals) -> None:
    """It ends with 0 and without a word, takes its socket with it, and the file is free."""
    follower.process.send_signal(number)
    out, said = follower.process.communicate(timeout=30)
    assert (follower.process.returncode, said) == (0, "")
    assert sum(json.loads(line)["projected"] for line in out.splitlines()) > 0
    assert not Path(address(follower.folder / "projection")).exists()
    assert follower.ask("check", "--quiet").returncode == 0


@pytest.mark.slow
def test_after_a_kill_a_reader_takes_over(follower: FollowerProcess) -> None:
    """A socket that nobody serves any more is in nobody's way."""
    follower.process.kill()
    follower.process.wait()
    log_complaint(follower.folder, "C-3")
    assert Path(address(follower.folder / "projection")).exists()
    with open_ledger(follower.folder) as ledger, Projection(ledger).asked() as questions:
        assert rows(questions, "select count(*) from complaints") == [(3,)]
    with following(follower.folder) as projection, projection.asked() as questions:
        assert rows(questions, "select count(*) from complaints") == [(3,)]


@pytest.mark.slow
def test_a_kill_in_the_middle_of_an_answer_is_told_in_one_line(follower: FollowerProcess) -> None:
    """Half an answer is never taken for a whole one: exit code 3 and what to do."""
    query = "select repeat('x', 100) || range as x from range(3000000)"
    asking = subprocess.Popen(
        [*COMMAND, "--ledger", str(follower.folder), "sql", query, "--format", "csv"],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert asking.stdout is not None
    assert asking.stdout.readline() == "x\n"
    follower.process.kill()
    _, said = asking.communicate(timeout=60)
    assert asking.returncode == 3
    assert said.count("\n") == 1
    assert "ended before the whole answer; ask again" in said


@pytest.mark.slow
def test_nothing_is_lost_between_publishers_readers_and_a_follower(folder: Path) -> None:
    """Publishers append beside it, and each sees his own at once."""
    wrong: list[object] = []

    def publish(start: int) -> None:
        with open_ledger(folder) as ledger:
            projection = Projection(ledger)
            for number in range(start, start + 3):
                done = command(folder, "case", "log", "--reference", f"C-{number}", "--quiet")
                sql = f"select count(*) from complaints where reference = 'C-{number}'"
                with projection.asked() as questions:
                    if done.returncode or rows(questions, sql) != [(1,)]:
                        wrong.append((number, done.stderr))

    with following(folder) as projection:
        threads = [threading.Thread(target=publish, args=(start,)) for start in (10, 20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with projection.asked() as questions:
            assert rows(questions, "select count(*) from complaints") == [(8,)]
    assert wrong == []
