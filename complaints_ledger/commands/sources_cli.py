"""Subcommands on the register of sources: add, rights, suspend, revoke, list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from complaints_ledger.commands.session import example, session_of

if TYPE_CHECKING:
    from complaints_ledger.commands.session import Session
    from complaints_ledger.sources import SourceRights

Name = Annotated[
    str,
    typer.Argument(help="Name of the system in small letters, such as crm-eu.", show_default=False),
]
Types = Annotated[
    list[str] | None,
    typer.Option(
        "--type",
        metavar="TYPE",
        help="Event type that it may publish, such as ComplaintReceived; repeat for several. "
        "Without it: every type.",
    ),
]
Key = Annotated[
    str | None,
    typer.Option(
        metavar="HEX", help="Ed25519 public key, 64 hexadecimal digits: its events must be signed."
    ),
]


def add(ctx: typer.Context, name: Name, *, types: Types = None, signing_key: Key = None) -> None:
    """Register a source, so that what it publishes is admitted from now on.

    One that was suspended is admitted again. Every registration is a signed record in the log.
    """
    _register(ctx, name, types, signing_key)


def rights(ctx: typer.Context, name: Name, *, types: Types = None, signing_key: Key = None) -> None:
    """Replace the rights of a source: what is not named here it may no longer do.

    What it published before stays as it is.
    """
    _register(ctx, name, types, signing_key)


def _register(
    ctx: typer.Context, name: str, types: list[str] | None, signing_key: str | None
) -> None:
    from complaints_ledger.sources import register_source  # noqa: PLC0415  slow

    session = session_of(ctx)
    with session.open() as ledger:
        found = register_source(ledger, name, types=types or [], signing_key=signing_key)
    _tell(session, [found])


def suspend(ctx: typer.Context, name: Name) -> None:
    """Refuse what a source publishes, until it is added again."""
    _set_state(ctx, name, "suspended")


def revoke(ctx: typer.Context, name: Name) -> None:
    """Refuse what a source publishes from now on; what it published before stays."""
    _set_state(ctx, name, "revoked")


def _set_state(ctx: typer.Context, name: str, state: str) -> None:
    from complaints_ledger.sources import set_state  # noqa: PLC0415  slow

    session = session_of(ctx)
    with session.open() as ledger:
        found = set_state(ledger, name, state)
    _tell(session, [found])


def list_all(ctx: typer.Context) -> None:
    """Show every registered source and what it may publish."""
    from complaints_ledger.sources import list_sources  # noqa: PLC0415  slow

    session = session_of(ctx)
    with session.open() as ledger:
        found = list_sources(ledger)
    _tell(session, found)


def _tell(session: Session, found: list[SourceRights]) -> None:
    if session.output.json:
        for each in found:
            session.output.result(
                {
                    "source": each.source,
                    "state": each.state,
                    "types": list(each.types),
                    "signs": each.signs,
                }
            )
        return
    rows = [
        (
            each.source,
            each.state,
            "every type" if "*" in each.types else list(each.types),
            each.signs,
        )
        for each in found
    ]
    session.output.table(("source", "state", "may publish", "signs"), rows)


def add_to(app: typer.Typer) -> None:
    """Add the subcommands of this module."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    group.callback(epilog=example("complaints source add crm-eu"))(_no_options)
    group.command(epilog=example("complaints source add crm-eu --type ComplaintReceived"))(add)
    group.command(
        epilog=example(
            "complaints source rights crm-eu --type ComplaintReceived --type ComplaintClosed"
        )
    )(rights)
    group.command(epilog=example("complaints source suspend crm-eu"))(suspend)
    group.command(epilog=example("complaints source revoke crm-eu"))(revoke)
    group.command("list", epilog=example("complaints source list"))(list_all)
    app.add_typer(group, name="source")


def _no_options() -> None:
    """Say who may publish into the ledger."""
