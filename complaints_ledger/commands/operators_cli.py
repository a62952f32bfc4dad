"""Subcommands on the operators' keys: list, rotate."""

from __future__ import annotations

from typing import Annotated

import typer

from complaints_ledger.commands.session import example, session_of


def list_all(ctx: typer.Context) -> None:
    """Show every key that may sign control records, and which of them is used here."""
    from complaints_ledger.operators import list_operators  # noqa: PLC0415  slow

    session = session_of(ctx)
    with session.open() as ledger:
        found = list_operators(ledger)
    if session.output.json:
        for each in found:
            session.output.result(
                {"key": each.key, "in_use": each.in_use, "partitions": each.partitions}
            )
        return
    rows = [(each.key, each.in_use, each.partitions) for each in found]
    session.output.table(("key", "used here", "partitions"), rows)


def rotate(
    ctx: typer.Context,
    *,
    retire: Annotated[
        bool,
        typer.Option(
            "--retire", help="Remove the key before from the operators: it signs no more."
        ),
    ] = False,
) -> None:
    """Put a new operator key in use.

    The key before stays valid until it is retired; no further key is made until then. A rotation
    that was interrupted is completed by the same command.
    """
    from complaints_ledger.operators import rotate_key  # noqa: PLC0415  slow

    session = session_of(ctx)
    with session.open() as ledger:
        found = rotate_key(ledger, retire=retire)
    out = session.output
    if out.json:
        out.result(
            {
                "key": found.key,
                "previous": found.previous,
                "retired": found.retired,
                "fresh": found.fresh,
            }
        )
        return
    out.text(f"operator key {found.key} is {'now' if found.fresh else 'already'} in use")
    if found.retired:
        out.text(f"operator key {found.retired} is retired")
    if found.previous:
        out.text(f"operator key {found.previous} is still valid")
        out.note(
            "Back up operator.key, then retire the other: complaints operators rotate --retire"
        )


def add_to(app: typer.Typer) -> None:
    """Add the subcommands of this module."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    group.callback(epilog=example("complaints operators list"))(_no_options)
    group.command("list", epilog=example("complaints operators list"))(list_all)
    group.command(
        epilog=example("complaints operators rotate", "complaints operators rotate --retire")
    )(rotate)
    app.add_typer(group, name="operators")


def _no_options() -> None:
    """Say who may sign for the ledger, and change the key."""
