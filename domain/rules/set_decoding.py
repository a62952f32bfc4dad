"""Well-formedness, set form: a batch of one schema decoded at once by polars (RULES 2).

Records of one schema, each followed by a random mark, are the body of an Avro container
block. Marks guard the boundaries, range checks guard the values. Whatever is in doubt goes
back to the row form, which is the definition; nothing is accepted that it would not accept.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from domain.rules.canonical_length import is_canonical
from domain.rules.decoding import (
    MARK,
    MAX_DATE,
    MAX_MICROS,
    MIN_DATE,
    MIN_MICROS,
    UUID_PATTERN,
    decoding_schema,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from domain.rules.avro_schema import Schema

UUID_BYTES = 36
"""A pattern's end may stand before a line end; the length does not forgive one."""
SMALLEST_BLOCK = 8
"""A block of so few records in doubt is not halved again but judged row by row."""


def decode_set(
    text: str, bodies: Sequence[bytes], *, mark: bytes, admitted: bool = False
) -> tuple[pl.DataFrame | None, list[int], list[int]]:
    """Decode the bodies of one schema; return (rows, their indexes, indexes in doubt).

    Args:
        text: the writer schema's text.
        bodies: one Avro datum each, without frame.
        mark: eight bytes that no publisher can know beforehand.
        admitted: whether each datum was judged well-formed already, by whichever form, so that
            what only the row form can tell is asked no more.
    """
    frames: list[pl.DataFrame] = []
    sure: list[int] = []
    doubtful: list[int] = []
    blocks = [(0, len(bodies))]
    while blocks:
        start, end = blocks.pop()
        frame = _decode_block(text, bodies[start:end], mark)
        if frame is not None:
            frames.append(frame)
            sure += range(start, end)
        elif end - start <= SMALLEST_BLOCK:
            doubtful += range(start, end)
        else:
            middle = (start + end) // 2
            blocks += [(middle, end), (start, middle)]
    if not frames:
        return None, [], doubtful
    rows = pl.concat(frames, rechunk=False) if len(frames) > 1 else frames[0]
    if admitted:
        return rows, sure, doubtful
    good = is_canonical(rows, [bodies[index] for index in sure], text)
    good = good & rows.select(_range_expression(text)).to_series()
    if good.all():
        return rows, sure, doubtful
    kept = good.to_list()
    doubtful += [index for index, ok in zip(sure, kept, strict=True) if not ok]
    sure = [index for index, ok in zip(sure, kept, strict=True) if ok]
    return rows.filter(good), sure, sorted(doubtful)


def _decode_block(text: str, bodies: Sequence[bytes], mark: bytes) -> pl.DataFrame | None:
    data = mark.join((*bodies, b""))
    head, sync = _header(text)
    block = b"".join((head, _zigzag(len(bodies)), _zigzag(len(data)), data, sync))
    try:
        with _quiet():
            frame = pl.read_avro(io.BytesIO(block))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001  polars panics with a BaseException on hostile bytes
        return None
    if frame.height != len(bodies) or not (frame[MARK] == pl.Series([mark])).all():
        return None
    return frame.drop(MARK)


_STDERR_LOCK = threading.Lock()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep a panic's message off stderr: a publisher's bytes must not write to our terminal."""
    with _STDERR_LOCK:
        kept = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(nowhere)
            os.close(kept)


@lru_cache(maxsize=1024)
def _header(text: str) -> tuple[bytes, bytes]:
    schema = json.dumps(decoding_schema(json.loads(text), mark=True)).encode()
    sync = b"complaints-block"
    meta = b"".join(
        (
            _zigzag(2),
            *(_zigzag(11), b"avro.schema", _zigzag(len(schema)), schema),
            *(_zigzag(10), b"avro.codec", _zigzag(4), b"null"),
            _zigzag(0),
        )
    )
    return b"Obj\x01" + meta + sync, sync


def _zigzag(number: int) -> bytes:
    number <<= 1
    out = bytearray()
    while number > 0x7F:  # noqa: PLR2004  seven bits a byte
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


@lru_cache(maxsize=1024)
def _range_expression(text: str) -> pl.Expr:
    schema = json.loads(text)
    checks = [_check(field["type"])(pl.col(field["name"])) for field in schema["fields"]]
    return pl.all_horizontal(checks).alias("in_range")


def _check(schema: Schema) -> Callable[[pl.Expr], pl.Expr]:
    """Return the twin of `decoding.range_check` as an expression that is never null."""
    if isinstance(schema, list):
        inner = _check(schema[1])
        return lambda column: column.is_null() | inner(column)
    kind = schema if isinstance(schema, str) else schema["type"]
    if kind == "record":
        checks = [(f["name"], _check(f["type"])) for f in schema["fields"]]
        return lambda column: pl.all_horizontal(
            [check(column.struct.field(name)) for name, check in checks]
        )
    if kind == "array":
        each = _check(schema["items"])
        return lambda column: column.list.eval(each(pl.element())).list.all().fill_null(value=True)
    logical = None if isinstance(schema, str) else schema.get("logicalType")
    return _EXPRESSIONS[logical or kind]


_EXPRESSIONS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "boolean": lambda c: ((c == b"\x00") | (c == b"\x01")).fill_null(value=False),
    "date": lambda c: c.is_between(MIN_DATE, MAX_DATE).fill_null(value=False),
    "timestamp-micros": lambda c: c.is_between(MIN_MICROS, MAX_MICROS).fill_null(value=False),
    "uuid": lambda c: (
        c.str.contains(f"^{UUID_PATTERN}$").fill_null(value=False)
        & (c.str.len_bytes() == UUID_BYTES).fill_null(value=False)
    ),
    "string": lambda c: ~c.str.contains("\x00", literal=True).fill_null(value=True),
    "bytes": lambda c: c.is_not_null(),
    "long": lambda c: c.is_not_null(),
}


def typed(frame: pl.DataFrame, text: str) -> pl.DataFrame:
    """Return decoded raw values in their logical types: booleans, dates, instants in UTC."""
    schema = json.loads(text)
    return frame.with_columns(
        [_typed(pl.col(f["name"]), f["type"]).alias(f["name"]) for f in schema["fields"]]
    )


def _typed(column: pl.Expr, schema: Any) -> pl.Expr:
    if isinstance(schema, list):
        return _typed(column, schema[1])
    if schema == "boolean":
        return pl.when(column.is_null()).then(None).otherwise(column == b"\x01")
    if isinstance(schema, dict):
        logical = schema.get("logicalType")
        if logical == "date":
            return column.cast(pl.Int32).cast(pl.Date)
        if logical == "timestamp-micros":
            return column.cast(pl.Datetime("us"))
    return column
