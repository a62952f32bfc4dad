from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from complaints_ledger import filing
from complaints_ledger.checking import check
from complaints_ledger.ledger import open_ledger
from complaints_ledger.projection import Projection
from complaints_ledger.reading import read_complaint
from domain.errors import DamagedError, InputError, KeyDestroyedError, RefusedError
from tests.faults.child import Kill, killing, world_of
from tests.faults.kill_loop import live
from tests.files.filing_cabinet import (
    a_ledger,
    act,
    attach,
    filed,
    log,
    named,
    read,
    readings,
    stream_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

    from complaints_ledger.ledger import Ledger

CANARY = b"Wilhelmina Quackenbush of 7 Canary Row" * 20


class _Stopped(Exception):  # noqa: N818  what a fault point does here
    pass


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A file that tells of somebody."""
    path = tmp_path / "quackenbush.png"
    path.write_bytes(CANARY)
    return path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger with complaint C-17."""
    with a_ledger(tmp_path / "ledger") as made:
        log(made, "C-17")
        yield made


def test_a_file_goes_on_record_and_comes_back(ledger: Ledger, given: Path, tmp_path: Path) -> None:
    """The event names the sealed bytes; whoever names a purpose gets the file as it was."""
    digest = attach(ledger, "C-17", given)
    (event,) = filed(ledger, "C-17")
    assert (event.file_digest, event.file_size) == (digest, len(CANARY))
    assert (event.file_class, event.media_type) == ("narrative", "image/png")
    assert read(ledger, "C-17", tmp_path / "out.png") == CANARY
    assert readings(ledger) == 1
    texts = read_complaint(
        ledger, stream_of("C-17"), purpose="audit", actor="staff-9", actor_role="auditor"
    )
    assert [text["text"] for text in texts] == ["quackenbush.png"]


def test_nothing_of_a_file_is_anywhere_in_clear(ledger: Ledger, given: Path) -> None:
    """Neither content nor name is in any file of the ledger."""
    attach(ledger, "C-17", given)
    for path in ledger.folder.rglob("*"):
        if path.is_file():
            assert b"Quackenbush" not in path.read_bytes(), path
            assert b"quackenbush" not in path.read_bytes(), path


def test_the_same_file_again_changes_nothing(ledger: Ledger, given: Path) -> None:
    """A retry of the same command seals the same bytes and adds no event."""
    assert attach(ledger, "C-17", given) == attach(ledger, "C-17", given)
    assert len(filed(ledger, "C-17")) == 1
    assert len(list(filing.store_of(ledger).digests())) == 1


def test_two_complaints_do_not_share_a_file(ledger: Ledger, given: Path) -> None:
    """Erasing one complaint leaves the other its evidence."""
    log(ledger, "C-18")
    assert attach(ledger, "C-17", given) != attach(ledger, "C-18", given)


def test_no_event_names_a_file_that_is_not_there(ledger: Ledger) -> None:
    """Whoever calls the command without the file is refused, and nothing is appended."""
    with pytest.raises(RefusedError, match="is not in the file store"):
        act(
            ledger,
            "attach",
            "C-17",
            media_type="image/png",
            file_size=1,
            file_digest="ab" * 32,
            file_class="narrative",
            file_key_id="cd" * 16,
        )
    assert filed(ledger, "C-17") == []


def test_without_the_access_event_nothing_is_shown(
    ledger: Ledger, given: Path, tmp_path: Path
) -> None:
    """If the append fails, no byte of plaintext exists."""
    attach(ledger, "C-17", given)

    def fault(name: str) -> None:
        if name == "facts.sealed":
            raise _Stopped

    stopping = replace(ledger, world=replace(ledger.world, fault=fault))
    with pytest.raises(_Stopped):
        read(stopping, "C-17", tmp_path / "out.png")
    assert not list(tmp_path.glob("out*"))
    assert readings(ledger) == 0


def test_an_altered_file_is_refused_before_anybody_is_said_to_have_read_it(
    ledger: Ledger, given: Path, tmp_path: Path
) -> None:
    """Damage is seen first: no access event tells of what was never shown."""
    digest = attach(ledger, "C-17", given)
    path = filing.store_of(ledger).path_of(digest)
    stored = bytearray(path.read_bytes())
    stored[-1] ^= 1
    path.write_bytes(stored)
    with pytest.raises(DamagedError, match="its bytes are not those of its name"):
        read(ledger, "C-17", tmp_path / "out.png")
    assert not list(tmp_path.glob("out*"))
    assert readings(ledger) == 0


def test_an_erased_file_is_gone(ledger: Ledger, given: Path, tmp_path: Path) -> None:
    """With its key destroyed a file is noise, and no new one is sealed for that complaint."""
    attach(ledger, "C-17", given)
    (event,) = filed(ledger, "C-17")
    keys = ledger.keys.sealer().keys
    keys.destroy([event.file_key_id])  # type: ignore[attr-defined]
    with pytest.raises(KeyDestroyedError):
        read(ledger, "C-17", tmp_path / "out.png")
    with pytest.raises(KeyDestroyedError):
        attach(ledger, "C-17", given)
    assert readings(ledger) == 0


def test_an_existing_file_is_never_written_over(
    ledger: Ledger, given: Path, tmp_path: Path
) -> None:
    """Reading gives a new file, for its owner's eyes."""
    attach(ledger, "C-17", given)
    with pytest.raises(InputError, match="is there already"):
        read(ledger, "C-17", given)
    assert given.read_bytes() == CANARY
    read(ledger, "C-17", tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["nowhere", "folder"])
def test_what_is_no_file_is_wrong_input(ledger: Ledger, tmp_path: Path, name: str) -> None:
    """The path is quoted, with what to do."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=name):
        attach(ledger, "C-17", tmp_path / name)


def test_a_file_is_named_by_how_its_id_begins(ledger: Ledger, given: Path) -> None:
    """Six digits do if they are one file's; anything else says what to look at."""
    digest = attach(ledger, "C-17", given)
    events = filed(ledger, "C-17")
    assert filing.file_named(events, digest[:6].upper(), "C-17").file_digest == digest
    with pytest.raises(InputError, match="less than 6 digits"):
        filing.file_named(events, digest[:5], "C-17")
    with pytest.raises(InputError, match="names no file of complaint 'C-17'"):
        filing.file_named(events, "ffffff" if digest[:6] != "ffffff" else "eeeeee", "C-17")


def test_a_check_names_what_is_missing_altered_or_nameless(ledger: Ledger, tmp_path: Path) -> None:
    """Events and store are held against each other, in both directions."""
    digests = []
    for number in range(3):
        path = tmp_path / f"file-{number}"
        path.write_bytes(bytes([number]) * 100)
        digests.append(attach(ledger, "C-17", path))
    store = filing.store_of(ledger)
    assert filing.check_files(store, named(ledger, "C-17")).problems == []
    store.path_of(digests[0]).unlink()
    store.path_of(digests[1]).write_bytes(b"other")
    nameless = store.put([b"left by a kill"])
    found = filing.check_files(store, named(ledger, "C-17"))
    assert (found.named, found.proved, found.unnamed) == (3, 1, [nameless])
    assert {text.split(" ")[1] for text in found.problems} == set(digests[:2])
    assert any("is missing" in text for text in found.problems)


@pytest.mark.slow
def test_the_check_of_the_ledger_proves_the_files_named_since(
    ledger: Ledger, given: Path, tmp_path: Path
) -> None:
    """A missing file is a finding of `check`; what a check passed is proved again by a full one."""
    projection = Projection(ledger)
    attach(ledger, "C-17", given)
    assert check(ledger, projection).problems == []
    other = tmp_path / "other.png"
    other.write_bytes(b"other")
    store = filing.store_of(ledger)
    (first,) = store.digests()
    store.path_of(first).unlink()
    second = attach(ledger, "C-17", other)
    store.path_of(second).unlink()
    (since,) = check(ledger, projection).problems
    assert f"file {second} of complaint" in since
    assert "is missing" in since
    assert len(check(ledger, projection, full=True).problems) == 2


def test_a_text_too_long_for_a_record_is_refused_before_it_is_recorded(ledger: Ledger) -> None:
    """The refusal says where long texts go, and the log did not grow."""
    before = ledger.log.head(0)
    with pytest.raises(InputError, match="complaints case attach REF FILE"):
        log(ledger, "C-18", narrative="so it went on " * 6_000)
    assert ledger.log.head(0) == before
    log(ledger, "C-18", narrative="so it went on " * 4_000)


def _attach(folder: Path, given: Path, kill: Kill, told: Connection) -> None:
    world = world_of(killing(kill, lambda name: told.send(("killed", name))))
    with open_ledger(folder, world) as ledger:
        attach(ledger, "C-17", given)
    told.send(("end", ""))


@pytest.mark.parametrize(
    "point",
    ["files.written", "files.named", "files.sealed", "desk.begin", "log.inserted", "log.committed"],
)
def test_a_kill_leaves_no_event_without_its_file(
    tmp_path: Path, given: Path, ledger: Ledger, point: str
) -> None:
    """Whatever is killed, every event's file is whole; doing it again completes it."""
    life = live(_attach, ledger.folder, given, Kill(point, 1))
    assert life.killed_at == point
    store = filing.store_of(ledger)
    found = filing.check_files(store, named(ledger, "C-17"))
    assert found.problems == []
    assert len(filed(ledger, "C-17")) == (1 if point == "log.committed" else 0)
    assert len(found.unnamed) == (
        1 if point in {"files.named", "files.sealed", "desk.begin", "log.inserted"} else 0
    )
    attach(ledger, "C-17", given)
    found = filing.check_files(store, named(ledger, "C-17"))
    assert (found.named, found.problems, found.unnamed) == (1, [], [])
    with contextlib.suppress(FileNotFoundError):
        (tmp_path / "out").unlink()
    assert read(ledger, "C-17", tmp_path / "out") == CANARY
