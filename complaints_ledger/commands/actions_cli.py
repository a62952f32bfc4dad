"""Subcommand `actions`: what can be done next about a complaint, and what stands in the way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from complaints_ledger.commands.ask import Ref  # noqa: TC001  typer reads it
from complaints_ledger.commands.dates import zone_of
from complaints_ledger.commands.session import example, session_of, stream_named
from domain.errors import InputError

if TYPE_CHECKING:
    from complaints_ledger.commands.session import Session
    from complaints_ledger.ledger import Ledger
    from domain.complaint.legal_actions import Action


def actions(
    ctx: typer.Context,
    ref: Ref,
    *,
    blocked: Annotated[
        bool, typer.Option("--blocked", help="Show what is not possible, and why.")
    ] = False,
) -> None:
    """Show what you can do next about a complaint.

    The same guards answer as when it is done. Who you are is COMPLAINTS_ACTOR.
    """
    session = session_of(ctx)
    out = session.output
    with session.open() as ledger:
        found = actions_on(session, ledger, stream_named(ledger, ref))
    if out.json:
        for each in found:
            out.result(
                {
                    "command": each.command,
                    "possible": each.possible,
                    "obstacles": list(each.obstacles),
                    "summary": each.summary,
                    "example": each.example,
                }
            )
        return
    possible = [each for each in found if each.possible]
    if blocked:
        for each in found:
            if not each.possible:
                out.text(each.command)
                for obstacle in each.obstacles:
                    out.text(f"  - {obstacle}")
    else:
        out.table(("command", "what it does"), [(e.command, e.summary) for e in possible])
    others = len(found) - len(possible)
    out.note(f"{len(possible)} possible, {others} not (--blocked says why)")


def actions_on(session: Session, ledger: Ledger, stream_id: str) -> tuple[Action, ...]:
    """Return every command on a complaint as it is now, for who asks.

    Raises:
        InputError: it is no complaint.
    """
    from complaints_ledger.desk import ComplaintsApplication  # noqa: PLC0415  slow
    from domain.complaint.legal_actions import legal_actions  # noqa: PLC0415  slow

    found = ComplaintsApplication(ledger).load(stream_id)
    state = None if found is None else found.state
    if state is None or state.receipt is None:
        msg = f"stream '{stream_id}' is no complaint; see its events with: complaints history {stream_id}"
        raise InputError(msg)
    settings = session.settings
    now = datetime.fromtimestamp(ledger.world.now_ms() / 1000, UTC)
    on = now.astimezone(zone_of(settings.zone, "COMPLAINTS_ZONE")).date()
    return legal_actions(state, actor=settings.actor, actor_role=settings.role, on=on, now=now)


def add_to(app: typer.Typer) -> None:
    """Add the subcommand of this module."""
    app.command(epilog=example("complaints actions C-17", "complaints actions C-17 --blocked"))(
        actions
    )
