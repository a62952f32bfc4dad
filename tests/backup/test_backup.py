from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

import pytest

from adapters.sqlite_file import open_sqlite
from complaints_ledger import filing
from complaints_ledger.backup.restoring import Wanted, restore
from complaints_ledger.backup.taking import take_backup
from complaints_ledger.checking import check
from complaints_ledger.ledger import open_ledger
from complaints_ledger.projection import Projection
from domain.errors import DamagedError, ForeignError, InputError, RefusedError
from tests.backup.vault import backed_up, restored, rows_of
from tests.faults.child import Kill, killing, world_of
from tests.faults.kill_loop import live
from tests.files.filing_cabinet import a_ledger, act, attach, filed, log, named, read, stream_of

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from complaints_ledger.ledger import Ledger


def test_a_restored_ledger_is_the_one_that_was_backed_up(
    ledger: Ledger, tmp_path: Path, given: Path
) -> None:
    """Records, headers, times, hashes and files are the same; sealed text opens; a check passes."""
    ledger.log.append([], tracking=("mailer", 7))
    taken = backed_up(ledger)
    assert (taken.manifest.files, taken.manifest.absent) == (1, [])
    new = restored(tmp_path)
    assert rows_of(new) == rows_of(ledger.folder)
    assert rows_of(new)[1].tracking == {"mailer": 7}
    with open_ledger(new, world_of()) as again:
        assert check(again, Projection(again), full=True).problems == []
        assert filing.check_files(filing.store_of(again), named(again, "C-17")).problems == []
        assert read(again, "C-17", tmp_path / "out") == given.read_bytes()
        act(again, "acknowledge", "C-17", medium="email")


def test_nothing_in_a_backup_is_in_clear(ledger: Ledger, tmp_path: Path) -> None:
    """A backup holds ciphertext; the keys lie elsewhere."""
    backed_up(ledger)
    secrets = [(ledger.folder / name).read_bytes() for name in ("master.key", "operator.key")]
    for path in (tmp_path / "backup").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert b"Quackenbush" not in content
        assert b"photo shows" not in content
        assert not any(secret.strip() in content for secret in secrets)


def test_a_second_backup_adds_only_what_is_new(ledger: Ledger, tmp_path: Path, given: Path) -> None:
    """What is there is neither copied nor touched again, and the first backup stays restorable."""
    first = backed_up(ledger)
    before = {p: (p.stat().st_ino, p.read_bytes()) for p in _parts(tmp_path / "backup")}
    log(ledger, "C-18")
    given.write_bytes(b"another photo")
    attach(ledger, "C-18", given)
    second = backed_up(ledger)
    assert (second.new_records, second.new_files) == (2, 1)
    assert second.manifest.records == first.manifest.records + 2
    assert {p: (p.stat().st_ino, p.read_bytes()) for p in before} == before
    assert rows_of(restored(tmp_path, "newest")) == rows_of(ledger.folder)
    older = restored(tmp_path, "older", name="1")
    assert sum(rows_of(older)[1].heads.values()) == first.manifest.records
    third = backed_up(ledger)
    assert (third.new_records, third.new_files, third.manifest.number) == (0, 0, 3)


def _parts(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and "lock" not in p.name]


def test_without_keys_a_backup_holds_the_record_and_nothing_opens(
    ledger: Ledger, tmp_path: Path
) -> None:
    """The record and its checks need no key; a key that is absent is never made anew."""
    take_backup(ledger, tmp_path / "backup")
    new = restored(tmp_path, keys=None)
    assert {p.name for p in new.iterdir()} == {"log.db", "files", "restored.json"}
    with open_ledger(new, world_of()) as again, pytest.raises(Exception, match="is not there"):
        again.keys.sealer()


@pytest.mark.parametrize("place", ["ledger", "ledger/keys", "backup", "backup/keys"])
def test_keys_do_not_lie_beside_what_they_open(ledger: Ledger, tmp_path: Path, place: str) -> None:
    """Whoever takes one folder away takes no key with it."""
    with pytest.raises(InputError, match="beside what its keys open"):
        take_backup(ledger, tmp_path / "backup", keys_to=tmp_path / place)
    assert not (tmp_path / "backup").exists()


