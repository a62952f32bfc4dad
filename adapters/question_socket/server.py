"""The server: a thread for each reader, none of which can hold up another or the projector."""

from __future__ import annotations

import os
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa

from adapters.question_socket.frames import (
    END,
    FAILED,
    MAX_REQUEST,
    OBJECT,
    DataWriter,
    object_in,
    receive,
    send,
    send_object,
)
from domain.errors import InputError, LedgerError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager


class Asking(Protocol):
    """One reader's view: every question of it is asked of the same state."""

    def ask(
        self, sql: str, parameters: Mapping[str, Any]
    ) -> tuple[list[str], pa.RecordBatchReader]:
        """Return the names of the answer's columns, and its batches."""
        ...

    def interrupt(self) -> None:
        """End the question under way; called by another thread."""
        ...


class Answering(Protocol):
    """What a server answers with; called by many threads."""

    def level(self) -> int | None:
        """Bring the tables level with the log as it is now; return how many records were new.

        None: this process is about to end, and the next who holds the file shall be asked.
        """
        ...

    def copy_into(self, name: str) -> None:
        """Copy the tables into a file in the folder of snapshots."""
        ...

    def asking(self) -> AbstractContextManager[Asking]:
        """Give out a view of the tables as they are now."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reader may cost."""

    readers: int = 64
    """More than that wait until another one has ended."""
    answer_s: float = 300.0
    """From a question until its last byte was taken."""
    idle_s: float = 30.0
    """Until the next question, or while the reader takes nothing."""
    request_s: float = 5.0
    """Until the first request, and from the first byte of any to its last."""


WATCH_S = 0.25
"""How soon a question ends whose reader has left."""


class QuestionServer:
    """Answers on a listening socket until it is closed."""

    def __init__(
        self, listener: socket.socket, answering: Answering, limits: Limits | None = None
    ) -> None:
        self._listener = listener
        self._answering = answering
        self._limits = limits or Limits()
        self._room = threading.Semaphore(self._limits.readers)
        self._guard = threading.Lock()
        self._readers: dict[threading.Thread, socket.socket] = {}
        self._closing = False
        self._accepting = threading.Thread(target=self._accept, name="accept", daemon=True)
        self._accepting.start()

    def close(self, grace_s: float = 2.0) -> None:
        """Take no more readers, let the answers under way end, then end them."""
        self._closing = True
        _shut(self._listener)
        self._listener.close()
        self._accepting.join()
        deadline = time.monotonic() + grace_s
        with self._guard:
            readers = dict(self._readers)
        for sock in readers.values():
            _shut(sock, socket.SHUT_RD)
        for thread in readers:
            thread.join(max(deadline - time.monotonic(), 0))
        for thread, sock in readers.items():
            if thread.is_alive():
                _shut(sock)
        for thread in readers:
            thread.join()

    def _accept(self) -> None:
        while True:
            self._room.acquire()
            try:
                sock, _ = self._listener.accept()
            except OSError:
                if self._closing:
                    return
                # No file handle is left, or the reader is gone already: others may come.
                time.sleep(0.01)
                self._room.release()
                continue
            thread = threading.Thread(target=self._converse, args=(sock,), daemon=True)
            with self._guard:
                self._readers[thread] = sock
            thread.start()

    def _converse(self, sock: socket.socket) -> None:
        try:
            if _is_this_user(sock):
                sock.settimeout(self._limits.request_s)
                self._serve(_Reader(sock, self._answering, self._limits, lambda: self._closing))
        except ConnectionError:
            pass
        finally:
            sock.close()
            with self._guard:
                self._readers.pop(threading.current_thread(), None)
            self._room.release()

    def _serve(self, reader: _Reader) -> None:
        if not reader.answer_one(None):
            return
        reader.wait_for_questions()
        with self._answering.asking() as asking:
            while reader.answer_one(asking):
                pass


