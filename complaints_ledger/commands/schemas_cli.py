"""Subcommands on the published contract: list, write, check."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from complaints_ledger.commands.session import example, session_of

if TYPE_CHECKING:
    from complaints_ledger.commands.session import Session

REFERENCE: Final = Path("docs/reference/events.md")
"""The page that is written with the schemas, beside their folder."""

Folder = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Folder of the schemas; without it, the installed one."),
]


def _folder(given: Path | None) -> Path:
    if given is not None:
        return given
    found = find_spec("schemas")
    return Path(str(found.origin)).parent if found and found.origin else Path("schemas")


def list_all(ctx: typer.Context) -> None:
    """Show every event type, its stream and what it means."""
    from adapters.avro_codec import schema_text  # noqa: PLC0415  slow
    from domain.catalogue import EVENT_TYPES  # noqa: PLC0415  slow
    from domain.rules.avro_schema import avro_schema, fingerprint  # noqa: PLC0415  slow

    session = session_of(ctx)
    rows = [
        {
            "event": kind.__name__,
            "type": kind.TOPIC,
            "stream": kind.STREAM,
            "fingerprint": f"{fingerprint(avro_schema(kind)):016x}",
            "meaning": (kind.__doc__ or "").strip().splitlines()[0],
            "bytes": len(schema_text(kind)),
        }
        for kind in EVENT_TYPES
    ]
    if session.output.json:
        for row in rows:
            session.output.result(row)
        return
    shown = [(row["event"], row["type"], row["meaning"]) for row in rows]
    session.output.table(("event", "type", "meaning"), shown)


def write(
    ctx: typer.Context,
    *,
    folder: Folder = None,
    release: Annotated[
        bool, typer.Option("--release", help="Make every version final: it never changes again.")
    ] = False,
) -> None:
    """Write the schemas and samples that differ from the event classes, and their page."""
    from complaints_ledger.contract import events_reference, write_schemas  # noqa: PLC0415  slow

    session = session_of(ctx)
    place = _folder(folder)
    report = write_schemas(place, release=release)
    written = list(report.written)
    page = place.parent / REFERENCE
    if page.parent.is_dir():
        text = events_reference()
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")
            written.append(str(Path("..") / REFERENCE))
    if session.output.json:
        session.output.result(
            {
                "folder": str(place),
                "written": written,
                "unchanged": len(report.unchanged),
                "released": list(report.released),
            }
        )
        return
    for name in written:
        session.output.text(f"written   {name}")
    for name in report.released:
        session.output.text(f"released  {name}")
    session.output.text(f"{len(written)} written, {len(report.unchanged)} unchanged in '{place}'")


def check(ctx: typer.Context, *, folder: Folder = None) -> None:
    """Check that the schemas are those of the event classes, and that no released one changed."""
    from complaints_ledger.contract import check_schemas, events_reference  # noqa: PLC0415  slow

    session = session_of(ctx)
    place = _folder(folder)
    problems = [str(problem) for problem in check_schemas(place)]
    page = place.parent / REFERENCE
    if page.is_file() and page.read_text(encoding="utf-8") != events_reference():
        problems.append(f"{Path('..') / REFERENCE}: differs; run 'complaints schemas write'")
    _tell_problems(session, place, problems)
    if problems:
        raise typer.Exit(1)


def _tell_problems(session: Session, place: Path, problems: list[str]) -> None:
    if session.output.json:
        session.output.result({"ok": not problems, "folder": str(place), "problems": problems})
        return
    for problem in problems:
        session.output.text(f"- {problem}")
    if not problems:
        session.output.text(f"ok: the schemas in '{place}' are those of the event classes")


def add_to(app: typer.Typer) -> None:
    """Add the subcommands of this module."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    group.callback(epilog=example("complaints schemas list"))(_no_options)
    group.command("list", epilog=example("complaints schemas list"))(list_all)
    group.command(epilog=example("complaints schemas write"))(write)
    group.command(epilog=example("complaints schemas check"))(check)
    app.add_typer(group, name="schemas")


def _no_options() -> None:
    """The published contract of events."""
