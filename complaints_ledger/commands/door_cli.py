"""Subcommands at the door: what waits there, who is responsible, why it is dismissed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from complaints_ledger.commands.dates import zone_of
from complaints_ledger.commands.session import example, session_of
from domain.codes import DISMISSAL_REASON
from domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complaints_ledger.commands.session import Session
    from complaints_ledger.desk import Outcome
    from complaints_ledger.ledger import Ledger
    from domain.complaint.commands import CommandSpec

SHOWN_DIGITS = 12
"""So many digits of an extract's digest tell it from the others in a table."""

Id = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Id of what waits, as the list shows it.", show_default=False
    ),
]


def list_waiting(ctx: typer.Context) -> None:
    """Show what waits at the door, the longest first.

    Refused records and rows set aside that look like a receipt: each may be a complaint.
    """
    session = session_of(ctx)
    with session.open() as ledger:
        (rows,) = session.ask(ledger, "door")
    if session.output.json:
        for row in rows:
            session.output.result(row)
        return
    if not rows:
        session.output.text("nothing waits at the door")
        return
    head = ("id", "complaint", "since", "owner", "why", "what to do")
    body = [
        (
            row["id"],
            row["external_id"] or row["complaint_id"],
            row["since"],
            row["owner"],
            _why(row),
            row["next_step"],
        )
        for row in rows
    ]
    session.output.table(head, body)


def _why(row: dict[str, Any]) -> str:
    words: str = row["reason"]
    if row["set_aside_field"] is not None:
        words += f" {row['set_aside_field']}"
    if row["extract_line"] is not None:
        words += f", line {row['extract_line']} of {row['extract_digest'][:SHOWN_DIGITS]}"
    return words + (f", {row['records']} records" if row["records"] > 1 else "")


def show(
    ctx: typer.Context,
    wanted: Id,
    *,
    purpose: Annotated[
        str | None,
        typer.Option(
            metavar="PURPOSE",
            help="Open the reason in words for this purpose, which is recorded: handling, quality, "
            "privacy_request, audit or legal.",
        ),
    ] = None,
) -> None:
    """Show what is known of one record at the door, also after it was admitted or dismissed."""
    session = session_of(ctx)
    with session.open() as ledger:
        (rows,) = session.ask(ledger, "door_record", id=wanted)
        if not rows:
            raise InputError(_not_there(wanted))
        found: dict[str, Any] = rows[0]
        if purpose is not None:
            found["sealed"] = _opened(session, ledger, found["door_id"], purpose)
    if session.output.json:
        session.output.result(found)
        return
    sealed = found.pop("sealed", ())
    session.output.pairs([(name.replace("_", " "), value) for name, value in found.items()])
    session.output.pairs([("in words", text["text"]) for text in sealed])


def _opened(
    session: Session, ledger: Ledger, door_id: str | None, purpose: str
) -> list[dict[str, Any]]:
    from complaints_ledger.reading import read_complaint  # noqa: PLC0415  slow

    if door_id is None:
        return []
    who = session.settings
    return read_complaint(ledger, door_id, purpose=purpose, actor=who.actor, actor_role=who.role)


def _not_there(wanted: str) -> str:
    return f"nothing with id '{wanted}' is at the door; see: complaints door list"


def assign(
    ctx: typer.Context,
    wanted: Id,
    *,
    owner: Annotated[
        str,
        typer.Option(
            metavar="OWNER",
            help="Opaque id of who is responsible from now on.",
            show_default=False,
        ),
    ],
) -> None:
    """Make somebody responsible for what waits at the door.

    Every record that waits for the same complaint is assigned.
    """
    from domain.door.commands import ASSIGN  # noqa: PLC0415  slow

    session = session_of(ctx)
    outcomes = _carry_out(session, ASSIGN, wanted, {"owner": owner})
    _tell(session, ASSIGN, wanted, outcomes)


def dismiss(
    ctx: typer.Context,
    wanted: Id,
    *,
    reason_code: Annotated[
        str,
        typer.Option(
            metavar="CODE",
            help=f"One of {', '.join(DISMISSAL_REASON)}.",
            autocompletion=lambda: list(DISMISSAL_REASON.items()),
            show_default=False,
        ),
    ],
    reason: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT|@FILE|-",
            help="Reason in words. Personal data: it is sealed; @FILE reads a file, - stdin.",
        ),
    ] = None,
) -> None:
    """Dismiss what waits at the door, with a reason.

    Every record that waits for the same complaint is dismissed; one that comes later waits anew.
    """
    from complaints_ledger.commands.case_options import personal_text  # noqa: PLC0415  slow
    from domain.door.commands import DISMISS  # noqa: PLC0415  slow

    session = session_of(ctx)
    said = {
        "reason_code": reason_code.replace("-", "_"),
        "reasons": None if reason is None else personal_text(reason, "--reason"),
    }
    outcomes = _carry_out(session, DISMISS, wanted, said)
    _tell(session, DISMISS, wanted, outcomes)


def _carry_out(
    session: Session, spec: CommandSpec, wanted: str, said: dict[str, Any]
) -> list[tuple[str, Outcome]]:
    """Carry a command out on every record of a claim; return what each came to, by its id."""
    from complaints_ledger.door import carry_out  # noqa: PLC0415  slow

    settings = session.settings
    with session.open() as ledger:
        (items,) = session.ask(ledger, "door_claim", id=wanted)
        if not items:
            raise InputError(_not_there(wanted))
        now = datetime.fromtimestamp(ledger.world.now_ms() / 1000, UTC)
        zone = settings.zone
        said |= {
            "actor": settings.actor,
            "actor_role": settings.role,
            "occurred_on": now.astimezone(zone_of(zone, "COMPLAINTS_ZONE")).date(),
            "occurred_at": now,
            "occurred_zone": zone,
        }
        return [(item["id"], carry_out(ledger, spec, item, said)) for item in items]


def _tell(
    session: Session, spec: CommandSpec, wanted: str, outcomes: Sequence[tuple[str, Outcome]]
) -> None:
    if session.output.json:
        for id_, outcome in outcomes:
            session.output.result(
                {
                    "command": spec.name,
                    "id": id_,
                    "stream_id": outcome.stream_id,
                    "version": outcome.version,
                    "events": [
                        {"event_id": event.event_id, "type": event.TOPIC}
                        for event in outcome.events
                    ],
                }
            )
        return
    done = {"assign": "assigned", "dismiss": "dismissed"}[spec.name]
    if not any(outcome.events for _, outcome in outcomes):
        done = "nothing to record"
    more = len(outcomes) - 1
    session.output.text(f"{wanted}: {done}" + (f", with {more} more" if more else ""))


def add_to(app: typer.Typer) -> None:
    """Add the subcommands of this module."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    group.callback(epilog=example("complaints door list"))(_no_options)
    group.command("list", epilog=example("complaints door list"))(list_waiting)
    group.command(
        epilog=example(
            "complaints door show 0:417", "complaints door show 0:417 --purpose handling"
        )
    )(show)
    group.command(epilog=example("complaints door assign 0:417 --owner staff-0017"))(assign)
    group.command(
        epilog=example(
            "complaints door dismiss 0:417 --reason-code duplicate",
            "complaints door dismiss 0:418 --reason-code other --reason @why.txt",
        )
    )(dismiss)
    app.add_typer(group, name="door")


def _no_options() -> None:
    """Look after receipts that were refused or set aside."""
