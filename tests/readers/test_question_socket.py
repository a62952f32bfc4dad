"""Whoever connects to the socket and misbehaves harms nobody but himself."""

from __future__ import annotations

import json
import os
import socket
import stat
import struct
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyarrow as pa
import pytest

from adapters.question_socket.client import QuestionClient
from adapters.question_socket.place import address, listen, remove
from adapters.question_socket.server import Limits, QuestionServer
from domain.errors import InputError, UnreachableError
from tests.readers.test_hostile_questions import rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from complaints_ledger.projection import Projection

REQUEST = json.dumps({}).encode()
HOSTILE = {
    "nothing": b"",
    "garbage": os.urandom(4096),
    "text": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "half a head": b"J\x00\x00",
    "half a body": b"J" + struct.pack(">I", 100) + b"{",
    "a huge length": b"J" + struct.pack(">I", 0xFFFFFFFF) + b"x" * 1000,
    "a long request": b"J" + struct.pack(">I", 1 << 21) + b" " * (1 << 21),
    "no JSON": b"J" + struct.pack(">I", 3) + b"{{{",
    "no object": b"J" + struct.pack(">I", 2) + b"[]",
    "deep JSON": b"J" + struct.pack(">I", 100_000) + b"[" * 100_000,
    "another kind": b"D" + struct.pack(">I", 2) + b"{}",
    "then garbage": b"J" + struct.pack(">I", 2) + b"{}" + b"\xff" * 100,
    "no question": (b"J" + struct.pack(">I", 2) + b"{}") * 2,
    "a copy elsewhere": b"J"
    + struct.pack(">I", 37)
    + b'{"copy_into": "../../../../../../tmp/x"}'[:37],
}


def _connected(folder: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(10)
    sock.connect(address(folder))
    return sock


@pytest.mark.slow
def test_garbage_ends_only_its_own_conversation(followed: Projection) -> None:
    """Half frames, huge lengths and other protocols: the server drops them and goes on answering."""
    folder = followed.snapshots.parent / "projection"
    idle = [_connected(folder) for _ in range(8)]
    for bytes_ in HOSTILE.values():
        with _connected(folder) as sock:
            try:
                sock.sendall(bytes_)
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(1 << 16):
                    continue
            except OSError:
                pass  # the server has hung up in the middle
        with followed.asked() as questions:
            assert rows(questions, "select count(*) from complaints") == [(2,)]
    for sock in idle:
        sock.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["../x.part", ".x", "x.part", "/.x.part", ".a/b.part", ".x.part"])
def test_tables_are_copied_only_into_a_snapshot_being_made(followed: Projection, name: str) -> None:
    """Who asks for a copy names a file that is there, in that one folder."""
    with pytest.raises(InputError, match="no snapshot that is being made"):
        QuestionClient.reach(followed.snapshots.parent / "projection", copy_into=name)


@pytest.mark.slow
def test_a_reader_that_takes_nothing_holds_up_nobody(followed: Projection) -> None:
    """A slow reader waits for himself: other readers are answered at once."""
    with followed.asked() as slow:
        answer = slow.answer("select repeat('x', 1000) || range from range(1000000)")
        with followed.asked() as others:
            assert rows(others, "select count(*) from complaints") == [(2,)]
        assert sum(len(chunk) for chunk in answer.chunks()) == 1_000_000


def test_eight_readers_at_once_get_their_own_answers(followed: Projection) -> None:
    """Answers are never mixed up."""
    found: dict[int, object] = {}

    def ask(number: int) -> None:
        with followed.asked() as questions:
            found[number] = rows(questions, f"select sum(range) + {number} from range(100000)")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [(4999950000 + number,)] for number in range(8)}


