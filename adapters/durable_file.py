"""Files that are whole or not there: bytes become durable first and get their name after."""

from __future__ import annotations

import contextlib
import os
from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import BinaryIO

STALE_S: Final = 86_400
"""A part that nobody wrote to for a day is what a kill left."""


PIECE: Final = 1 << 20
"""Bytes that are in memory at once."""


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of an open file."""
    while piece := file.read(PIECE):
        yield piece


def write_part(part: Path, pieces: Iterable[bytes]) -> tuple[str, int]:
    """Write a new file for its owner alone and return SHA-256 and size once it is durable."""
    digest, size = sha256(), 0
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        for piece in pieces:
            digest.update(piece)
            size += file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def name_part(part: Path, target: Path) -> None:
    """Give a durable part its name, durably; what had the name before is gone."""
    make_folder(target.parent)
    part.replace(target)
    sync_folder(target.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, durably: a name in a lost folder is lost too."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sweep(parts: Path, now_s: float) -> None:
    """Remove what kills left; a part that somebody writes to is younger."""
    for path in parts.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < now_s - STALE_S:
                path.unlink()
