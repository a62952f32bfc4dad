"""Subcommands that ask: show, history, queue, resolve, sql."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from complaints_ledger.commands.answers import FORMATS, print_answer
from complaints_ledger.commands.full_history import tell_full_history
from complaints_ledger.commands.session import (
    example,
    read_bytes,
    session_of,
    stream_named,
    streams_named,
)
from complaints_ledger.commands.telling import event_lines, state_pairs
from domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complaints_ledger.commands.session import Session
    from complaints_ledger.ledger import Ledger

MAIN_LINE = frozenset(
    {
        "acknowledge",
        "assess",
        "assign",
        "open-investigation",
        "complete-investigation",
        "decide",
        "approve-decision",
        "communicate-decision",
        "record-acceptance",
        "record-rejection",
        "record-no-reply",
        "signpost",
        "fulfil-redress",
        "verify-redress",
        "close",
        "reopen",
    }
)
"""What `show` names of the commands that are possible; `actions` has all."""
Ref = Annotated[
    str,
    typer.Argument(
        metavar="REF", help="Reference, id in the source, or stream id.", show_default=False
    ),
]


def show(
    ctx: typer.Context,
    ref: Ref,
    *,
    purpose: Annotated[
        str | None,
        typer.Option(
            metavar="PURPOSE",
            help="Open the sealed fields for this purpose, which is recorded: handling, quality, "
            "privacy_request, audit or legal.",
        ),
    ] = None,
) -> None:
    """Show what is known of one complaint.

    Its state, what it waits for, and which rules it breaks.
    """
    session = session_of(ctx)
    with session.open() as ledger:
        stream_id = stream_named(ledger, ref)
        # The reading comes last: what cannot be shown is not recorded as read.
        found = state_of(session, ledger, stream_id)
        found["next_steps"] = _next_steps(session, ledger, stream_id)
        opened = _opened(session, ledger, stream_id, purpose)
    if opened is not None:
        found["sealed"] = opened
    if session.output.json:
        session.output.result(found)
    else:
        _tell_state(session, found)


def state_of(session: Session, ledger: Ledger, stream_id: str) -> dict[str, Any]:
    """Return the facets of a complaint, with its findings and the queues that it is in.

    Raises:
        InputError: it is no complaint.
    """
    asked = ("state", "waits", "findings")
    states, waits, findings = session.ask(ledger, *asked, stream_id=stream_id)
    if not states:
        msg = f"stream '{stream_id}' is no complaint; see its events with: complaints history {stream_id}"
        raise InputError(msg)
    return {n: v for n, v in states[0].items() if n != "stream_no"} | {
        "waits": waits,
        "findings": findings,
    }


def _next_steps(session: Session, ledger: Ledger, stream_id: str) -> list[str]:
    """Return the commands that would be accepted now, in the order of a complaint's life."""
    from complaints_ledger.commands.actions_cli import actions_on  # noqa: PLC0415  slow

    return [each.command for each in actions_on(session, ledger, stream_id) if each.possible]


def _opened(
    session: Session, ledger: Ledger, stream_id: str, purpose: str | None
) -> list[dict[str, Any]] | None:
    if purpose is None:
        return None
    from complaints_ledger.reading import read_complaint  # noqa: PLC0415  slow

    who = session.settings
    return read_complaint(ledger, stream_id, purpose=purpose, actor=who.actor, actor_role=who.role)


def _tell_state(session: Session, found: dict[str, Any]) -> None:
    out = session.output
    out.grid(state_pairs(found))
    if found.get("coverage") is not None:
        out.pairs([("the source reports only", ", ".join(found["coverage"]) or "the receipt")])
    for wait in found["waits"]:
        out.text(f"waits in '{wait['queue']}' since {wait['since']}: {wait['why']}")
    for each in found["findings"]:
        out.text(
            f"{each['severity']}: {each['finding']} ({each['invariant']}) {each['detail'] or ''}".rstrip()
        )
    main = [name for name in found["next_steps"] if name in MAIN_LINE]
    out.text(f"next: {', '.join(main) or 'nothing of the main line'}")
    for text in found.get("sealed", ()):
        out.text()
        out.text(f"{text['field']} (event {text['event_id']})")
        for part in text["text"].splitlines():
            out.pairs([(" ", part)])


def history(
    ctx: typer.Context,
    ref: Ref,
    *,
    reader: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="READER",
            help="complainant: in words for them, without names, notes of the house or other people.",
        ),
    ] = None,
    language: Annotated[
        str, typer.Option(metavar="TAG", help="Language of the words for a complainant.")
    ] = "en",
    full: Annotated[
        bool, typer.Option("--full", help="For an auditor: every record, with all that it says.")
    ] = False,
) -> None:
    """Show what happened to one complaint.

    One line for each event: when, what, who, and the rules that it breaks.
    """
    session = session_of(ctx)
    if reader not in {None, "complainant"}:
        msg = f"--for '{reader}' is nobody whom a history is told to; write complainant"
        raise InputError(msg)
    with session.open() as ledger:
        stream_id = stream_named(ledger, ref)
        if reader is not None:
            _tell_complainant(session, ledger, stream_id, language)
            return
        told = "full_history" if full else "history"
        found, findings = session.ask(ledger, told, "findings", stream_id=stream_id)
    if session.output.json:
        for row in found:
            session.output.result(row)
        return
    if full:
        tell_full_history(session.output, found, findings)
        return
    head, lines = ("when", "what", "who", "note"), event_lines(found, findings)
    session.output.table(*_without_empty(head, lines))
    unverified = sum(not row["verified"] for row in found)
    if unverified:
        session.output.note(
            f"unverified: {unverified} of {len(found)} events, whose source does not sign"
        )


