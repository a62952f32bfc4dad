"""Subcommands that bring facts in from elsewhere: import, publish."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from complaints_ledger.commands.dates import date_of
from complaints_ledger.commands.session import example, read_bytes, session_of
from domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from adapters.ed25519 import Signer
    from complaints_ledger.commands.session import Session
    from complaints_ledger.importing import ImportReport
    from complaints_ledger.ledger import Ledger
    from complaints_ledger.publishing import Published

SHOWN: Final = 10
"""So many rows set aside are shown; all of them are in the file of reasons."""
_BASIS: Final = {"given": "as given"}


def import_cfpb(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV, plain or gzip.", show_default=False)
    ],
    *,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="Date of the extract; without it, the latest date in the file."
        ),
    ] = None,
    set_aside: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where rows that cannot go in are written, to be mended."
        ),
    ] = None,
) -> None:
    """Import an extract of the CFPB's Consumer Complaint Database.

    The same extract again adds nothing, a later one adds what changed, and a killed import
    continues when it is started again.
    """
    from complaints_ledger.importing import import_cfpb as bring  # noqa: PLC0415  slow

    session = session_of(ctx)
    when = None if as_of is None else date_of(as_of, "--as-of")
    if not file.is_file():
        msg = f"file '{file}' is not there; name a CFPB extract"
        raise InputError(msg)
    aside = set_aside or _beside(file)
    with session.open() as ledger:
        projection = session.projection(ledger)
        with session.output.progress("importing") as tell:
            report = bring(ledger, file, as_of=when, set_aside_file=aside, tell=tell)
        with session.output.progress("projecting") as tell:
            projection.catch_up(tell)
    tell_import(session, report)
    if report.refused:
        raise typer.Exit(1)


def _beside(file: Path) -> Path:
    """Return where rows are set aside: beside the extract, or here if nobody may write there."""
    name = f"{file.name.split('.')[0]}.set-aside.csv"
    return file.with_name(name) if os.access(file.parent, os.W_OK) else Path(name)


def tell_import(session: Session, report: ImportReport) -> None:
    """Print what an import came to."""
    out = session.output
    aside = report.set_aside_file
    if out.json:
        out.result(
            {
                "rows": report.rows,
                "imported": report.imported,
                "unchanged": report.unchanged,
                "set_aside": report.set_aside,
                "events": report.events,
                "refused": report.refused,
                "as_of": report.as_of,
                "as_of_basis": report.as_of_basis,
                "set_aside_file": None if aside is None else str(aside),
                "ignored_columns": list(report.ignored_columns),
            }
        )
        return
    basis = _BASIS.get(report.as_of_basis, report.as_of_basis.replace("_", " "))
    counts = (
        ("rows", report.rows),
        ("imported", report.imported),
        ("unchanged", report.unchanged),
        ("set aside", report.set_aside),
        ("events", report.events),
    )
    room = max(len(f"{count:,}") for _, count in counts)
    pairs: list[tuple[str, object]] = [(name, f"{count:>{room},}") for name, count in counts]
    if report.refused:
        pairs.append(("refused", f"{report.refused:>{room},}"))
    pairs.append(("as of", f"{report.as_of} ({basis})"))
    if aside is not None:
        pairs.append(("set aside in", f"{aside}: mend the rows and import the file"))
    if report.ignored_columns:
        pairs.append(("not read", list(report.ignored_columns)))
    out.pairs(pairs)
    for item in report.rows_set_aside[:SHOWN]:
        where = f", {item.field}" if item.field else ""
        out.text(f"- line {item.line}{where}: {item.reason}")
    if report.set_aside > SHOWN:
        out.text(f"- and {report.set_aside - SHOWN:,} more, in the .reasons.csv beside that file")
    if report.refused:
        out.note('events were refused; why: complaints sql "from record_verdicts" --format csv')


def publish(
    ctx: typer.Context,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="CloudEvents JSON, one per line; - reads stdin.",
            show_default=False,
        ),
    ] = "-",
    *,
    sign_with: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Ed25519 private key, 64 hexadecimal digits, of a source that signs.",
        ),
    ] = None,
) -> None:
    """Publish facts and say what became of each line.

    What is personal is sealed before it is appended. Ends with 1 if a line was refused or malformed; all the others are in the ledger then.
    """
    from complaints_ledger.publishing import publish_lines  # noqa: PLC0415  slow

    session = session_of(ctx)
    signer = None if sign_with is None else _signer(sign_with)
    bad, counts = False, Counter[str]()
    with session.open() as ledger, _lines_of(file) as lines:
        kept: dict[int, bytes] = {}
        for verdict in publish_lines(ledger, _kept(lines, kept), signer=signer):
            raw = kept.pop(verdict.line, b"")
            counts[verdict.outcome] += 1
            bad = bad or verdict.outcome in {"refused", "malformed"}
            _tell_verdict(session, verdict, _hint(ledger, verdict, raw))
    if not session.output.json:
        total = sum(counts.values())
        parts = ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items()))
        session.output.text(
            f"{total:,} line{'' if total == 1 else 's'}" + (f": {parts}" if parts else "")
        )
    if bad:
        raise typer.Exit(1)


def _tell_verdict(session: Session, verdict: Published, hint: str | None) -> None:
    if session.output.json:
        session.output.result(verdict.as_dict() | ({"hint": hint} if hint else {}))
    elif verdict.outcome != "accepted":
        said = f"line {verdict.line}: {verdict.outcome}"
        said += f" ({verdict.reason})" if verdict.reason else ""
        session.output.text(said + (f"; {hint}" if hint else ""))


def _hint(ledger: Ledger, verdict: Published, raw: bytes) -> str | None:
    """Return the command that lets in what a source had no right to say."""
    if verdict.reason != "not-authorised":
        return None
    from domain.opaque import is_source  # noqa: PLC0415  beside its one use

    event: dict[str, Any] = json.loads(raw)
    name, kind = event.get("source"), event.get("type")
    if not isinstance(name, str) or not is_source(name):
        return None
    found = ledger.replica.state(0).sources.get(name)
    if found is None:
        return f"source '{name}' is not registered; admit it with: complaints source add {name}"
    if found.state != "active":
        return (
            f"source '{name}' is {found.state}; admit it again with: complaints source add {name}"
        )
    if found.signing_key is not None:
        return f"source '{name}' signs its events; publish them with --sign-with FILE"
    return (
        f"source '{name}' has no right to this type; give it with: "
        f"complaints source rights {name} --type {kind}"
    )


def _kept(lines: Iterable[bytes], kept: dict[int, bytes]) -> Iterator[bytes]:
    """Yield lines and keep each until its verdict came."""
    for number, line in enumerate(lines, 1):
        kept[number] = line
        yield line


@contextlib.contextmanager
def _lines_of(file: str) -> Iterator[Iterable[bytes]]:
    if file == "-":
        yield sys.stdin.buffer
        return
    with contextlib.ExitStack() as stack:
        try:
            opened = stack.enter_context(Path(file).open("rb"))
        except OSError as exc:
            msg = f"file '{file}' cannot be read ({exc.strerror}); give one that can"
            raise InputError(msg) from exc
        yield opened


def _signer(path: Path) -> Signer:
    from adapters.ed25519 import Signer  # noqa: PLC0415  slow

    try:
        return Signer(bytes.fromhex(read_bytes(str(path)).decode("ascii").strip()))
    except ValueError as exc:
        msg = f"key '{path}' is not 64 hexadecimal digits; give the source's private key"
        raise InputError(msg) from exc


def add_to(app: typer.Typer) -> None:
    """Add the subcommands of this module."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    cfpb = example(
        "complaints import cfpb complaints.csv.gz",
        "complaints import cfpb extract.csv --as-of 2020-03-20 --set-aside mend.csv",
    )
    group.command("cfpb", epilog=cfpb)(import_cfpb)
    group.callback(epilog=cfpb)(_no_options)
    app.add_typer(group, name="import")
    app.command(
        epilog=example("complaints publish facts.jsonl", "producer | complaints publish --json")
    )(publish)


def _no_options() -> None:
    """Import complaints from a file of another system."""