class _Reader:
    """The conversation with one reader."""

    def __init__(
        self,
        sock: socket.socket,
        answering: Answering,
        limits: Limits,
        is_closing: Callable[[], bool],
    ) -> None:
        self._sock = sock
        self._answering = answering
        self._limits = limits
        self._is_closing = is_closing
        self._answered = threading.Event()

    def wait_for_questions(self) -> None:
        """Give the reader, who has shown that it is one, more time."""
        self._sock.settimeout(self._limits.idle_s)

    def answer_one(self, asking: Asking | None) -> bool:
        """Answer the next request; False if none comes any more.

        The first one comes before there is a view: it brings the tables level.
        """
        frame = receive(self._sock, limit=MAX_REQUEST, within_s=self._limits.request_s)
        if frame is None or frame[0] != OBJECT:
            return False
        try:
            request = object_in(frame[1])
            if asking is None:
                return self._prepare(request)
            self._ask(request, asking)
        except LedgerError as exc:
            self._fail(str(exc), exc.exit_code)
            return asking is not None
        except OSError:
            raise
        except Exception as exc:  # noqa: BLE001  one reader's bad luck is told to that reader
            name = type(exc).__name__
            self._fail(f"the process that follows the ledger cannot do that ({name})", 3)
            return False
        return True

    def _prepare(self, request: dict[str, Any]) -> bool:
        count = self._answering.level()
        if count is None:
            return False
        if "copy_into" in request:
            self._answering.copy_into(str(request["copy_into"]))
        send_object(self._sock, {"new": count, "process": os.getpid()})
        return True

    def _ask(self, request: dict[str, Any], asking: Asking) -> None:
        sql, parameters = request.get("sql"), request.get("parameters") or {}
        if not isinstance(sql, str) or not isinstance(parameters, dict):
            msg = "the request holds no question; send an object with 'sql' and 'parameters'"
            raise InputError(msg)
        deadline = time.monotonic() + self._limits.answer_s
        self._answered.clear()
        watch = threading.Thread(target=self._watch, args=(asking, deadline), daemon=True)
        watch.start()
        try:
            columns, batches = asking.ask(sql, parameters)
            send_object(self._sock, {"columns": columns})
            self._stream(batches, deadline)
        except (LedgerError, TimeoutError):
            if time.monotonic() < deadline:
                raise
            msg = f"the question took over {self._limits.answer_s:g} s; ask for less, or ask a snapshot"
            raise UnreachableError(msg) from None
        finally:
            self._answered.set()
            watch.join()

    def _watch(self, asking: Asking, deadline: float) -> None:
        """End the question when its time is over, or if nobody waits for its answer any more."""
        while not self._answered.wait(min(WATCH_S, max(deadline - time.monotonic(), 0))):
            left = _has_left(self._sock) and not self._is_closing()
            if left or time.monotonic() >= deadline:
                asking.interrupt()
                return

    def _stream(self, batches: pa.RecordBatchReader, deadline: float) -> None:
        names = [f"c{at}" for at in range(len(batches.schema))]
        schema = pa.schema(
            [each.with_name(name) for each, name in zip(batches.schema, names, strict=True)]
        )
        writer = pa.ipc.new_stream(DataWriter(self._sock, deadline), schema)
        for batch in batches:
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
        # Not in a with block: its end would tell the reader that a broken answer was whole.
        writer.close()
        send(self._sock, END)

    def _fail(self, message: str, exit_code: int) -> None:
        send_object(self._sock, {"error": message, "exit_code": exit_code}, FAILED)


def _shut(sock: socket.socket, how: int = socket.SHUT_RDWR) -> None:
    try:
        sock.shutdown(how)
    except OSError:
        return  # it is shut already


def _has_left(sock: socket.socket) -> bool:
    poll = select.poll()
    try:
        poll.register(sock, select.POLLIN)
        return bool(poll.poll(0)) and sock.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


def _is_this_user(sock: socket.socket) -> bool:
    """Tell whether the reader is this user; where the kernel does not say, the file's mode does."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    told = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return struct.unpack("3i", told)[1] in {0, os.geteuid()}
