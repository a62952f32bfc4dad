"""The file store: sealed files in a folder, each under the SHA-256 of its bytes.

A name is given by a rename, after the bytes are durable, so whoever finds a name finds the
whole file; what a kill leaves is a nameless part that nobody reads. Nothing here can be read
without a data key, and nothing is ever written over with other bytes.
"""

from __future__ import annotations

import contextlib
import re
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, Final

from adapters.durable_file import make_folder, name_part, pieces_of, sweep, write_part
from domain.errors import DamagedError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from domain.ports import World

FOLDER: Final = "files"
PARTS: Final = "parts"
"""Folder of files on their way to a name."""
_DIGEST: Final = re.compile("[0-9a-f]{64}")


def is_digest(name: str) -> bool:
    """Tell whether a text is a SHA-256 in lower case hexadecimal."""
    return _DIGEST.fullmatch(name) is not None


class FileStore:
    """Files by the SHA-256 of their bytes, in `<folder>/ab/cdef…`."""

    def __init__(self, folder: Path, world: World) -> None:
        self.folder = folder
        self._world = world

    def path_of(self, digest: str) -> Path:
        """Return where a file lies, or would."""
        return self.folder / digest[:2] / digest[2:]

    def put(self, pieces: Iterable[bytes]) -> str:
        """Keep bytes durably and return their SHA-256; what is there already is written anew.

        Raises:
            UnreachableError: the folder or the disk does not allow it; nothing got a name.
        """
        with self._reached():
            parts = self.folder / PARTS
            make_folder(parts)
            sweep(parts, self._world.now_ms() / 1000)
            part = parts / self._world.random_bytes(16).hex()
            try:
                digest, _ = write_part(part, pieces)
                self._world.fault("files.written")
                name_part(part, self.path_of(digest))
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            self._world.fault("files.named")
        return digest

    def has(self, digest: str) -> bool:
        """Tell whether a file of that name is there; its bytes are proved by `prove`."""
        return is_digest(digest) and self.path_of(digest).is_file()

    @contextlib.contextmanager
    def opened(self, digest: str) -> Iterator[BinaryIO]:
        """Open a file for reading.

        Raises:
            UnreachableError: it is not there or cannot be read.
        """
        path = self.path_of(digest)
        try:
            file = path.open("rb")
        except OSError as exc:
            msg = (
                f"file '{path}' cannot be read ({exc.strerror}); restore it from a backup: "
                "complaints restore"
            )
            raise UnreachableError(msg) from exc
        with file:
            yield file

    def pieces(self, digest: str) -> Iterator[bytes]:
        """Yield the bytes of a file, and raise at their end if they are not those of its name.

        Raises:
            UnreachableError: it is not there or cannot be read.
            DamagedError: its bytes are not what was written.
        """
        found = sha256()
        with self.opened(digest) as file:
            for piece in pieces_of(file):
                found.update(piece)
                yield piece
        if found.hexdigest() != digest:
            msg = (
                f"file '{self.path_of(digest)}' is damaged: its bytes are not those of its name; "
                "restore it from a backup"
            )
            raise DamagedError(msg)

    def prove(self, digest: str) -> None:
        """Read a file and hold it against its name.

        Raises:
            UnreachableError: it is not there or cannot be read.
            DamagedError: its bytes are not what was written.
        """
        for _ in self.pieces(digest):
            pass

    def digests(self) -> Iterator[str]:
        """Yield the name of every file, in order."""
        with self._reached():
            if not self.folder.is_dir():
                return
            for first in sorted(self.folder.iterdir()):
                if len(first.name) == 2 and first.is_dir():  # noqa: PLR2004  as path_of has it
                    names = sorted(first.name + path.name for path in first.iterdir())
                    yield from filter(is_digest, names)

    @contextlib.contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            msg = (
                f"file store '{self.folder}' cannot be used ({exc.strerror}); check the folder, "
                "its rights and the disk"
            )
            raise UnreachableError(msg) from exc
