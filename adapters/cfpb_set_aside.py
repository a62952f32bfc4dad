"""Writes the rows of a CFPB extract that were set aside, to be mended and imported again."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from domain.sources.cfpb_row import SetAside


def write_set_aside(path: Path, header: Sequence[str], set_asides: Iterable[SetAside]) -> int:
    """Write the rows with the extract's own columns, and beside them why; return how many.

    The reasons go to `<name>.reasons.csv`: line in the extract, field, reason, in the order of
    the rows. Bytes that could not be decoded are written as they were; the byte order mark says
    that the rest is UTF-8. Lines that hold nothing of a row have a reason only.

    Raises:
        InputError: a file cannot be written.
    """
    count = 0
    try:
        with (
            path.open("w", encoding="utf-8-sig", errors="surrogateescape", newline="") as rows,
            reasons_path(path).open("w", encoding="utf-8", newline="") as why,
        ):
            row_writer = csv.writer(rows, lineterminator="\n")
            why_writer = csv.writer(why, lineterminator="\n")
            row_writer.writerow(header)
            why_writer.writerow(("line", "field", "reason"))
            for item in set_asides:
                count += 1
                why_writer.writerow((item.line, item.field or "", item.reason))
                if item.raw:
                    row_writer.writerow(item.raw)
    except OSError as exc:
        msg = f"file '{path}' cannot be written ({exc.strerror}); name another place"
        raise InputError(msg) from exc
    return count


def reasons_path(path: Path) -> Path:
    """Return where the reasons stand for rows set aside in `path`."""
    return path.with_name(f"{path.stem}.reasons.csv")