def test_the_socket_is_for_this_user_alone(followed: Projection) -> None:
    """Nobody else may even connect."""
    path = Path(address(followed.snapshots.parent / "projection"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_long_folder_name_still_has_a_socket(tmp_path: Path) -> None:
    """The kernel takes short paths only: a pointer names a short one, and goes with it."""
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    listener = listen(folder)
    place = Path(address(folder))
    assert place.parent != folder
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    with _connected(folder):
        pass
    listener.close()
    assert QuestionClient.reach(folder) is None
    listen(folder).close()
    assert not place.exists()
    second = Path(address(folder))
    remove(folder)
    assert not second.parent.exists()
    assert list(folder.iterdir()) == []


class _Fake:
    """Answers with numbers, for ever if asked to."""

    def __init__(self) -> None:
        self.interrupted = threading.Event()

    def level(self) -> int | None:
        return 7

    def copy_into(self, name: str) -> None:
        raise InputError(name)

    def asking(self) -> _Fake:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def ask(
        self, sql: str, parameters: Mapping[str, object]
    ) -> tuple[list[str], pa.RecordBatchReader]:
        if sql == "defect":
            raise ZeroDivisionError
        schema = pa.schema([("n", pa.int64())])
        return [sql], pa.RecordBatchReader.from_batches(schema, self._batches(sql, parameters))

    def _batches(self, sql: str, parameters: Mapping[str, object]) -> Iterator[pa.RecordBatch]:
        yield pa.RecordBatch.from_pydict({"n": [len(parameters)]})
        if sql == "breaks off":
            msg = "no more"
            raise InputError(msg)
        if sql == "for ever":
            assert self.interrupted.wait(30)
            msg = "interrupted"
            raise InputError(msg)

    def interrupt(self) -> None:
        self.interrupted.set()


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[tuple[_Fake, Path]]:
    """A server with small limits."""
    answering = _Fake()
    limits = Limits(readers=2, answer_s=0.3, idle_s=5, request_s=0.3)
    server = QuestionServer(listen(tmp_path), answering, limits)
    yield answering, tmp_path
    server.close()


def _reached(folder: Path) -> QuestionClient:
    client = QuestionClient.reach(folder)
    assert client is not None
    return client


def test_what_is_wrong_in_the_middle_of_an_answer_is_said(fake: tuple[_Fake, Path]) -> None:
    """An answer that breaks off is never taken for a whole one, and the next question works."""
    client = _reached(fake[1])
    assert client.new == 7
    _, batches = client.ask("breaks off")
    with pytest.raises(InputError, match="no more"):
        batches.read_all()
    assert client.ask("fine", {"a": 1})[1].read_all().to_pydict() == {"c0": [1]}
    client.ask("left unread")
    assert client.ask("fine")[0] == ["fine"]
    client.close()


def test_a_defect_is_told_and_ends_one_conversation(fake: tuple[_Fake, Path]) -> None:
    """What nobody thought of ends with one line, and the server goes on."""
    client = _reached(fake[1])
    with pytest.raises(UnreachableError, match="ZeroDivisionError"):
        client.ask("defect")
    client.close()
    client = _reached(fake[1])
    assert client.ask("fine")[0] == ["fine"]
    client.close()


def test_a_question_has_so_much_time(fake: tuple[_Fake, Path]) -> None:
    """A question without an end is ended, and its reader is told why."""
    client = _reached(fake[1])
    _, batches = client.ask("for ever")
    with pytest.raises(UnreachableError, match=r"took over 0\.3 s"):
        batches.read_all()
    client.close()


def test_a_question_ends_with_its_reader(tmp_path: Path) -> None:
    """Nothing is computed for whom nobody waits."""
    answering = _Fake()
    server = QuestionServer(listen(tmp_path), answering, Limits())
    client = _reached(tmp_path)
    client.ask("for ever")[1].read_next_batch()
    client.close()
    assert answering.interrupted.wait(10)
    server.close()


def test_who_says_nothing_gives_up_his_place(fake: tuple[_Fake, Path]) -> None:
    """Two silent ones fill a server of two places, but not for long."""
    silent = [_connected(fake[1]) for _ in range(2)]
    client = _reached(fake[1])
    assert client.ask("fine")[0] == ["fine"]
    client.close()
    for sock in silent:
        sock.close()


@pytest.mark.slow
def test_a_server_that_ends_breaks_answers_off_with_one_line(tmp_path: Path) -> None:
    """Its readers learn that the answer was not whole."""
    answering = _Fake()
    server = QuestionServer(listen(tmp_path), answering, Limits())
    client = _reached(tmp_path)
    _, batches = client.ask("for ever")
    ending = threading.Thread(target=server.close, kwargs={"grace_s": 0.1})
    ending.start()
    answering.interrupted.wait(1)
    answering.interrupted.set()
    with pytest.raises((UnreachableError, InputError)):
        batches.read_all()
    ending.join()
    with pytest.raises(UnreachableError, match="ended before the whole answer"):
        client.ask("fine")
    client.close()
    assert QuestionClient.reach(tmp_path) is None
