"""Following: the read models stay level with the log while others append and ask."""

from __future__ import annotations

import time
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.question_socket.place import listen, remove
from adapters.question_socket.server import QuestionServer
from complaints_ledger.answering import Levelling, StoreAnswering
from complaints_ledger.projector import BATCH

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from adapters.duckdb_store import DuckStore
    from complaints_ledger.projector import Progress, Projector
    from domain.ports import Log

LOOK_S: Final = 0.05
"""How often the log's head is looked at: a fifth of the time in which a fact shall be visible."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that were projected together."""

    projected: int
    records: int
    """How many the log held then."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Watch:
    """Whom a follower tells, and who ends it."""

    is_over: Callable[[], bool]
    """Whether it shall end; asked at every look."""
    told: Callable[[Batch], None] = lambda _batch: None
    progress: Callable[[Progress], None] = lambda _progress: None
    beside: Callable[[StoreAnswering], AbstractContextManager[None]] = lambda _: nullcontext()
    """What else runs as long as it follows."""


class _OverError(Exception):
    """Ends a catch-up at its next batch; what it began is projected again later."""


class Follower:
    """Holds one store open, keeps it level with the log, and answers the readers beside it."""

    def __init__(self, store: DuckStore, projector: Projector, log: Log, watch: Watch) -> None:
        self._store = store
        self._projector = projector
        self._log = log
        self._watch = watch
        self._levelling = Levelling()
        self._level = dict.fromkeys(range(log.partitions), 0)

    def run(self, folder: Path, snapshots: Path) -> None:
        """Follow until it is over; the caller holds the projection's lock.

        Args:
            folder: the projection's, where readers find the socket.
            snapshots: the only folder that any statement may write to.
        """
        snapshots.mkdir(exist_ok=True)
        with ExitStack() as stack:
            answering = StoreAnswering(self._store, self._levelling, snapshots)
            stack.callback(answering.close)
            self._store.lock_down(snapshots.absolute())
            listener = listen(folder)
            stack.callback(remove, folder, listener.getsockname())
            server = QuestionServer(listener, answering)
            stack.callback(server.close)
            stack.enter_context(self._watch.beside(answering))
            stack.callback(self._levelling.end)
            try:
                self._backlog()
                while not self._watch.is_over():
                    self._look()
            except _OverError:
                return

    def _backlog(self) -> None:
        """Project what was there before, a transaction at a time."""

        def told(progress: Progress) -> None:
            self._watch.progress(progress)
            if self._watch.is_over():
                raise _OverError

        asked, began = self._levelling.taken(), time.monotonic()
        heads = self._heads()
        count = self._projector.catch_up(upto=heads, tell=told)
        self._tell(count, heads, began)
        self._level = heads
        self._levelling.grant(asked, count)

    def _look(self) -> None:
        """Project what is new, a batch at a time, and let those go on who waited for it."""
        self._levelling.wanted(LOOK_S)
        asked = self._levelling.taken()
        heads = self._heads()
        lag = sum(heads.values()) - sum(self._level.values())
        while self._level != heads and not self._watch.is_over():
            began = time.monotonic()
            upto = {p: min(head, self._level[p] + BATCH) for p, head in heads.items()}
            self._tell(self._projector.catch_up(upto=upto), upto, began)
            self._level = upto
        if self._level == heads:
            self._levelling.grant(asked, lag)

    def _heads(self) -> dict[int, int]:
        return {partition: self._log.head(partition) for partition in self._level}

    def _tell(self, count: int, heads: dict[int, int], began: float) -> None:
        if count:
            taken = round(time.monotonic() - began, 4)
            self._watch.told(Batch(count, sum(heads.values()), taken))