def test_a_backup_does_not_lie_in_the_ledger(ledger: Ledger) -> None:
    """It would be lost with what it is to save."""
    with pytest.raises(InputError, match="in the ledger itself"):
        take_backup(ledger, ledger.folder / "backup")


def test_a_folder_keeps_one_ledger(ledger: Ledger, tmp_path: Path) -> None:
    """Neither records nor keys of another ledger are put beside the first."""
    backed_up(ledger)
    with a_ledger(tmp_path / "other") as other:
        with pytest.raises(ForeignError, match="holds the backup of ledger"):
            take_backup(other, tmp_path / "backup")
        with pytest.raises(ForeignError, match="holds the keys of another ledger"):
            take_backup(other, tmp_path / "elsewhere", keys_to=tmp_path / "safe")


def test_a_log_that_went_another_way_is_not_added(ledger: Ledger, tmp_path: Path) -> None:
    """A restored ledger that was written to, and the one that it came from, are two courses."""
    backed_up(ledger)
    new = restored(tmp_path)
    for number in range(4):
        log(ledger, f"C-{number}")
    backed_up(ledger)
    with open_ledger(new, world_of()) as again:
        with pytest.raises(ForeignError, match="does not go on where its backup"):
            take_backup(again, tmp_path / "backup")
        for number in range(4, 12):
            log(again, f"C-{number}")
        with pytest.raises(ForeignError, match="does not go on where its backup"):
            take_backup(again, tmp_path / "backup")


def test_a_destroyed_key_leaves_the_keys_backup_with_the_next_one(
    ledger: Ledger, tmp_path: Path
) -> None:
    """One backup of the keys is kept, so erasure needs no more than another backup."""
    backed_up(ledger)
    (event,) = filed(ledger, "C-17")
    keys = ledger.keys.sealer().keys
    keys.destroy([event.file_key_id])  # type: ignore[attr-defined]
    backed_up(ledger)
    assert len(list((tmp_path / "safe").glob("keys.db-*"))) == 1
    with (
        open_ledger(restored(tmp_path), world_of()) as again,
        pytest.raises(RefusedError, match="was destroyed"),
    ):
        read(again, "C-17", tmp_path / "out")


def test_a_damaged_key_store_does_not_replace_its_backup(ledger: Ledger, tmp_path: Path) -> None:
    """Every key is proved before the backup that holds it whole is let go."""
    backed_up(ledger)
    before = {path.name for path in (tmp_path / "safe").glob("key*")}
    path = ledger.folder / "keys.db"
    with contextlib.closing(open_sqlite(path, application_id=0x434C4B31, durability="full")) as c:
        c.execute("update data_key set wrapped = zeroblob(60)")
    with pytest.raises(DamagedError, match="data key"):
        backed_up(ledger)
    assert {path.name for path in (tmp_path / "safe").glob("key*")} == before
    assert list((tmp_path / "safe/parts").iterdir()) == []


def test_an_older_key_store_does_not_replace_a_younger_backup(
    ledger: Ledger, tmp_path: Path
) -> None:
    """Whoever put an old copy in place by mistake does not lose the keys made since."""
    old = tmp_path / "old"
    restore(_wanted(ledger, tmp_path), old, world=world_of())
    log(ledger, "C-18", narrative="words")
    backed_up(ledger)
    with (
        open_ledger(old, world_of()) as again,
        pytest.raises(ForeignError, match=r"knows 1 keys and its backup in .* 2"),
    ):
        take_backup(again, tmp_path / "elsewhere", keys_to=tmp_path / "safe")


def _wanted(ledger: Ledger, tmp_path: Path) -> Wanted:
    backed_up(ledger)
    return Wanted(backup=tmp_path / "backup", keys=tmp_path / "safe")


def test_a_damaged_log_is_not_backed_up(ledger: Ledger, tmp_path: Path) -> None:
    """A backup never replaces a whole course by a damaged one; the record is named."""
    path = ledger.folder / "log.db"
    with contextlib.closing(open_sqlite(path, application_id=0x434C4C31, durability="full")) as c:
        c.execute('update record set value = ? where "partition" = 1 and ordinal = 3', (b"x",))
    with pytest.raises(DamagedError, match="partition 1, record 3"):
        backed_up(ledger)
    assert not list((tmp_path / "backup").glob("manifests/*"))


