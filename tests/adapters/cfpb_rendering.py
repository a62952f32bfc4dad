"""Renders and reads small extracts for the tests of the CFPB reader."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.cfpb_extract import read_extract
from domain.sources.cfpb_row import CfpbRow, SetAside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEADER = (
    "Date received",
    "Product",
    "Consumer complaint narrative",
    "Company",
    "Date sent to company",
    "Complaint ID",
)
ROWS = (
    ("2015-04-03", "Mortgage", "", "Café, S.à r.l.", "2015-04-05", "1000001"),
    ("2015-04-30", "Debt collection", "I said “no”,\ntwice;\n\nXXXX", "A & B", "", "1000002"),
    ("2016-12-01", "Credit card", '=1+1 "quoted"', "N/A", "2016-12-24", "1000003"),
)


def render(
    rows: Sequence[Sequence[str]],
    header: Sequence[str] = HEADER,
    *,
    delimiter: str = ",",
    end: str = "\n",
    quoting: int = csv.QUOTE_MINIMAL,
) -> str:
    """Return an extract as text."""
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=delimiter,
        lineterminator=end,
        quoting=quoting,  # type: ignore[arg-type]  # drawn from the module's own constants
    )
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def read(path: Path, content: str | bytes) -> tuple[list[CfpbRow], list[SetAside]]:
    """Write an extract and return its rows and what was set aside."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    items = list(read_extract(path))
    return (
        [item for item in items if isinstance(item, CfpbRow)],
        [item for item in items if isinstance(item, SetAside)],
    )


def unplaced(rows: Sequence[CfpbRow]) -> list[CfpbRow]:
    """Return rows without where they stood."""
    return [replace(row, line=0, record=0, raw=()) for row in rows]


def many(count: int) -> list[tuple[str, ...]]:
    """Return rows with narratives of several lines."""
    draw = random.Random(7)
    return [
        (
            f"2015-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
            "Mortgage",
            "\n".join(f'line {draw.random()}, "so"' for _ in range(draw.randint(0, 3))),
            "A, B",
            "",
            str(1_000_000 + number),
        )
        for number in range(count)
    ]
