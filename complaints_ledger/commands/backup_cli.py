"""`complaints backup` and `complaints restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from complaints_ledger.commands.session import example, session_of

if TYPE_CHECKING:
    from complaints_ledger.backup.restoring import Restored
    from complaints_ledger.backup.taking import Taken
    from complaints_ledger.commands.session import Session
    from complaints_ledger.output import Output

Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Where the backup is kept.", show_default=False)
]

_WITHOUT_KEYS = (
    "no key is in this backup: everything sealed in it is lost for ever if the ledger's folder is "
    "lost; back the keys up to another place with --keys FOLDER"
)


def backup(
    ctx: typer.Context,
    folder: Folder,
    *,
    keys: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Back the keys up too, to this other place. Whoever has both reads everything.",
        ),
    ] = None,
    keep_days: Annotated[
        int,
        typer.Option(
            min=1, max=36_500, metavar="N", help="After so many days it is not restored unasked."
        ),
    ] = 90,
) -> None:
    """Back the ledger up while it is used.

    What the folder holds already is not copied again. Replica and read models are left out; a restore makes them anew. Ends with 1 if a sealed file that the log names was missing or altered; everything else is backed up then.
    """
    from complaints_ledger.backup.taking import take_backup  # noqa: PLC0415  slow

    session = session_of(ctx)
    with session.open() as ledger, session.output.progress("backing up") as tell:
        taken = take_backup(ledger, folder, keys_to=keys, keep_days=keep_days, tell=tell)
    _tell_taken(session.output, folder, taken)
    if taken.manifest.absent:
        raise typer.Exit(1)


def _tell_taken(out: Output, folder: Path, taken: Taken) -> None:
    made = taken.manifest
    if out.json:
        out.result(
            {
                "backup": made.number,
                "folder": str(folder),
                "ledger_id": made.ledger_id,
                "records": made.records,
                "new_records": taken.new_records,
                "files": made.files,
                "new_files": taken.new_files,
                "absent": made.absent,
                "keys": taken.keys is not None,
                "made_at": made.made_at,
                "expires_at": made.expires_at,
            }
        )
        return
    out.text(f"backup {made.number} in '{folder}' is whole")
    out.pairs(
        [
            ("records", f"{made.records:,} ({taken.new_records:,} new)"),
            ("files", f"{made.files:,} ({taken.new_files:,} new)"),
            ("keys", "backed up" if taken.keys else "not backed up"),
            ("expires", made.expires_at),
        ]
    )
    for digest in made.absent:
        out.text(f"- file {digest} is missing or altered; see: complaints file check")
    if taken.keys is None:
        out.text(_WITHOUT_KEYS)


def restore(
    ctx: typer.Context,
    folder: Folder,
    *,
    keys: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the backup of the keys is kept.")
    ] = None,
    number: Annotated[
        str | None,
        typer.Option("--backup", metavar="N", help="Number of the backup; without it the newest."),
    ] = None,
    expired: Annotated[
        str | None,
        typer.Option(metavar="REASON", help="Restore one that expired, for this reason."),
    ] = None,
) -> None:
    """Make a ledger of a backup, in the new folder that --ledger names.

    Every byte is proved; then the read models are made anew and all is checked. Never write to the restored ledger and to the one that it came from. Ends with 1 if the check finds something, and with 4 if the backup is damaged.
    """
    from complaints_ledger.backup.restoring import Wanted, restore  # noqa: PLC0415  slow
    from complaints_ledger.ledger import real_world  # noqa: PLC0415  slow

    session = session_of(ctx)
    to = session.folder
    wanted = Wanted(backup=folder, keys=keys, name=number, expired_because=expired)
    with session.output.progress("restoring") as tell:
        restored = restore(wanted, to, world=real_world(), tell=tell)
    problems = _checked(session)
    _tell_restored(session.output, to, restored, problems)
    if problems:
        raise typer.Exit(1)


def _checked(session: Session) -> list[str]:
    """Return what a full check of the restored ledger finds; its read models are made on the way."""
    from complaints_ledger.checking import check  # noqa: PLC0415  slow

    with session.open() as ledger, session.output.progress("checking") as tell:
        return check(ledger, session.projection(ledger), tell, full=True).problems


def _tell_restored(out: Output, to: Path, restored: Restored, problems: list[str]) -> None:
    made = restored.manifest
    old_keys = restored.keys is not None and restored.keys.made_at < made.made_at
    if out.json:
        said: dict[str, Any] = {
            "ledger": str(to),
            "ledger_id": made.ledger_id,
            "backup": made.number,
            "made_at": made.made_at,
            "records": made.records,
            "files": made.files,
            "keys": restored.keys is not None,
            "keys_made_at": restored.keys.made_at if restored.keys else None,
            "destroyed_again": restored.destroyed,
            "ok": not problems,
            "problems": problems,
        }
        out.result(said)
        return
    out.text(f"ledger '{to}' is restored as of {made.made_at:%Y-%m-%d %H:%M:%S}Z")
    out.pairs([("records", f"{made.records:,}"), ("files", f"{made.files:,}")])
    for problem in problems:
        out.text(f"- {problem}")
    out.text(
        f"problems  {len(problems)} found, see above" if problems else "ok: checked from the start"
    )
    if restored.keys is None:
        out.text(
            "no key was restored: nothing sealed can be read or sealed here; with the keys' backup, "
            "restore to another folder with --keys FOLDER"
        )
    if old_keys:
        out.text(
            "the keys are older than the log: what was sealed for new complaints since cannot be read"
        )


def add_to(app: typer.Typer) -> None:
    """Add the subcommands of this module."""
    app.command(
        epilog=example(
            "complaints backup /mnt/backup --keys /mnt/safe",
            "complaints backup /mnt/backup --keep-days 30",
        )
    )(backup)
    app.command(
        epilog=example("complaints restore /mnt/backup --keys /mnt/safe --ledger restored")
    )(restore)
