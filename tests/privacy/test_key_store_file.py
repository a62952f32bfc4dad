"""The key store's two files: durable, private, and never made anew where one is missing."""

from __future__ import annotations

import base64
import stat
from time import process_time
from typing import TYPE_CHECKING

import pytest

from adapters.key_store import FILE, MASTER_FILE, SqliteDataKeys
from adapters.sqlite_file import open_sqlite
from domain.errors import (
    DamagedError,
    ForeignError,
    KeyDestroyedError,
    LedgerError,
    UnreachableError,
)
from tests.privacy.surroundings import OPENED, a_key_store, a_world

if TYPE_CHECKING:
    from pathlib import Path

PAIR = ("complaint-a", "identity")


class KilledError(Exception):
    """The process was killed here."""


def _reopened(folder: Path, *, master_key: Path | None = None) -> SqliteDataKeys:
    master = master_key or folder / MASTER_FILE
    store = SqliteDataKeys(folder, master_key=master, world=a_world(99))
    OPENED.append(store)
    return store


def _copied(source: Path, target: Path, *names: str) -> None:
    target.mkdir()
    for name in names:
        (target / name).write_bytes((source / name).read_bytes())


def test_keys_outlive_the_process(tmp_path: Path) -> None:
    """A key that was given out is there when the store is opened again."""
    store = a_key_store(tmp_path)
    (key,) = store.key_for([PAIR])
    store.close()
    assert _reopened(tmp_path).find(key.key_id) == key


def test_making_a_store_twice_keeps_its_keys(tmp_path: Path) -> None:
    """An init that is run again changes nothing."""
    first = a_key_store(tmp_path)
    again = a_key_store(tmp_path, seed=1)
    assert again.key_for([PAIR]) == first.key_for([PAIR])


def test_a_master_key_from_elsewhere_is_used(tmp_path: Path) -> None:
    """An operator may bring the master key, in a folder of its own."""
    master = tmp_path / "vault" / "key"
    master.parent.mkdir()
    master.write_bytes(base64.b64encode(bytes(range(32))))
    folder = tmp_path / "ledger"
    OPENED.append(SqliteDataKeys.create(folder, master_key=master, world=a_world()))
    assert base64.b64decode(master.read_bytes()) == bytes(range(32))
    assert not (tmp_path / "ledger" / MASTER_FILE).exists()


def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    """Nobody else on the machine reads keys, not even from the write-ahead log."""
    store = a_key_store(tmp_path)
    store.key_for([PAIR])
    for name in (FILE, f"{FILE}-wal", MASTER_FILE):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name


def test_neither_file_holds_a_key_in_clear(tmp_path: Path) -> None:
    """Data keys are on disk only wrapped."""
    store = a_key_store(tmp_path)
    keys = store.key_for([(f"complaint-{n}", "identity") for n in range(10)])
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert all(key.key_id.encode() in content for key in keys)
    assert not any(key.secret in content for key in keys)


def test_a_missing_key_store_is_not_made_anew(tmp_path: Path) -> None:
    """An empty store in the place of a lost one would be an erasure that nobody ordered."""
    a_key_store(tmp_path).close()
    (tmp_path / FILE).unlink()
    with pytest.raises(UnreachableError, match="restore it from its backup"):
        _reopened(tmp_path)
    with pytest.raises(DamagedError, match="restore it from its backup"):
        a_key_store(tmp_path)
    assert not (tmp_path / FILE).exists()


def test_a_missing_master_key_is_not_made_anew(tmp_path: Path) -> None:
    """A new master key could open nothing."""
    a_key_store(tmp_path).close()
    (tmp_path / MASTER_FILE).unlink()
    for opened in (_reopened, a_key_store):
        with pytest.raises(UnreachableError, match="restore it from its backup"):
            opened(tmp_path)
    assert not (tmp_path / MASTER_FILE).exists()


def test_the_master_key_of_another_store_is_foreign(tmp_path: Path) -> None:
    """A wrong master key is named as such before any key is asked for."""
    a_key_store(tmp_path / "ours", seed=1)
    a_key_store(tmp_path / "theirs", seed=2)
    with pytest.raises(ForeignError, match="is not the one of key store"):
        _reopened(tmp_path / "ours", master_key=tmp_path / "theirs" / MASTER_FILE)


@pytest.mark.parametrize("content", [b"", b"not base64!", b"AAAA", b"\xff" * 44])
def test_a_damaged_master_key_is_named(tmp_path: Path, content: bytes) -> None:
    """What is no master key is not taken for one, nor shown."""
    a_key_store(tmp_path).close()
    (tmp_path / MASTER_FILE).write_bytes(content)
    with pytest.raises(DamagedError, match="32 bytes in base64") as caught:
        _reopened(tmp_path)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("content", [b"", b"no database" * 100])
def test_a_damaged_key_store_is_named(tmp_path: Path, content: bytes) -> None:
    """A file that was emptied or overwritten is not taken for a new store."""
    a_key_store(tmp_path).close()
    (tmp_path / FILE).write_bytes(content)
    for opened in (_reopened, a_key_store):
        with pytest.raises(DamagedError, match="restore it"):
            opened(tmp_path)
    assert (tmp_path / FILE).read_bytes() == content


def test_another_database_is_foreign(tmp_path: Path) -> None:
    """A database of another program is left alone."""
    script = "create table other (id integer)"
    open_sqlite(tmp_path / FILE, application_id=0x1234, durability="full", script=script).close()
    for opened in (_reopened, a_key_store):
        with pytest.raises(ForeignError, match="is not ours"):
            opened(tmp_path)


