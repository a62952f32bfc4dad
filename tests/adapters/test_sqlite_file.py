"""What SQLite's driver says of a damaged file is said in our words, without what is in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from adapters.sqlite_file import Reader, translated
from domain.errors import DamagedError, UnreachableError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_text_of_damaged_bytes_is_not_quoted(tmp_path: Path) -> None:
    """The driver's own words hold the text, which may be anything."""
    path = tmp_path / "replica.db"
    with closing(sqlite3.connect(path)) as connection:
        reader = Reader(connection, path)
        with pytest.raises(DamagedError) as caught:
            reader.rows("select cast(x'736563726574ff' as text)")
    assert "a text in it is not UTF-8" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_file_that_cannot_be_used_is_not_called_damaged(tmp_path: Path) -> None:
    """A table that is missing or a busy file is no damage of bytes."""
    with (
        pytest.raises(UnreachableError, match="cannot be used"),
        translated(tmp_path / "log.db"),
        closing(sqlite3.connect(":memory:")) as connection,
    ):
        connection.execute("select * from nothing")
