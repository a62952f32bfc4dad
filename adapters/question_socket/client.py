"""The client: asks the process that holds the file, if there is one."""

from __future__ import annotations

import io
import socket
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa

from adapters.question_socket.frames import (
    END,
    FAILED,
    DataReader,
    object_in,
    receive,
    send_object,
)
from adapters.question_socket.place import address
from domain.errors import DamagedError, InputError, RefusedError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CONNECT_S = 5.0
BUFFER = 1 << 18
_BY_EXIT_CODE = {1: RefusedError, 2: InputError, 3: UnreachableError, 4: DamagedError}


class QuestionClient:
    """One conversation: its questions are all asked of the state that it began with."""

    def __init__(self, sock: socket.socket, *, process: int, new: int) -> None:
        self._sock = sock
        self._answer: DataReader | None = None
        self._failure: Exception | None = None
        self.process = process
        """Number of the process that answers."""
        self.new = new
        """How many records it had not projected yet."""

    @classmethod
    def reach(cls, folder: Path, *, copy_into: str | None = None) -> Self | None:
        """Begin a conversation, or return None if no process serves this folder.

        Args:
            folder: the projection's.
            copy_into: name of a file among the snapshots, to copy the tables into first.

        Raises:
            LedgerError: the process that serves cannot do that.
        """
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(CONNECT_S)
            sock.connect(address(folder))
            sock.settimeout(None)
            send_object(sock, {} if copy_into is None else {"copy_into": copy_into})
            frame = receive(sock)
        except (OSError, ValueError):
            sock.close()
            return None
        except BaseException:
            sock.close()
            raise
        if frame is None:
            sock.close()
            return None
        told = object_in(frame[1])
        if frame[0] == FAILED:
            sock.close()
            raise _error(told)
        return cls(sock, process=int(told["process"]), new=int(told["new"]))

    def ask(
        self, sql: str, parameters: Mapping[str, Any] | None = None
    ) -> tuple[list[str], pa.RecordBatchReader]:
        """Return the columns' names of an answer, and its batches as they come.

        Raises:
            LedgerError: the question cannot be answered.
            UnreachableError: the process that answers has ended.
        """
        try:
            if self._answer is not None:
                self._answer.finish()
                self._answer = None
            send_object(self._sock, {"sql": sql, "parameters": dict(parameters or {})})
            frame = receive(self._sock)
            if frame is None or frame[0] == END:
                raise ConnectionError
            told = object_in(frame[1])
            if frame[0] == FAILED:
                raise _error(told)
            answer = self._answer = DataReader(self._sock)
            stream = pa.ipc.open_stream(io.BufferedReader(answer, BUFFER))
        except (OSError, pa.ArrowInvalid) as exc:
            raise self._broken() from exc
        except TypeError as exc:
            msg = f"a parameter of the question cannot be sent ({exc}); give texts and numbers"
            raise InputError(msg) from exc
        batches = pa.RecordBatchReader.from_batches(stream.schema, self._batches(stream))
        return [str(name) for name in told["columns"]], batches

    def _batches(self, stream: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        answer = self._answer
        try:
            yield from stream
            if answer is not None:
                answer.finish()
            self._answer = None
        except (OSError, pa.ArrowInvalid) as exc:
            told = answer.failed if answer is not None else None
            self._failure = _error(told) if told is not None else self._broken()
            raise self._failure from exc

    def failure(self) -> Exception | None:
        """Return what broke the last answer off, if anything did."""
        return self._failure

    def _broken(self) -> Exception:
        return UnreachableError(
            f"process {self.process}, which follows the ledger, ended before the whole answer; ask again"
        )

    def close(self) -> None:
        """End the conversation."""
        self._sock.close()


def _error(told: Mapping[str, Any]) -> Exception:
    kind = _BY_EXIT_CODE.get(int(told.get("exit_code", 3)), UnreachableError)
    return kind(str(told.get("error", "the answer was refused")))