def test_a_damaged_evidence_file_does_not_keep_everything_else_from_the_backup(
    ledger: Ledger, given: Path
) -> None:
    """It is named in the manifest, and taken over as soon as it is whole again."""
    (event,) = filed(ledger, "C-17")
    path = filing.store_of(ledger).path_of(event.file_digest)
    path.write_bytes(b"damaged")
    assert backed_up(ledger).manifest.absent == [event.file_digest]
    path.unlink()
    assert backed_up(ledger).manifest.absent == [event.file_digest]
    filing.seal_file(ledger, given, stream_id=stream_of("C-17"), file_class="narrative")
    mended = backed_up(ledger)
    assert (mended.manifest.absent, mended.manifest.files) == ([], 1)


@pytest.mark.slow
def test_a_backup_while_somebody_writes_covers_what_its_records_name(
    ledger: Ledger, tmp_path: Path
) -> None:
    """Records, keys and files of a moving ledger make a ledger that checks."""
    over = threading.Event()

    def write() -> None:
        with open_ledger(ledger.folder, world_of()) as mine:
            for number in range(1_000):
                if over.is_set():
                    return
                log(mine, f"W-{number}", narrative="words")
                path = tmp_path / "written"
                path.write_bytes(number.to_bytes(4, "big") * 300)
                attach(mine, f"W-{number}", path)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        taken = [backed_up(ledger) for _ in range(6)]
    finally:
        over.set()
        writer.join()
    assert sum(each.new_records for each in taken[1:]) > 0
    with open_ledger(restored(tmp_path), world_of()) as again:
        report = check(again, Projection(again), full=True)
        assert (report.problems, report.records) == ([], taken[-1].manifest.records)
        written = [f"W-{n}" for n in range(1_000) if again.replica.events(stream_of(f"W-{n}"))]
        found = filing.check_files(filing.store_of(again), named(again, *written))
        assert found.problems == []
        for reference in written:
            for event in filed(again, reference):
                assert again.keys.sealer().keys.find(event.file_key_id) is not None


def test_two_backups_at_once_are_two_whole_backups(ledger: Ledger, tmp_path: Path) -> None:
    """One waits for the other; the numbers are theirs alone."""
    numbers: list[int] = []

    def back_up() -> None:
        with open_ledger(ledger.folder, world_of()) as mine:
            numbers.append(backed_up(mine).manifest.number)

    threads = [threading.Thread(target=back_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2, 3]
    assert rows_of(restored(tmp_path)) == rows_of(ledger.folder)


def _back_up(folder: Path, kill: Kill, told: Connection) -> None:
    world = world_of(killing(kill, lambda name: told.send(("killed", name))))
    with open_ledger(folder, world) as ledger:
        backed_up(ledger)
    told.send(("end", ""))


POINTS = [
    "backup.segment",
    "backup.records",
    "backup.key_copy",
    "backup.key_parts",
    "backup.keys",
    "files.named",
    "backup.file",
    "backup.files",
]


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_leaves_the_backup_before_as_it_was(
    ledger: Ledger, tmp_path: Path, given: Path, point: str
) -> None:
    """Torn parts are no backup; the next run completes what they began."""
    first = backed_up(ledger)
    log(ledger, "C-18")
    given.write_bytes(b"another photo")
    attach(ledger, "C-18", given)
    assert live(_back_up, ledger.folder, Kill(point, 1)).killed_at == point
    old = restored(tmp_path, "old")
    assert sum(rows_of(old)[1].heads.values()) == first.manifest.records
    assert backed_up(ledger).manifest.number == 2
    assert [p for p in (tmp_path / "safe").rglob("*") if p.suffix == ".db"] == []
    assert len(list((tmp_path / "safe").glob("keys.db-*"))) == 1
    assert rows_of(restored(tmp_path)) == rows_of(ledger.folder)
