"""The answer to a question in SQL as a table, JSON lines, CSV, Parquet or Arrow."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from complaints_ledger.cells import csv_line, json_line
from complaints_ledger.output import flush, pipe_may_close
from domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.duckdb_store import Answer
    from complaints_ledger.output import Output

FORMATS: Final = ("table", "json", "csv", "parquet", "arrow")
BINARY: Final = ("parquet", "arrow")
SHOWN_ROWS: Final = 200
"""More rows than that scroll past anybody at a terminal; files and pipes get every one."""


def print_answer(output: Output, answer: Answer, form: str, target: str | None) -> None:
    """Print an answer, or write it to a file, in a form of `FORMATS`.

    Raises:
        InputError: the file cannot be written, or bytes would go to a terminal.
    """
    if form == "table" and target is None:
        _print_table(output, answer)
        return
    if form in BINARY and target is None and sys.stdout.isatty():
        msg = f"{form} is not for a terminal; add --out FILE"
        raise InputError(msg)
    if form == "table":
        msg = f"a table is not for the file '{target}'; add --format csv, json, parquet or arrow"
        raise InputError(msg)
    with _destination(target) as file:
        if form == "parquet":
            _write_parquet(file, answer)
        elif form == "arrow":
            _write_arrow(file, answer)
        else:
            _write_lines(file, answer, form)
    if target is not None:
        output.note(f"written to '{target}'")


def _write_lines(file: BinaryIO, answer: Answer, form: str) -> None:
    columns = _names(answer.columns)
    if form == "csv":
        file.write(csv_line(columns).encode())
    for chunk in answer.chunks():
        if form == "csv":
            text = "".join(csv_line(row) for row in chunk)
        else:
            text = "".join(json_line(dict(zip(columns, row, strict=True))) + "\n" for row in chunk)
        file.write(text.encode("utf-8", "surrogatepass"))


def _write_parquet(file: BinaryIO, answer: Answer) -> None:
    from polars.exceptions import PolarsError  # noqa: PLC0415  slow, and only Parquet needs it

    try:
        answer.frame().write_parquet(file)
    except PolarsError as exc:
        msg = "a column has a type that parquet cannot hold; cast it, for example x::varchar"
        raise InputError(msg) from exc


def _write_arrow(file: BinaryIO, answer: Answer) -> None:
    """Write an Arrow IPC file, which pandas, polars, R and DuckDB read; a batch at a time."""
    import pyarrow as pa  # noqa: PLC0415  slow, and only Arrow needs it

    found, batches = answer.batches()
    named = zip(found, _names(answer.columns), strict=True)
    schema = pa.schema([field.with_name(name) for field, name in named])
    with pa.ipc.new_file(file, schema) as writer:
        for batch in batches:
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))


def _names(columns: Sequence[str]) -> list[str]:
    """Return names that differ from each other: the second `n` is `n_2`."""
    names: list[str] = []
    for column in columns:
        name, count = column, 1
        while name in names:
            count += 1
            name = f"{column}_{count}"
        names.append(name)
    return names


def _print_table(output: Output, answer: Answer) -> None:
    rows = [row for chunk in answer.chunks() for row in chunk]
    shown = rows[:SHOWN_ROWS] if sys.stdout.isatty() else rows
    output.table(answer.columns, shown)
    if len(shown) < len(rows):
        output.note(f"{len(shown)} of {len(rows):,} rows; all of them with --format csv --out FILE")
    else:
        output.note(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}")


@contextlib.contextmanager
def _destination(target: str | None) -> Iterator[BinaryIO]:
    """Give out stdout, or a file that takes its name only when it is whole."""
    if target is None:
        flush()
        with pipe_may_close():
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        return
    path = Path(target)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with fresh.open("wb") as file:
            yield file
        fresh.replace(path)
    except OSError as exc:
        msg = f"file '{target}' cannot be written ({exc.strerror}); choose another place"
        raise InputError(msg) from exc
    finally:
        fresh.unlink(missing_ok=True)
