"""Where the socket is: in the projection's folder, or where a short path can name it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Final

SOCKET: Final = "serve.sock"
POINTER: Final = "serve.path"
"""Names the socket's place where the folder's own path is too long for one."""
LONGEST: Final = 100
"""The kernel takes 108 bytes on Linux and 104 on macOS, a zero included."""
_TEMPORARY: Final = "complaints-"


def address(folder: Path) -> str:
    """Return the path by which a socket of this folder is reached, be there one or not."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return (folder / POINTER).read_text(encoding="utf-8").strip()
    return str(folder.absolute() / SOCKET)


def listen(folder: Path) -> socket.socket:
    """Return a listening socket that only this user reaches; the caller holds the folder's lock."""
    remove(folder)
    path = folder.absolute() / SOCKET
    if len(os.fsencode(path)) > LONGEST:
        path = Path(tempfile.mkdtemp(prefix=_TEMPORARY)) / SOCKET
        pointer = os.open(folder / POINTER, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(pointer, "w", encoding="utf-8") as file:
            file.write(f"{path}\n")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    except BaseException:
        listener.close()
        raise
    finally:
        os.umask(before)
    listener.listen(64)
    return listener


def remove(folder: Path, path: str | None = None) -> None:
    """Take away the socket that is there, and the folder made for it.

    Args:
        folder: where readers look for it.
        path: its own path, if known: the folder with the pointer may be gone by now.
    """
    pointer = folder / POINTER
    if pointer.is_file() or path is not None:
        place = Path(path or address(folder)).parent
        pointer.unlink(missing_ok=True)
        if place.name.startswith(_TEMPORARY) and place.parent == Path(tempfile.gettempdir()):
            shutil.rmtree(place, ignore_errors=True)
    (folder / SOCKET).unlink(missing_ok=True)
