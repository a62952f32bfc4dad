"""Reads CFPB extracts as they come: plain or gzip, in any usual encoding, layout and date form.

Nothing that one row is can keep the others out: what cannot be read is set aside, with the
line on which it starts and the reason.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from domain.errors import DamagedError, InputError
from domain.sources.cfpb_dates import DateEvidence
from domain.sources.cfpb_reading import RowReader
from domain.sources.cfpb_row import CfpbRow, SetAside, layout_of, recognised
from domain.sources.csv_records import LINE_LIMIT, Lines, records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _typeshed import WriteableBuffer

_CHUNK: Final = 1 << 18  # large enough that Python's share of reading does not count
_GZIP: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 31  # zlib's code for a gzip header and trailer
_FOREIGN: Final = {
    b"PK\x03\x04": "a zip archive or a workbook",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"SQLite format 3": "a SQLite database",
    b"{": "JSON",
    b"[": "JSON",
    b"<": "HTML or XML",
}
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS: Final = ",;\t|"
_HEADER_LINES: Final = 20  # blank lines and a spreadsheet's `sep=` may stand before the header
_SAMPLE_ROWS: Final = 5_000  # shows a day above 12, unless a file is sorted and begins without
_WESTERN_ODDS: Final = 10  # Western text forms a valid UTF-8 sequence now and then by chance
_NEVER_WESTERN: Final = frozenset(b"\x81\x8d\x8f\x90\x9d\xfe\xff")
"""Bytes that damage leaves behind: undefined in cp1252, or letters (þ, ÿ) foreign to it."""

_UNREADABLE: Final = {
    "utf-8": re.compile("[\0\udc80-\udcff]"),
    "cp1252": re.compile("[\0\udc80-\udcff\u00fe\u00ff]"),
    "utf-16": re.compile("[\0\ufffd]"),
    "utf-32": re.compile("[\0\ufffd]"),
}


@dataclass(frozen=True, slots=True)
class _Bytes:
    """What a pass over all bytes of a file showed."""

    encoding: str
    suspect: bool
    cut: str | None

    @property
    def unreadable(self) -> re.Pattern[str]:
        """Characters that stand for bytes which the encoding cannot explain."""
        return next(found for name, found in _UNREADABLE.items() if self.encoding.startswith(name))


class Extract:
    """An extract on disk; each iteration reads it anew, row by row."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._bytes = _scan(path)
        with self._text("") as text:
            self.delimiter, header, self._header_lines, self._end = _header(text, path)
        self._layout = layout_of(header, file=str(path))
        self._day_first = self._date_order()

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns, as the file has them."""
        return self._layout.header

    @property
    def columns(self) -> frozenset[str]:
        """Columns of `CfpbRow` that the file has."""
        return frozenset(self._layout.places)

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        """Named columns that the importer does not know."""
        return self._layout.ignored

    @property
    def encoding(self) -> str:
        """Encoding that the file is read in."""
        return self._bytes.encoding

    def __iter__(self) -> Iterator[CfpbRow | SetAside]:
        """Yield every row in file order; what cannot be one is yielded as set aside."""
        with self._text(self._end) as text:
            reader = RowReader(
                self._layout,
                day_first=self._day_first,
                unreadable=self._bytes.unreadable if self._bytes.suspect else None,
                cut=self._bytes.cut,
            )
            yield from reader.items(self._lines(text), self.delimiter)

    def _text(self, newline: str) -> io.TextIOWrapper:
        wide = self._bytes.encoding.startswith(("utf-16", "utf-32"))
        return io.TextIOWrapper(
            io.BufferedReader(_open(self.path), _CHUNK),
            encoding=self._bytes.encoding,
            errors="replace" if wide else "surrogateescape",
            newline=newline,
        )

    def _lines(self, text: io.TextIOWrapper) -> Lines:
        lines = Lines(text, self._end)
        for _ in range(self._header_lines):
            next(lines)
        return lines

    def _date_order(self) -> dict[str, bool]:
        """Look at the first rows, and at all of them if these leave a month in doubt."""
        places = self._layout.places
        received, sent, as_of = (
            places.get(name, len(self.header)) for name in ("date_received", "date_sent", "as_of")
        )
        dates, extract_dates = DateEvidence(), DateEvidence()
        with self._text(self._end) as text:
            for number, (_, cells) in enumerate(records(self._lines(text), self.delimiter)):
                if number >= _SAMPLE_ROWS and not (dates.is_open or extract_dates.is_open):
                    break
                if cells is not None and len(cells) == len(self.header):
                    cells.append("")
                    dates.add(cells[received].strip(), cells[sent].strip())
                    extract_dates.add(cells[as_of].strip())
        return {
            "date_received": dates.day_first,
            "date_sent": dates.day_first,
            "as_of": extract_dates.day_first,
        }


def read_extract(path: Path) -> Extract:
    """Open an extract: look at its bytes, its header and its dates, and yield no row yet.

    Raises:
        InputError: the file cannot be opened, is no text with a header, or lacks a column
            without which no row can be used.
        DamagedError: the file is compressed and its bytes are not what they were.
    """
    return Extract(path)


def _header(text: io.TextIOWrapper, path: Path) -> tuple[str, list[str], int, str]:
    """Return the delimiter, the names of the columns, the lines up to there and their end."""
    for number in range(1, _HEADER_LINES + 1):
        line = text.readline(LINE_LIMIT)
        if not line.strip() or line.strip('\ufeff"').casefold().startswith("sep="):
            continue
        read = {mark: next(csv.reader([line], delimiter=mark)) for mark in _DELIMITERS}
        best = max(_DELIMITERS, key=lambda mark: (recognised(read[mark]), len(read[mark])))
        end = "\r" if line.endswith("\r") else "\n"
        return best, read[best], number, end
    msg = f"file '{path}' holds no header; give a CFPB extract with its first line"
    raise InputError(msg)


class _Gunzip(io.RawIOBase):
    """Decompresses a file that may be cut short, and says so instead of failing."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._member = zlib.decompressobj(_GZIP_WINDOW)
        self._ready = memoryview(b"")
        self.cut: str | None = None

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._packed.close()
        super().close()

    def readinto(self, buffer: WriteableBuffer) -> int:
        while not self._ready and (packed := self._next_packed()):
            self._ready = memoryview(self._member.decompress(packed))
        target = memoryview(buffer)
        size = min(len(target), len(self._ready))
        target[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _next_packed(self) -> bytes:
        packed = self._packed.read(_CHUNK)
        if not self._member.eof:
            if not packed:
                self.cut = "the compressed file ends early here; complete the row, or fetch it anew"
            return packed
        rest = (self._member.unused_data + packed).lstrip(b"\0")
        if not rest.startswith(_GZIP):
            return b""  # as gzip itself does with what follows the last member
        self._member = zlib.decompressobj(_GZIP_WINDOW)
        return rest


def _open(path: Path) -> io.RawIOBase:
    try:
        raw = path.open("rb", buffering=0)
        packed = raw.read(len(_GZIP)) == _GZIP
        raw.seek(0)
    except OSError as exc:
        msg = f"file '{path}' cannot be read ({exc.strerror}); name a file that can"
        raise InputError(msg) from exc
    return _Gunzip(io.BufferedReader(raw, _CHUNK)) if packed else raw


def _scan(path: Path) -> _Bytes:
    """Pass over all bytes: one row that cannot be decoded must not decide for the others."""
    raw = _open(path)
    try:
        with io.BufferedReader(raw, _CHUNK) as file:
            head = file.peek(_CHUNK)
            _refuse_foreign(head, path)
            encoding = _marked_encoding(head)
            suspect = encoding.startswith(("utf-16", "utf-32"))
            votes = _EncodingVotes()
            while chunk := file.read(_CHUNK):
                suspect = votes.add(chunk) or suspect
            cut = raw.cut if isinstance(raw, _Gunzip) else None
    except zlib.error as exc:
        msg = f"file '{path}' is damaged ({exc}); fetch it again"
        raise DamagedError(msg) from exc
    except OSError as exc:
        msg = f"file '{path}' cannot be read ({exc.strerror}); name a file that can"
        raise InputError(msg) from exc
    encoding = encoding or votes.encoding
    return _Bytes(encoding, suspect or votes.has_invalid or encoding == "cp1252", cut)


def _refuse_foreign(head: bytes, path: Path) -> None:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for magic, kind in _FOREIGN.items():
        if start.startswith(magic):
            msg = f"file '{path}' is {kind}, not CSV; unpack it or export it as CSV first"
            raise InputError(msg)


def _marked_encoding(head: bytes) -> str:
    """Return the encoding that the first bytes declare or betray, or '' if they do neither."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    start = head[:200]
    nuls = (start[::2].count(0), start[1::2].count(0))
    if sum(nuls) * 3 > len(start):
        return "utf-16-be" if nuls[0] > nuls[1] else "utf-16-le"
    return ""


class _EncodingVotes:
    """Counts what speaks for UTF-8 and what for a Western single-byte encoding."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._valid = 0
        self._western = 0
        self.has_invalid = False

    def add(self, chunk: bytes) -> bool:
        """Count a chunk; return whether it holds NUL."""
        if not chunk.isascii() or self._decoder.getstate()[0]:
            text = self._decoder.decode(chunk)
            invalid = [ord(char) - 0xDC00 for char in re.findall("[\udc80-\udcff]", text)]
            self._western += sum(byte not in _NEVER_WESTERN for byte in invalid)
            self._valid += len(re.findall("[^\0-\x7f\udc80-\udcff]", text))
            self.has_invalid = self.has_invalid or bool(invalid)
        return 0 in chunk

    @property
    def encoding(self) -> str:
        """UTF-8, unless nearly all that is not ASCII would be wrong in it."""
        return "cp1252" if self._western > _WESTERN_ODDS * self._valid else "utf-8"