def _tell_complainant(session: Session, ledger: Ledger, stream_id: str, language: str) -> None:
    from complaints_ledger.complainant_history import complainant_history  # noqa: PLC0415  slow

    rows, states = session.ask(ledger, "history", "state", stream_id=stream_id)
    if not states:
        msg = f"stream '{stream_id}' is no complaint; see its events with: complaints history {stream_id}"
        raise InputError(msg)
    told = complainant_history(rows, states[0], language=language)
    if session.output.json:
        session.output.result(told)
        return
    session.output.table(("day", "what"), [(each["day"], each["what"]) for each in told["history"]])
    for line in told["next"]:
        session.output.text(line)


def queue(
    ctx: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Only this queue.", show_default=False),
    ] = None,
    *,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Show only the first N.")
    ] = None,
) -> None:
    """Show who is waited for, the most urgent first."""
    session = session_of(ctx)
    with session.open() as ledger:
        rows, names = session.ask(ledger, "queue", "queue_names", queue=name)
    if session.output.json:
        for row in rows[:limit]:
            session.output.result(row)
        return
    if not rows:
        session.output.text(f"nobody waits in '{name}'" if name else "nobody waits")
        return
    _tell_queue(session, rows[:limit], {each["complaint_id"]: each["name"] for each in names})
    counts = Counter(row["queue"] for row in rows)
    parts = ", ".join(f"{count:,} {queue}" for queue, count in counts.most_common())
    session.output.note(f"{len(rows):,} waiting: {parts}")


def _tell_queue(session: Session, rows: Sequence[dict[str, Any]], names: dict[str, str]) -> None:
    head = ("queue", "complaint", "since", "due", "owner", "severity", "why")
    body = [
        (
            row["queue"],
            names.get(row["complaint_id"]) or row["complaint_id"],
            row["since"],
            row["due_at"] or row["due_on"],
            row["owner"],
            row["severity"],
            row["why"],
        )
        for row in rows
    ]
    session.output.table(*_without_empty(head, body))


def _without_empty(
    head: Sequence[str], rows: Sequence[Sequence[object]]
) -> tuple[list[str], list[list[object]]]:
    """Return a table without the columns in which no row has anything."""
    kept = [at for at in range(len(head)) if any(row[at] is not None for row in rows)]
    return [head[at] for at in kept], [[row[at] for at in kept] for row in rows]


def resolve(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(help="Reference, external id or stream id.", show_default=False)
    ],
) -> None:
    """Print the stream id of every complaint that bears a name."""
    session = session_of(ctx)
    with session.open() as ledger:
        found = streams_named(ledger, name)
    if not found:
        msg = f"nothing in this ledger is called '{name}'; give a reference, an id in the source, or a stream id"
        raise InputError(msg)
    for stream_id in found:
        if session.output.json:
            session.output.result({"name": name, "stream_id": stream_id})
        else:
            session.output.text(stream_id)


def sql(
    ctx: typer.Context,
    query: Annotated[
        str,
        typer.Argument(
            metavar="QUERY",
            help="One statement that only reads; - reads it from stdin.",
            show_default=False,
        ),
    ] = "-",
    *,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=f"One of {', '.join(FORMATS)}.",
            autocompletion=lambda: list(FORMATS),
        ),
    ] = "table",
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write the answer there.")] = None,
) -> None:
    """Answer a question in SQL.

    DuckDB answers, read only, brought up to date with the log first. In CSV a text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    session = session_of(ctx)
    if form not in FORMATS:
        msg = f"format '{form}' is not one; choose one of {', '.join(FORMATS)}"
        raise InputError(msg)
    form = "json" if session.output.json and form == "table" else form
    try:
        text = read_bytes("-").decode() if query == "-" else query
    except UnicodeDecodeError as exc:
        msg = "the question is not UTF-8; save it as UTF-8"
        raise InputError(msg) from exc
    with (
        session.open() as ledger,
        session.output.progress("projecting") as tell,
        session.projection(ledger).asked(tell) as store,
    ):
        print_answer(session.output, store.answer(text), form, out)


def add_to(app: typer.Typer) -> None:
    """Add the subcommands of this module."""
    app.command(epilog=example("complaints show C-17", "complaints show C-17 --purpose handling"))(
        show
    )
    app.command(epilog=example("complaints history C-17", "complaints history C-17 --full"))(
        history
    )
    app.command(epilog=example("complaints queue", "complaints queue overdue --limit 20"))(queue)
    app.command(
        epilog=example(
            'complaints sql "select product, count(*) from complaints group by all order by 2"',
            'complaints sql "from complaints" --format csv --out complaints.csv',
            "complaints sql - < question.sql",
        )
    )(sql)
    app.command(epilog=example("complaints resolve C-17"))(resolve)
