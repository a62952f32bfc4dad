from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapters.local_log import LocalLog
from complaints_ledger.backup.erasures import destroyed_keys
from complaints_ledger.backup.restoring import Wanted, restore
from complaints_ledger.erasing import erase
from complaints_ledger.ledger import open_ledger
from domain.errors import InputError, RefusedError, UntrustedError
from tests.backup.vault import at_day, backed_up, restored, rows_of
from tests.faults.child import Kill, killing, world_of
from tests.faults.kill_loop import live
from tests.files.filing_cabinet import filed, read

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from complaints_ledger.ledger import Ledger


def test_destructions_in_the_log_are_applied_before_the_first_read(
    ledger: Ledger, tmp_path: Path
) -> None:
    """Keys from before an erasure do not bring back what was erased."""
    backed_up(ledger)
    (event,) = filed(ledger, "C-17")
    said = {"actor": "u-1", "actor_role": "privacy", "approver": "u-2"}
    with pytest.raises(OSError, match="dies before the keys"):
        erase(_dying(ledger), event.stream_id, basis="unlawful", classes=["narrative"], **said)
    assert read(ledger, "C-17", tmp_path / "before")
    backed_up(ledger)
    wanted = Wanted(backup=tmp_path / "backup", keys=tmp_path / "safe")
    done = restore(wanted, tmp_path / "new", world=world_of())
    assert done.destroyed == 1
    assert not (tmp_path / "new/replica.db").exists()
    with (
        open_ledger(tmp_path / "new", world_of()) as again,
        pytest.raises(RefusedError, match="was destroyed"),
    ):
        read(again, "C-17", tmp_path / "out")
    assert read(ledger, "C-17", tmp_path / "out")


def _dying(ledger: Ledger) -> Ledger:
    """Return the ledger of a process that dies after an erasure was recorded."""

    def fault(name: str) -> None:
        if name == "erasing.recorded":
            msg = "dies before the keys are destroyed"
            raise OSError(msg)

    return replace(ledger, world=replace(ledger.world, fault=fault))


def test_destroyed_keys_are_told_by_one_id_or_several() -> None:
    """Each is destroyed once, in the log's order; any other event tells nothing."""
    events: list[tuple[str, dict[str, Any]]] = [
        ("erased", {"keys": ["b", "a"]}),
        ("other", {"keys": "c"}),
        ("erased", {"keys": "a"}),
    ]
    assert destroyed_keys(events, tells={"erased": "keys"}) == ["b", "a"]
    assert destroyed_keys(events) == []


def test_an_expired_backup_is_restored_for_a_reason_only(ledger: Ledger, tmp_path: Path) -> None:
    """What was erased since may be in it, so somebody says why, and the new ledger keeps it."""
    backed_up(ledger, keep_days=30)
    wanted = Wanted(backup=tmp_path / "backup", keys=tmp_path / "safe")
    with pytest.raises(RefusedError, match="expired on 2024-07-10"):
        restore(wanted, tmp_path / "new", world=at_day(30))
    assert not (tmp_path / "new").exists()
    restore(wanted, tmp_path / "in-time", world=at_day(29))
    restore(replace(wanted, expired_because="court"), tmp_path / "late", world=at_day(31))
    assert json.loads((tmp_path / "late/restored.json").read_text())["expired_because"] == "court"


def test_a_folder_that_holds_anything_is_not_restored_into(ledger: Ledger, tmp_path: Path) -> None:
    """Nothing that is there is ever mixed with what is restored."""
    backed_up(ledger)
    (tmp_path / "new").mkdir()
    (tmp_path / "new/mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        restored(tmp_path)
    assert (tmp_path / "new/mine.txt").read_text() == "mine"
    with pytest.raises(InputError, match="is not empty"):
        restored(tmp_path, "ledger")


def test_a_folder_without_a_whole_backup_is_none(tmp_path: Path) -> None:
    """A backup that never came to its manifest is nothing to restore."""
    (tmp_path / "backup").mkdir()
    with pytest.raises(InputError, match="holds no whole backup"):
        restored(tmp_path)


def _kinds(folder: Path) -> list[Path]:
    found = [
        next((folder / "backup/log").rglob("*.segment")),
        next((folder / "backup/files").glob("??/*")),
        next((folder / "backup/lists").iterdir()),
        next((folder / "backup/manifests").iterdir()),
    ]
    return found + [p for p in (folder / "safe").iterdir() if "key" in p.name]


@pytest.mark.parametrize("kind", range(8))
@pytest.mark.parametrize("harm", ["flipped", "cut", "missing"])
def test_damage_to_any_file_of_a_backup_is_named_and_nothing_is_restored(
    ledger: Ledger, tmp_path: Path, kind: int, harm: str
) -> None:
    """Exit code 4, the file's name, and no folder that looks like a ledger."""
    backed_up(ledger)
    kinds = _kinds(tmp_path)
    assert len(kinds) == 8
    path = kinds[kind]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(bytes(content) if harm == "flipped" else content[:-1])
    if harm == "missing":
        path.unlink()
    if path.parent.name == "manifests" and harm == "missing":
        with pytest.raises(InputError, match="holds no whole backup"):
            restored(tmp_path)
        return
    with pytest.raises(UntrustedError, match=path.name) as caught:
        restored(tmp_path)
    assert caught.value.exit_code == 4
    new = tmp_path / "new"
    assert not new.exists() or list(new.iterdir()) == []


def _restore(folder: Path, kill: Kill, told: Connection) -> None:
    world = world_of(killing(kill, lambda name: told.send(("killed", name))))
    restore(Wanted(backup=folder / "backup", keys=folder / "safe"), folder / "new", world=world)
    told.send(("end", ""))


@pytest.mark.slow
@pytest.mark.parametrize("point", ["restore.files", "restore.log", "restore.proved"])
def test_a_killed_restore_is_no_ledger_and_is_done_again(
    ledger: Ledger, tmp_path: Path, point: str
) -> None:
    """Nobody reads in a restore that is not whole, and the folder need not be emptied by hand."""
    backed_up(ledger)
    assert live(_restore, tmp_path, Kill(point, 1)).killed_at == point
    with pytest.raises(Exception, match="there is no ledger"):
        LocalLog(tmp_path / "new", world_of())
    assert rows_of(restored(tmp_path)) == rows_of(ledger.folder)
