"""A lock between processes, fair by a turnstile: who waits longest is next but one at worst."""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
import time
from typing import TYPE_CHECKING, Self

from domain.errors import LockTimeoutError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHORTEST_WAIT_S = 0.0002
LONGEST_WAIT_S = 0.01
"""A commit takes a quarter of a millisecond on a good disk; polling beyond 10 ms feels slow."""


class FileLock:
    """An exclusive lock on a file, for threads and processes, freed by the kernel on death.

    One waiter at a time stands before the lock itself, the others before the turnstile, so a
    process that releases and asks again cannot pass those who already wait for the lock.
    """

    def __init__(self, path: Path, *, timeout_s: float = 30.0) -> None:
        self._path = path
        self._timeout_s = timeout_s
        self._thread_lock = threading.Lock()
        self._lock_fd = -1

    @contextlib.contextmanager
    def held(self, timeout_s: float | None = None) -> Iterator[Self]:
        """Hold the lock for the length of a with block.

        Raises:
            LockTimeoutError: another process kept it for too long.
        """
        limit = self._timeout_s if timeout_s is None else timeout_s
        self.acquire(limit)
        try:
            yield self
        finally:
            self.release()

    @contextlib.contextmanager
    def in_this_process(self) -> Iterator[None]:
        """Keep the other threads of this process out, without asking other processes."""
        with self._thread_lock:
            yield

    def acquire(self, timeout_s: float) -> None:
        """Take the lock, waiting at most `timeout_s` seconds."""
        deadline = time.monotonic() + timeout_s
        if not self._thread_lock.acquire(timeout=max(timeout_s, 0.0)):
            raise self._timed_out(timeout_s)
        try:
            self._lock_fd = self._acquire_files(deadline, timeout_s)
        except BaseException:
            self._thread_lock.release()
            raise

    def release(self) -> None:
        """Give the lock back."""
        fd, self._lock_fd = self._lock_fd, -1
        os.close(fd)
        self._thread_lock.release()

    def _acquire_files(self, deadline: float, timeout_s: float) -> int:
        turnstile = os.open(f"{self._path}.queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._wait_for(turnstile, deadline, timeout_s)
            lock = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                self._wait_for(lock, deadline, timeout_s)
            except BaseException:
                os.close(lock)
                raise
            return lock
        finally:
            os.close(turnstile)

    def _wait_for(self, fd: int, deadline: float, timeout_s: float) -> None:
        pause = SHORTEST_WAIT_S
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise self._timed_out(timeout_s) from None
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_WAIT_S)
            else:
                return

    def _timed_out(self, timeout_s: float) -> LockTimeoutError:
        msg = (
            f"lock '{self._path}' is held by another process for over {timeout_s:g} s; "
            "wait for it to end, or stop it, and try again"
        )
        return LockTimeoutError(msg)