def test_a_flipped_bit_is_damage_and_never_another_key(tmp_path: Path) -> None:
    """Wherever a bit of the file flips, a key is what it was, or not given, or not there."""
    store = a_key_store(tmp_path / "whole")
    (key,) = store.key_for([PAIR])
    store.close()
    raw = (tmp_path / "whole" / FILE).read_bytes()
    at = raw.index(_wrapped(tmp_path / "whole", key.key_id)) - 90
    _copied(tmp_path / "whole", tmp_path / "flipped", FILE, MASTER_FILE)
    refused = 0
    for byte in range(at, at + 150):
        flipped = bytearray(raw)
        flipped[byte] ^= 1
        (tmp_path / "flipped" / FILE).write_bytes(flipped)
        try:
            damaged = _reopened(tmp_path / "flipped")
            found = damaged.find(key.key_id)
            damaged.close()
        except LedgerError:
            refused += 1
        else:
            assert found is None or found == key
    assert refused > 60


def test_a_key_moved_to_another_subject_is_damage(tmp_path: Path) -> None:
    """A wrapped key opens only in its own row."""
    store = a_key_store(tmp_path)
    keys = store.key_for([PAIR, ("complaint-b", "identity")])
    store.close()
    connection = open_sqlite(tmp_path / FILE, application_id=0x434C4B31, durability="full")
    connection.execute("update data_key set subject = 'complaint-c' where subject = 'complaint-b'")
    connection.close()
    with pytest.raises(DamagedError, match="restore the key store"):
        _reopened(tmp_path).find(keys[1].key_id)


def test_a_destroyed_key_leaves_no_byte(tmp_path: Path) -> None:
    """After a destruction the wrapped key is in no file of the store, while it is open or after."""
    store = a_key_store(tmp_path)
    pairs = [(f"complaint-{n}", "identity") for n in range(50)]
    keys = store.key_for(pairs)
    wrapped = _wrapped(tmp_path, keys[7].key_id)
    assert any(wrapped in path.read_bytes() for path in tmp_path.iterdir())
    store.destroy([keys[7].key_id])
    assert not any(wrapped in path.read_bytes() for path in tmp_path.iterdir())
    store.close()
    assert not any(wrapped in path.read_bytes() for path in tmp_path.iterdir())
    with pytest.raises(KeyDestroyedError):
        _reopened(tmp_path).find(keys[7].key_id)


def _wrapped(folder: Path, key_id: str) -> bytes:
    connection = open_sqlite(folder / FILE, application_id=0x434C4B31, durability="full")
    sql = "select wrapped from data_key where key_id = ?"
    wrapped: bytes = connection.execute(sql, (key_id,)).fetchone()[0]
    connection.close()
    return wrapped


def test_a_destroyed_key_is_gone_for_who_has_the_store_open(tmp_path: Path) -> None:
    """No process goes on with a key that another one destroyed."""
    ours, theirs = a_key_store(tmp_path), _reopened(tmp_path)
    (key,) = ours.key_for([PAIR])
    assert theirs.find(key.key_id) == key
    ours.destroy([key.key_id])
    with pytest.raises(KeyDestroyedError):
        theirs.find(key.key_id)


@pytest.mark.parametrize("place", ["keys.locked", "keys.inserted", "keys.committed"])
def test_a_kill_leaves_all_of_the_keys_or_none(tmp_path: Path, place: str) -> None:
    """A transaction that was cut off leaves nothing behind, and the lock is free again."""

    def fault(reached: str) -> None:
        if reached == place:
            raise KilledError

    a_key_store(tmp_path).close()
    killed = SqliteDataKeys(
        tmp_path, master_key=tmp_path / MASTER_FILE, world=a_world(1, fault=fault)
    )
    pairs = [(f"complaint-{n}", "identity") for n in range(3)]
    OPENED.append(killed)
    with pytest.raises(KilledError):
        killed.key_for(pairs)
    connection = open_sqlite(tmp_path / FILE, application_id=0x434C4B31, durability="full")
    kept = connection.execute("select count(*) from data_key").fetchone()[0]
    connection.close()
    assert kept == (3 if place == "keys.committed" else 0)
    assert len(_reopened(tmp_path).key_for(pairs)) == 3


def test_an_init_that_was_cut_off_is_finished_by_the_next(tmp_path: Path) -> None:
    """A store without its facts has no key yet, so making it again loses nothing."""
    a_key_store(tmp_path).close()
    connection = open_sqlite(tmp_path / FILE, application_id=0x434C4B31, durability="full")
    connection.execute("delete from key_store")
    connection.close()
    with pytest.raises(DamagedError, match="never finished"):
        _reopened(tmp_path)
    assert len(a_key_store(tmp_path).key_for([PAIR])) == 1


def test_a_folder_that_cannot_be_made_is_unreachable(tmp_path: Path) -> None:
    """The file system's refusal is said in our words."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnreachableError, match="check the folder"):
        a_key_store(tmp_path / "file" / "ledger")


def test_ten_thousand_keys_are_made_in_a_second(tmp_path: Path) -> None:
    """An import asks for the keys of all its complaints at once, and gets them at once."""
    store = a_key_store(tmp_path)
    pairs = [(f"complaint-{n}", "narrative") for n in range(10_000)]
    started = process_time()
    made = store.key_for(pairs)
    took = process_time() - started
    assert store.key_for(pairs) == made
    assert took < 1.0
