"""`complaints case …`: every command of the domain as a subcommand, made from its model."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperGroup

from complaints_ledger.both_halves import HALVES, OTHERS, record_other_half
from complaints_ledger.commands.dates import zone_of
from complaints_ledger.commands.long_texts import file_narrative, parted
from complaints_ledger.commands.session import (
    example,
    session_of,
    stream_named,
    streams_named,
)
from complaints_ledger.commands.telling import event_words
from domain.errors import CommandRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from complaints_ledger.commands.session import Session
    from complaints_ledger.desk import Outcome
    from complaints_ledger.ledger import Ledger
    from domain.complaint.commands import CommandSpec

DESK: Final = "complaints-desk"
"""The source as which the ledger's own handlers speak."""
OPENING: Final = "log"
"""The one command whose complaint is not there yet."""
_EXAMPLE: Final = example("complaints case log --reference C-17 --channel phone")


class CaseGroup(TyperGroup):
    """The subcommands, made only when one of them or their list is wanted."""

    def _load(self) -> None:
        if not self.commands:
            self.commands.update(typer.main.get_group(_commands()).commands)

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names, in the order of a complaint's life."""
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return one subcommand, or None."""
        self._load()
        return super().get_command(ctx, cmd_name)


def _commands() -> typer.Typer:
    from complaints_ledger.commands.filing_cli import filing_handler  # noqa: PLC0415  slow
    from domain.complaint.commands import COMMANDS  # noqa: PLC0415  slow

    app = typer.Typer(rich_markup_mode=None)
    for spec in COMMANDS:
        app.command(spec.name, help=spec.summary, epilog=example(spec.example))(
            filing_handler(spec) if "file_digest" in spec.model.model_fields else _handler(spec)
        )
    return app


def _handler(spec: CommandSpec) -> Callable[..., None]:
    """Return the function behind a subcommand, with the signature that its model asks for."""
    from complaints_ledger.commands.case_options import signature_of  # noqa: PLC0415  slow

    def handler(ctx: typer.Context, ref: str | None = None, **given: Any) -> None:
        session = session_of(ctx)
        long_text = None
        if given.get("narrative") is not None:
            given["narrative"], long_text = parted(given["narrative"])
        with session.open() as ledger:
            outcome, name = carry_out(session, ledger, spec, ref=ref, given=given)
            filed = long_text and file_narrative(session, ledger, outcome, long_text, given)
        tell(session, spec, outcome, name)
        if filed:
            session.output.note(
                f"The narrative is too long for a record: it is on file as {filed[:12]}"
            )

    signature = signature_of(spec, opens=spec.name == OPENING)
    handler.__signature__ = signature  # type: ignore[attr-defined]
    handler.__annotations__ = {n: p.annotation for n, p in signature.parameters.items()}
    return handler


def carry_out(
    session: Session, ledger: Ledger, spec: CommandSpec, *, ref: str | None, given: dict[str, Any]
) -> tuple[Outcome, str]:
    """Carry a command out and return what it came to, and what people call the complaint.

    Raises:
        CommandRefusedError: guards stand in the way; nothing was recorded.
        InputError: an option's value does not fit, or nothing is called `ref`.
    """
    from adapters.recorder import fresh_uuid7  # noqa: PLC0415  slow
    from complaints_ledger.commands.case_options import command_from  # noqa: PLC0415  slow
    from complaints_ledger.commands.session import uuid_of  # noqa: PLC0415  beside the others
    from complaints_ledger.desk import ComplaintsApplication  # noqa: PLC0415  slow

    said = {name: value for name, value in given.items() if value is not None}
    now = datetime.fromtimestamp(ledger.world.now_ms() / 1000, UTC)
    settings = session.settings
    said = {"actor": settings.actor, "actor_role": settings.role, "source": DESK} | said
    said = _moment(session, now, said)
    typed_id = said.pop("command_id", None)
    fresh = fresh_uuid7(ledger.world.now_ms(), ledger.world.random_bytes(10))
    command_id = fresh if typed_id is None else uuid_of(typed_id, "--id")
    if ref is None:
        stream_id = _new_stream(said, command_id, retried=typed_id is not None)
        if "reference" not in said and "external_id" not in said:
            said["reference"] = _new_reference(ledger, command_id, stream_id)
        _check_reference(ledger, said.get("reference"), stream_id)
    else:
        stream_id = stream_named(ledger, ref)
    for other in OTHERS:
        if other in said:
            said[other] = stream_named(ledger, said[other])
    if spec.name in HALVES:
        said = {"correlation_id": str(command_id)} | said
    command = command_from(spec.model, said, command_id=command_id, stream_id=stream_id, now=now)
    application = ComplaintsApplication(ledger)
    outcome = application.handle(spec, command)
    record_other_half(application, spec.name, command)
    return outcome, ref or said.get("reference") or said.get("external_id") or stream_id


def _moment(session: Session, now: datetime, said: dict[str, Any]) -> dict[str, Any]:
    """Add date, instant and zone as far as they were not given: without any of them, now."""
    from complaints_ledger.commands.dates import instant_of  # noqa: PLC0415  beside its one use

    zone = said.get("occurred_zone") or session.settings.zone
    if "occurred_on" in said:
        return said | {"occurred_zone": zone}
    at = instant_of(said["occurred_at"], "--occurred-at") if "occurred_at" in said else now
    on = at.astimezone(zone_of(zone, "--zone")).date()
    return said | {
        "occurred_on": on.isoformat(),
        "occurred_at": at.isoformat(),
        "occurred_zone": zone,
    }


def _new_stream(said: dict[str, Any], command_id: UUID, *, retried: bool) -> str:
    """Return the id of a new complaint: the same for the same external id or the same `--id`."""
    from domain.identity import derived_stream_id  # noqa: PLC0415  slow

    if "external_id" in said:
        return derived_stream_id(said["source"], said["external_id"])
    return derived_stream_id(DESK, f"command:{command_id}") if retried else str(command_id)


def _new_reference(ledger: Ledger, command_id: UUID, stream_id: str) -> str:
    """Return a reference that nobody bears yet; the same for the same command."""
    from hashlib import sha256  # noqa: PLC0415  beside its one use

    from domain.references import drawn  # noqa: PLC0415  as above

    random = sha256(b"complaints.reference.v1" + command_id.bytes).digest()
    while set(streams_named(ledger, drawn(random))) - {stream_id}:
        random = sha256(random).digest()
    return drawn(random)


def _check_reference(ledger: Ledger, reference: str | None, stream_id: str) -> None:
    """Refuse a reference that another complaint bears already (INV-05).

    The log cannot refuse it, since each stream is judged alone; of two that are logged at the
    same moment both stay, and a finding names them.
    """
    others = set(streams_named(ledger, reference)) - {stream_id} if reference else set()
    if others:
        obstacle = (
            f"reference '{reference}' is that of complaint {', '.join(sorted(others))} already "
            "(INV-05); choose another"
        )
        subject = f"log '{reference}'"
        raise CommandRefusedError(subject, (obstacle,))


def tell(session: Session, spec: CommandSpec, outcome: Outcome, name: str) -> None:
    """Say what a command came to."""
    out = session.output
    if out.json:
        out.result(
            {
                "command": spec.name,
                "stream_id": outcome.stream_id,
                "version": outcome.version,
                "repeated": outcome.repeated,
                "events": [
                    {"event_id": event.event_id, "type": event.TOPIC} for event in outcome.events
                ],
            }
        )
        return
    words = ", ".join(event_words(event.TOPIC) for event in outcome.events) or "nothing to record"
    again = " (done before; nothing was added)" if outcome.repeated else ""
    out.text(f"{name}: {words}; version {outcome.version}{again}")
    if spec.name == OPENING:
        out.text(outcome.stream_id)
        out.note(f"Next: complaints case acknowledge {name}, or complaints show {name}")


def add_to(app: typer.Typer) -> None:
    """Add the subcommands of this module."""
    group = typer.Typer(cls=CaseGroup, rich_markup_mode=None, no_args_is_help=True)
    group.callback(epilog=_EXAMPLE)(_no_options)
    app.add_typer(group, name="case")


def _no_options() -> None:
    """Act on a complaint: one subcommand for each act, from logging to closing.

    An act that the rules forbid is refused, and every obstacle is named.
    """
