"""`complaints erase REF`: make the personal data of a complaint unreadable for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from complaints_ledger.commands.session import example, session_of, stream_named
from domain.errors import InputError

if TYPE_CHECKING:
    from complaints_ledger.erasing import Erased
    from complaints_ledger.output import Output


Ref = Annotated[
    str,
    typer.Argument(
        metavar="REF", help="Reference, id in the source, or stream id.", show_default=False
    ),
]
Basis = Annotated[
    str,
    typer.Option(
        metavar="BASIS",
        help="Ground: consent_withdrawn, no_longer_needed, objection, unlawful, "
        "legal_obligation or retention_ended.",
        show_default=False,
    ),
]
ApprovedBy = Annotated[
    str,
    typer.Option(
        metavar="ID", help="Opaque id of the second person, who approved it.", show_default=False
    ),
]
DataClasses = Annotated[
    list[str] | None,
    typer.Option(
        "--class",
        metavar="CLASS",
        help="Only this class of data: identity, narrative or special; all if none is named.",
    ),
]
Yes = Annotated[
    bool, typer.Option("--yes", help="It is meant: nobody can undo it, not even a restore.")
]


def erase(
    ctx: typer.Context,
    ref: Ref,
    *,
    basis: Basis,
    approved_by: ApprovedBy,
    data_class: DataClasses = None,
    yes: Yes = False,
) -> None:
    """Make the personal data of a complaint unreadable for ever.

    Its keys are destroyed, after that was recorded. Dates, codes, amounts and outcomes stay.
    A backup of the keys from before still has them: back up again afterwards.
    """
    from complaints_ledger.erasing import erase as erase_now  # noqa: PLC0415  slow

    if not yes:
        msg = f"nothing was erased: nobody can undo it; if '{ref}' is meant, add --yes"
        raise InputError(msg)
    session = session_of(ctx)
    who = session.settings
    with session.open() as ledger:
        done = erase_now(
            ledger,
            stream_named(ledger, ref),
            basis=basis,
            approver=approved_by,
            actor=who.actor,
            actor_role=who.role,
            classes=data_class or (),
        )
    _tell(session.output, ref, done)


def _tell(out: Output, ref: str, done: Erased) -> None:
    if out.json:
        out.result(
            {
                "event_id": done.event_id,
                "erased_classes": list(done.classes),
                "destroyed_key_ids": list(done.key_ids),
            }
        )
    elif not done.classes:
        out.text(f"{ref}: was erased before; nothing was left to erase")
    else:
        out.text(f"{ref}: {', '.join(done.classes)} erased; {len(done.key_ids)} keys destroyed")
        out.text(done.event_id)
        out.note("Next: complaints backup BACKUP --keys KEYS, so that no copy of the keys is left")


def add_to(app: typer.Typer) -> None:
    """Add the subcommand of this module."""
    app.command(
        epilog=example(
            "complaints erase C-17 --basis retention_ended --approved-by u-privacy-2 --yes"
        )
    )(erase)
