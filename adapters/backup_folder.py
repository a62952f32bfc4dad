"""A backup's folder: immutable parts and manifests, on any disk that can be mounted."""

from __future__ import annotations

import contextlib
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from adapters.durable_file import make_folder, name_part, pieces_of, write_part
from adapters.file_lock import FileLock
from domain.errors import DamagedError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from domain.ports import World

PARTS: Final = "parts"
LOCK: Final = "backup.lock"


class BackupFolder:
    """Writes files that are whole or not there, and reads them back only as they were."""

    def __init__(self, folder: Path, world: World) -> None:
        self.folder = folder
        self._world = world

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other backups out of the folder for the length of a with block.

        Raises:
            LockTimeoutError: another backup is made here.
            UnreachableError: the folder cannot be made.
        """
        with self._reached():
            make_folder(self.folder)
        with FileLock(self.folder / LOCK).held():
            # Nobody else writes here now: what is there was left by a kill, keys among it.
            shutil.rmtree(self.folder / PARTS, ignore_errors=True)
            yield

    def write(self, name: str, pieces: Iterable[bytes]) -> tuple[str, int]:
        """Write a file durably, within `alone`, and return its SHA-256 and size; one of that name is replaced."""
        with self._reached():
            make_folder(self.folder / PARTS)
            part = self.folder / PARTS / self._world.random_bytes(16).hex()
            try:
                found = write_part(part, pieces)
                name_part(part, self.folder / name)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
        return found

    def read(self, name: str) -> bytes:
        """Return the bytes of a file that proves itself, as a manifest does.

        Raises:
            DamagedError: it is not there: a backup without it is not whole.
            UnreachableError: it cannot be read.
        """
        return b"".join(self._pieces(name))

    def proved(self, name: str, digest: str) -> bytes:
        """Return the bytes of a part whose SHA-256 is known.

        Raises:
            DamagedError: it is missing or its bytes are not what was written.
            UnreachableError: it cannot be read.
        """
        return b"".join(self.pieces(name, digest))

    def pieces(self, name: str, digest: str) -> Iterator[bytes]:
        """Yield the bytes of a part, and raise at their end if they are not what was written."""
        found = sha256()
        for piece in self._pieces(name):
            found.update(piece)
            yield piece
        if found.hexdigest() != digest:
            msg = (
                f"file '{self.folder / name}' of the backup is damaged: its bytes are not those of "
                "the manifest; use another backup"
            )
            raise DamagedError(msg)

    def _pieces(self, name: str) -> Iterator[bytes]:
        path = self.folder / name
        if not path.is_file():
            msg = f"file '{path}' of the backup is missing; use another backup"
            raise DamagedError(msg)
        with self._reached(), path.open("rb") as file:
            yield from pieces_of(file)

    def names(self, below: str, ending: str) -> list[str]:
        """Return the names of the files in a folder of the backup, in order."""
        with self._reached():
            folder = self.folder / below
            found = folder.iterdir() if folder.is_dir() else ()
            return sorted(path.name for path in found if path.name.endswith(ending))

    def keep_only(self, names: frozenset[str], below: str, ending: str) -> None:
        """Remove every file in a folder that ends so and is not one of these."""
        for name in self.names(below, ending):
            if name not in names:
                with self._reached():
                    (self.folder / below / name).unlink(missing_ok=True)

    @contextlib.contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            msg = (
                f"backup folder '{self.folder}' cannot be used ({exc.strerror}); check the "
                "folder, its rights and the disk"
            )
            raise UnreachableError(msg) from exc
