"""Subcommands beside which others read: project, snapshot."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from complaints_ledger.commands.session import example, session_of
from complaints_ledger.commands.telling import plural, tell_count
from complaints_ledger.output import flush
from domain.errors import InputError, LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from complaints_ledger.commands.session import Session
    from complaints_ledger.following import Batch
    from complaints_ledger.ledger import Ledger
    from complaints_ledger.output import Output
    from complaints_ledger.projection import Projection
    from complaints_ledger.snapshots import Refresher, Snapshot


def project(
    ctx: typer.Context,
    *,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on, and answer questions, until interrupted.")
    ] = False,
    snapshot_every: Annotated[
        float | None,
        typer.Option(
            metavar="MINUTES", help="While following, make a snapshot so often if anything is new."
        ),
    ] = None,
) -> None:
    """Bring the read models level with the log.

    Questions do this by themselves; here it can be done ahead of them. With --follow it goes on as the log grows, and answers the questions of other commands; Ctrl-C or SIGTERM ends it.
    """
    session = session_of(ctx)
    if snapshot_every is not None and (not follow or snapshot_every <= 0):
        msg = "--snapshot-every takes minutes above 0 and goes with --follow; add --follow"
        raise InputError(msg)
    with session.open() as ledger:
        projection = session.projection(ledger)
        if follow:
            _follow(session, ledger, projection, snapshot_every)
            return
        with session.output.progress("projecting") as tell:
            count = projection.catch_up(tell)
        tell_count(session, "projected", count)


def _follow(
    session: Session, ledger: Ledger, projection: Projection, every_minutes: float | None
) -> None:
    from complaints_ledger.following import Watch  # noqa: PLC0415  slow

    out = session.output
    told = _Batches(out)
    with _signals() as is_over, out.progress("projecting") as tell:
        watch = Watch(is_over, told, tell)
        if every_minutes is not None:
            refresher = _refresher(out, ledger, projection, every_minutes * 60)
            watch = Watch(is_over, told, tell, refresher.beside)
        out.note("following the log, and answering questions; Ctrl-C ends it")
        projection.follow(watch)
    out.note(f"ended; {told.count:,} record{plural(told.count)} projected")


def _refresher(out: Output, ledger: Ledger, projection: Projection, every_s: float) -> Refresher:
    from complaints_ledger.snapshots import Refresher, take_snapshot  # noqa: PLC0415  slow

    def take(copy_into: Callable[[Path], None]) -> Snapshot:
        return take_snapshot(ledger, projection, copy_into)

    def told(made: Snapshot | LedgerError) -> None:
        if isinstance(made, LedgerError):
            out.note(f"no snapshot was made: {made}")
        elif out.json:
            out.result(_shown(made))
        else:
            out.note(f"snapshot '{made.path}' of {made.position:,} events")
        flush()

    return Refresher(take, every_s, told)


class _Batches:
    """Tells of each batch that was projected."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self.count = 0

    def __call__(self, batch: Batch) -> None:
        """Tell of one."""
        self.count += batch.projected
        if self._out.json:
            told = {"projected": batch.projected, "records": batch.records}
            self._out.result(told | {"seconds": batch.seconds})
            flush()
        else:
            self._out.note(f"projected {batch.projected:,} record{plural(batch.projected)}")


@contextlib.contextmanager
def _signals() -> Iterator[Callable[[], bool]]:
    """Give out whether Ctrl-C or SIGTERM came; a second one ends the process at once."""
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        signal.signal(number, before[signal.Signals(number)])

    both = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in both}
    for number in both:
        signal.signal(number, note)
    try:
        yield lambda: bool(came)
    finally:
        for number in both:
            signal.signal(number, before[number])


def snapshot(
    ctx: typer.Context,
    *,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Make it there; else among the ledger's own snapshots, by position.",
        ),
    ] = None,
    keep: Annotated[
        int,
        typer.Option(min=1, metavar="N", help="How many of the ledger's own snapshots stay."),
    ] = 5,
) -> None:
    """Make an immutable DuckDB file of the read models.

    It needs nothing of ours to be read: the duckdb command line, Python and BI tools open it. Tables snapshot_info and data_dictionary in it say what it is and what its columns mean.
    """
    session = session_of(ctx)
    with session.open() as ledger:
        from complaints_ledger.snapshots import take_snapshot  # noqa: PLC0415  slow

        projection = session.projection(ledger)
        target = Path(out) if out is not None else None
        with session.output.progress("projecting") as tell:
            made = take_snapshot(
                ledger,
                projection,
                lambda part: projection.copy_into(part, tell),
                out=target,
                keep=keep,
            )
    if session.output.json:
        session.output.result(_shown(made))
        return
    session.output.pairs(list(_shown(made).items())[:4])
    for gone in made.pruned:
        session.output.note(f"removed the older snapshot '{gone}'")


def _shown(made: Snapshot) -> dict[str, object]:
    return {
        "snapshot": str(made.path),
        "position": made.position,
        "records": made.records,
        "digest": made.digest,
        "pruned": [str(path) for path in made.pruned],
    }


def add_to(app: typer.Typer) -> None:
    """Add the subcommands of this module."""
    app.command(
        epilog=example(
            "complaints project --follow", "complaints project --follow --snapshot-every 15"
        )
    )(project)
    app.command(epilog=example("complaints snapshot", "complaints snapshot --out march.duckdb"))(
        snapshot
    )
