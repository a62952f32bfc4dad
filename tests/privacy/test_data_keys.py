"""What every keeper of data keys does, in memory or in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.errors import KeyDestroyedError
from tests.privacy.surroundings import InMemoryDataKeys, a_key_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.key_store import SqliteDataKeys

    Keeper = InMemoryDataKeys | SqliteDataKeys

ANA, BEN = ("complaint-a", "identity"), ("complaint-b", "identity")


@pytest.fixture(params=["in memory", "in a file"])
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Keeper]:
    """Keepers of data keys, one of each kind."""
    kept: Keeper = InMemoryDataKeys() if request.param == "in memory" else a_key_store(tmp_path)
    yield kept
    kept.close()


def test_a_pair_keeps_its_key(keeper: Keeper) -> None:
    """Who asks again for the same subject and class gets the same key."""
    assert keeper.key_for([ANA]) == keeper.key_for([ANA])


def test_keys_come_in_the_order_asked(keeper: Keeper) -> None:
    """Old, new and repeated pairs stand in the answer where they stood in the question."""
    (ben,) = keeper.key_for([BEN])
    found = keeper.key_for([ANA, BEN, ANA])
    assert [(key.subject, key.data_class) for key in found] == [ANA, BEN, ANA]
    assert found[1] == ben
    assert found[0] == found[2]


def test_every_subject_and_class_has_its_own_key(keeper: Keeper) -> None:
    """No key serves two people or two classes of data."""
    pairs = [(f"complaint-{n}", c) for n in range(20) for c in ("identity", "narrative", "special")]
    keys = keeper.key_for(pairs)
    assert len({key.secret for key in keys}) == len({key.key_id for key in keys}) == len(pairs)
    assert {len(key.secret) for key in keys} == {32}


def test_a_key_is_found_by_its_id(keeper: Keeper) -> None:
    """A sealed value names its key by an id that says nothing of whom it is about."""
    (key,) = keeper.key_for([ANA])
    assert keeper.find(key.key_id) == key
    assert len(key.key_id) == 32
    assert keeper.find("0" * 32) is None


def test_no_pairs_no_keys(keeper: Keeper) -> None:
    """An empty question has an empty answer."""
    assert keeper.key_for([]) == []


def test_a_destroyed_key_never_comes_back(keeper: Keeper) -> None:
    """Neither by its id nor by its pair, nor for others asked along with it."""
    (key,) = keeper.key_for([ANA])
    keeper.destroy([key.key_id])
    keeper.destroy([key.key_id])
    with pytest.raises(KeyDestroyedError, match="destroyed"):
        keeper.find(key.key_id)
    with pytest.raises(KeyDestroyedError) as caught:
        keeper.key_for([BEN, ANA])
    assert caught.value.destroyed == (ANA,)


def test_destroying_one_key_leaves_the_others(keeper: Keeper) -> None:
    """An erasure reaches one subject and class."""
    ana, ben = keeper.key_for([ANA, BEN])
    keeper.destroy([ana.key_id])
    assert keeper.find(ben.key_id) == ben
    assert keeper.key_for([BEN]) == [ben]


def test_subjects_may_be_any_text(keeper: Keeper) -> None:
    """A stream id of another system needs no escaping."""
    pairs = [(subject, "identity") for subject in ("", "it's", '"', "%_", "ß💧", "a,b\n", "[1]")]
    assert [key.subject for key in keeper.key_for(pairs)] == [subject for subject, _ in pairs]
