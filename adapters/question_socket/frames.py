"""Frames on a stream: one byte for the kind, four for the length, then so many bytes.

A `ConnectionError` says that the other side ended early, was too slow, or speaks otherwise.
"""

from __future__ import annotations

import io
import json
import struct
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from _typeshed import ReadableBuffer, WriteableBuffer

OBJECT: Final = b"J"
"""A JSON object: a request, or the head of an answer."""
DATA: Final = b"D"
"""A piece of an Arrow IPC stream."""
FAILED: Final = b"E"
"""A JSON object with `error` and `exit_code`; the answer ends with it."""
END: Final = b"Z"
"""The answer was whole."""

MAX_REQUEST: Final = 1 << 20
MAX_FRAME: Final = 1 << 26
_HEAD = struct.Struct(">cI")
_PIECE: Final = 1 << 18


def send(sock: socket.socket, kind: bytes, body: bytes = b"") -> None:
    """Send one frame.

    Raises:
        ConnectionError: the other side is gone, or did not take it in time.
    """
    try:
        sock.sendall(_HEAD.pack(kind, len(body)) + body)
    except OSError as exc:
        raise ConnectionError from exc


def send_object(sock: socket.socket, value: Mapping[str, Any], kind: bytes = OBJECT) -> None:
    """Send a JSON object as a frame."""
    send(sock, kind, json.dumps(value).encode())


def receive(
    sock: socket.socket, *, limit: int = MAX_FRAME, within_s: float | None = None
) -> tuple[bytes, bytes] | None:
    """Return kind and body of the next frame, or None if the other side ended before one.

    Args:
        sock: where it comes from; its time-out is how long to wait for the frame's first byte.
        limit: a longer frame is no frame of ours.
        within_s: how long the frame may take from its first byte on.

    Raises:
        ConnectionError: what came is no frame, or only a part of one.
    """
    try:
        first = sock.recv(1)
        if not first:
            return None
        deadline = None if within_s is None else time.monotonic() + within_s
        kind, length = _HEAD.unpack(first + _exactly(sock, _HEAD.size - 1, deadline))
        if kind not in {OBJECT, DATA, FAILED, END} or length > limit:
            raise ConnectionError
        return kind, _exactly(sock, length, deadline)
    except OSError as exc:
        raise ConnectionError from exc


def _exactly(sock: socket.socket, count: int, deadline: float | None) -> bytes:
    found = bytearray()
    while len(found) < count:
        if deadline is not None and time.monotonic() > deadline:
            raise ConnectionError
        part = sock.recv(min(count - len(found), _PIECE))
        if not part:
            raise ConnectionError
        found += part
    return bytes(found)


def object_in(body: bytes) -> dict[str, Any]:
    """Return the JSON object in a frame.

    Raises:
        ConnectionError: it is none.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise ConnectionError from exc
    if not isinstance(found, dict):
        raise ConnectionError
    return found


class DataWriter(io.RawIOBase):
    """A file that sends what is written to it as frames of data, until a moment has come."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        super().__init__()
        self._sock = sock
        self._deadline = deadline

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Send the bytes; waits while the other side is slow.

        Raises:
            TimeoutError: the moment has come; the frames sent so far are whole.
        """
        view = memoryview(data).cast("B")
        for start in range(0, len(view), _PIECE):
            if time.monotonic() > self._deadline:
                raise TimeoutError
            send(self._sock, DATA, bytes(view[start : start + _PIECE]))
        return len(view)


class DataReader(io.RawIOBase):
    """A file that gives what comes as frames of data; its end is the answer's."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._sock = sock
        self._rest = b""
        self._at_end = False
        self.failed: dict[str, Any] | None = None
        """What the other side said is wrong, if it ended with that."""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read some bytes; none at the end of the answer.

        Raises:
            ConnectionError: the answer broke off.
        """
        while not self._rest and not self._at_end:
            self._next()
        view = memoryview(buffer).cast("B")
        count = min(len(view), len(self._rest))
        view[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def _next(self) -> None:
        frame = receive(self._sock)
        if frame is None:
            raise ConnectionError
        kind, body = frame
        if kind == DATA:
            self._rest = body
            return
        self._at_end = True
        if kind == FAILED:
            self.failed = object_in(body)
            raise ConnectionError

    def finish(self) -> None:
        """Read what is left of the answer."""
        self._rest = b""
        while not self._at_end:
            self._next()
            self._rest = b""
