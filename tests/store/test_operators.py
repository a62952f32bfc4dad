"""The operator key is changed without a moment in which nobody could sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from complaints_ledger.ledger import create_ledger, open_ledger, real_world
from complaints_ledger.operations import signed_control, to_all_partitions
from complaints_ledger.operators import NEXT_KEY, PREVIOUS_KEY, list_operators, rotate_key
from complaints_ledger.sources import register_source
from domain.errors import CommandRefusedError, UnreachableError
from domain.ports import NewRecord, World
from domain.rules import control

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from complaints_ledger.ledger import Ledger

POINTS: Final = (
    "operators.made",
    "log.inserted",
    "log.committed",
    "operators.named",
    "operators.kept",
    "operators.used",
)


class KilledError(Exception):
    """The process ended here."""


def killing_at(point: str) -> World:
    """Return a world that ends at a fault point."""

    def fault(name: str) -> None:
        if name == point:
            raise KilledError(name)

    real = real_world()
    return World(now_ms=real.now_ms, random_bytes=real.random_bytes, fault=fault)


@pytest.fixture(params=[1, 3])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The folder of a fresh ledger of one partition or several."""
    create_ledger(tmp_path / "ledger", partitions=request.param).close()
    return tmp_path / "ledger"


@pytest.fixture
def ledger(folder: Path) -> Iterator[Ledger]:
    """A fresh ledger, opened."""
    with open_ledger(folder) as opened:
        yield opened


def keys_of(ledger: Ledger) -> list[tuple[str, bool]]:
    """Return the operators' keys, each named by every partition, and which is in use."""
    found = list_operators(ledger)
    assert {each.partitions for each in found} == {ledger.log.partitions}
    return [(each.key, each.in_use) for each in found]


def test_a_rotation_leaves_both_keys_valid_and_uses_the_new_one(ledger: Ledger) -> None:
    """Whoever signs with the old key may go on until it is retired."""
    old = ledger.signer().public_key.hex()
    found = rotate_key(ledger)
    assert (found.previous, found.retired, found.fresh) == (old, None, True)
    assert sorted(keys_of(ledger)) == sorted([(old, False), (found.key, True)])
    register_source(ledger, "crm-eu")
    assert "crm-eu" in ledger.replica.state(0).sources


def test_a_second_rotation_waits_until_the_key_before_is_retired(ledger: Ledger) -> None:
    """No key is forgotten that could still sign."""
    first = rotate_key(ledger)
    again = rotate_key(ledger)
    assert (again.key, again.previous, again.fresh) == (first.key, first.previous, False)
    retired = rotate_key(ledger, retire=True)
    assert (retired.key, retired.retired) == (first.key, first.previous)
    assert keys_of(ledger) == [(first.key, True)]
    assert not (ledger.folder / PREVIOUS_KEY).exists()
    assert rotate_key(ledger).fresh


def test_a_retired_key_signs_nothing_more(ledger: Ledger) -> None:
    """What it signs after its removal is refused, and its own records do not bring it back."""
    old = ledger.signer()
    named = control.Operators((old.public_key,), 1)
    rotate_key(ledger, retire=True)
    value = signed_control("operators", named.body(), old)
    ledger.log.append([NewRecord(0, control.KEY, value)])
    before = keys_of(ledger)
    assert [used for _, used in before] == [True]


@pytest.mark.parametrize("retire", [False, True])
@pytest.mark.parametrize("point", [*POINTS, "operators.retired"])
def test_a_rotation_that_was_killed_is_completed(folder: Path, point: str, *, retire: bool) -> None:
    """Wherever it ended, the same command comes to one key in use that every partition names."""
    with open_ledger(folder) as ledger:
        old = ledger.signer().public_key.hex()
    with open_ledger(folder, killing_at(point)) as ledger:
        if point == "operators.retired" and not retire:
            rotate_key(ledger)
        else:
            with pytest.raises(KilledError):
                rotate_key(ledger, retire=retire)
    with open_ledger(folder) as ledger:
        assert ledger.signer().public_key.hex() in {key for key, _ in keys_of(ledger)}
        found = rotate_key(ledger, retire=retire)
        expected = {found.key} if retire else {found.key, old}
        assert {key for key, _ in keys_of(ledger)} == expected
        assert found.key != old
        assert not (folder / NEXT_KEY).exists()
        assert (folder / PREVIOUS_KEY).exists() is not retire
        assert register_source(ledger, "crm-eu").state == "active"
        assert "crm-eu" in ledger.replica.state(ledger.log.partitions - 1).sources


def test_key_files_are_for_their_owner_only(ledger: Ledger) -> None:
    """Whoever may read a key may sign for the ledger."""
    rotate_key(ledger)
    for path in ledger.folder.glob("operator.key*"):
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_no_operators_is_refused_before_anything_is_written(ledger: Ledger) -> None:
    """A stale backup of the key file makes no second record that everybody refuses."""
    (ledger.folder / "operator.key").write_text("11" * 32 + "\n")
    heads = [ledger.log.head(p) for p in range(ledger.log.partitions)]
    with pytest.raises(CommandRefusedError, match="does not name the key"):
        rotate_key(ledger)
    assert [ledger.log.head(p) for p in range(ledger.log.partitions)] == heads
    assert not (ledger.folder / NEXT_KEY).exists()
    assert not any(used for _, used in keys_of(ledger))


def test_a_rotation_without_the_key_in_use_says_so(ledger: Ledger) -> None:
    """The operator's key is nowhere but in its file."""
    (ledger.folder / "operator.key").unlink()
    with pytest.raises(UnreachableError, match="cannot be read"):
        rotate_key(ledger)


def test_a_closed_ledger_takes_no_new_operators(ledger: Ledger) -> None:
    """Nothing after the closing record counts, so nothing is appended."""
    closing = signed_control("closing", {}, ledger.signer())
    ledger.log.append(to_all_partitions(ledger.log, [closing]))
    with pytest.raises(CommandRefusedError, match="is closed"):
        rotate_key(ledger)
