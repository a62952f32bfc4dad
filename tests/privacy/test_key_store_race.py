"""Several processes and one key store: one pair, one key."""

from __future__ import annotations

import multiprocessing
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapters.key_store import MASTER_FILE, SqliteDataKeys
from tests.privacy.surroundings import a_key_store, a_world

if TYPE_CHECKING:
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Barrier

PROCESSES = 4
ROUNDS = 15
PAIRS = [(f"complaint-{n}", "identity") for n in range(ROUNDS * 4)]


def _ask(folder: str, seed: int, start: Barrier, answers: Queue[list[tuple[str, str]]]) -> None:
    path = Path(folder)
    start.wait()
    store = SqliteDataKeys.create(path, master_key=path / MASTER_FILE, world=a_world(seed))
    keys = []
    for first in range(0, len(PAIRS), 4):
        keys += store.key_for(PAIRS[first : first + 4])
    store.close()
    answers.put([(key.key_id, key.secret.hex()) for key in keys])


@pytest.mark.slow
def test_processes_that_ask_at_once_get_the_same_keys(tmp_path: Path) -> None:
    """Whoever makes the store and its keys first, all of them seal under the same ones."""
    processes = multiprocessing.get_context("spawn")
    start, answers = processes.Barrier(PROCESSES), processes.Queue()
    asking = [
        processes.Process(target=_ask, args=(str(tmp_path), seed, start, answers))
        for seed in range(PROCESSES)
    ]
    for process in asking:
        process.start()
    got = [answers.get(timeout=60) for _ in asking]
    for process in asking:
        process.join(timeout=60)
        assert process.exitcode == 0
    answers.close()
    assert all(answer == got[0] for answer in got)
    assert len(set(got[0])) == len(PAIRS)
    stored = a_key_store(tmp_path).key_for(PAIRS)
    assert [(key.key_id, key.secret.hex()) for key in stored] == got[0]


def test_threads_that_ask_at_once_get_the_same_keys(tmp_path: Path) -> None:
    """One store serves the threads of a process, which never see each other's unfinished work."""
    store, start = a_key_store(tmp_path), threading.Barrier(PROCESSES)
    answers: list[list[str]] = []

    def ask() -> None:
        start.wait()
        answers.append([store.key_for([pair])[0].key_id for pair in PAIRS])

    threads = [threading.Thread(target=ask) for _ in range(PROCESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == PROCESSES
    assert all(answer == answers[0] for answer in answers)
