"""Subcommands that keep a ledger: init, rebuild, check, status, log decode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from complaints_ledger.commands.session import LOG_FILE, example, session_of
from complaints_ledger.commands.telling import tell_count

if TYPE_CHECKING:
    from pathlib import Path

    from complaints_ledger.commands.session import Session

_FILES: Final = (
    ("log.db", "the record; every other table can be made again from it"),
    ("keys.db", "the keys of personal data, wrapped by master.key; losing either file is total"),
    ("master.key", "erasure: no sealed text could ever be read again"),
    ("operator.key", "signs who may publish; without it no source can be admitted any more"),
)


def init(
    ctx: typer.Context,
    *,
    partitions: Annotated[
        int,
        typer.Option(
            min=1, max=1024, metavar="N", help="Partitions of the log; one is right on one machine."
        ),
    ] = 1,
) -> None:
    """Make a ledger.

    One that is there already is completed and otherwise left alone.
    """
    from complaints_ledger.ledger import create_ledger  # noqa: PLC0415  slow

    session = session_of(ctx)
    folder = session.folder
    was_there = (folder / LOG_FILE).is_file()
    with create_ledger(folder, partitions=partitions) as ledger:
        found = {
            "ledger": str(folder),
            "ledger_id": str(ledger.log.ledger_id),
            "partitions": ledger.log.partitions,
            "created": not was_there,
        }
    if session.output.json:
        session.output.result(found)
    else:
        _tell_of(session, folder, found)


def _tell_of(session: Session, folder: Path, found: dict[str, Any]) -> None:
    out = session.output
    verb = "is made" if found["created"] else "was there already"
    plural = "" if found["partitions"] == 1 else "s"
    out.text(f"ledger '{folder}' {verb} ({found['partitions']} partition{plural})")
    if not found["created"]:
        return
    out.note("")
    for name, meaning in _FILES:
        out.note(f"  {name:12}  {meaning}")
    out.note("")
    out.note(f"Back up at any time: complaints backup BACKUP --keys KEYS --ledger {folder}")
    out.note("Keep the two places apart: whoever has both can read everything.")
    out.note("Next: complaints import cfpb FILE, or complaints case log --help")


def rebuild(ctx: typer.Context) -> None:
    """Make every read model anew from the log.

    The new ones are made beside the live ones, which answer until the switch.
    """
    session = session_of(ctx)
    with session.open() as ledger:
        with session.output.progress("rebuilding") as tell:
            count = session.projection(ledger).rebuild(tell)
        tell_count(session, "rebuilt", count)


def check(
    ctx: typer.Context,
    *,
    full: Annotated[
        bool, typer.Option("--full", help="From the start, not from the last check that passed.")
    ] = False,
) -> None:
    """Prove that what is kept follows from the log.

    Admission and every read model are derived again and compared, and the files that events
    name are proved; the first difference of each is named. Ends with 1 if there is one. What
    an earlier check proved is not proved again unless asked for.
    """
    from complaints_ledger.checking import check as check_all  # noqa: PLC0415  slow

    session = session_of(ctx)
    out = session.output
    with session.open() as ledger, out.progress("checking") as tell:
        report = check_all(ledger, session.projection(ledger), tell, full=full)
    if out.json:
        out.result(
            {
                "ok": report.ok,
                "records": report.records,
                "accepted": report.accepted,
                "digest": report.digest,
                "problems": list(report.problems),
            }
        )
    else:
        out.pairs(
            [
                ("records", f"{report.records:,}"),
                ("proved", f"{report.checked:,} now"),
                ("accepted", f"{report.accepted:,}"),
                ("digest", report.digest),
            ]
        )
        for problem in report.problems:
            out.text(f"- {problem}")
        found = f"{len(report.problems)} found, see above" if report.problems else "none"
        out.text(
            f"problems  {found}" if report.problems else "ok: what is kept follows from the log"
        )
    if not report.ok:
        raise typer.Exit(1)


def status(ctx: typer.Context) -> None:
    """Say how much the ledger holds and how fresh it is.

    The lag is how many records the read models were behind when asked; now they are level.
    """
    session = session_of(ctx)
    out = session.output
    with session.open() as ledger:
        with out.progress("projecting") as tell:
            lag = session.projection(ledger).catch_up(tell)
        found = session.ask(ledger, "status")[0][0]
        ledger_id, partitions = str(ledger.log.ledger_id), ledger.log.partitions
    shown = {
        "ledger": str(session.folder),
        "records": found.pop("records") or 0,
        "position": found.pop("position") or 0,
        "lag": lag,
        "digest": found.pop("digest"),
        "ledger_id": ledger_id,
        "partitions": partitions,
        **found,
    }
    if out.json:
        out.result(shown)
    else:
        out.pairs([(name.replace("_", " "), value) for name, value in shown.items()])


def log_decode(
    ctx: typer.Context,
    *,
    partition: Annotated[int, typer.Option(min=0, metavar="P", help="Partition to read.")] = 0,
    start: Annotated[
        int, typer.Option("--from", min=0, metavar="N", help="First record, from 0.")
    ] = 0,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="At most so many records.")
    ] = None,
) -> None:
    """Print the records of the log as JSON lines.

    They are read by the schemas registered in the log alone: no event class is used, so records of any version can be read. Sealed fields stay sealed.
    """
    from complaints_ledger.log_reading import decoded_records  # noqa: PLC0415  slow

    session = session_of(ctx)
    with session.open() as ledger:
        for record in decoded_records(ledger, partition, start=start, limit=limit):
            session.output.result(record)


def add_to(app: typer.Typer) -> None:
    """Add the subcommands of this module."""
    app.command(epilog=example("complaints init", "complaints init --ledger /srv/ledger"))(init)
    app.command(epilog=example("complaints status", "complaints status --json"))(status)
    app.command(epilog=example("complaints check", "complaints check --full"))(check)
    app.command(epilog=example("complaints rebuild"))(rebuild)
    log = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    log.command("decode", epilog=example("complaints log decode --from 100 --limit 5"))(log_decode)
    log.callback(epilog=example("complaints log decode --limit 5"))(_no_options)
    app.add_typer(log, name="log")


def _no_options() -> None:
    """Look into the log itself."""
