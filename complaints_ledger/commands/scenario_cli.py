"""Subcommand `scenario`: carry a story out on a scratch ledger, and print it as a timeline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from complaints_ledger.commands.session import example, session_of
from domain.errors import InputError

if TYPE_CHECKING:
    from complaints_ledger.scenario import Told

SHIPPED: Final = Path(__file__).parents[1] / "stories"


def scenario(
    ctx: typer.Context,
    story: Annotated[
        str | None,
        typer.Argument(
            metavar="STORY",
            help="A YAML file, or the name of a shipped story; without it, their list.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Carry a story out on a scratch ledger, and print what happened.

    No ledger of yours is touched. Ends with 1 if the end is not as the story says.
    """
    session = session_of(ctx)
    from complaints_ledger.scenario import play, read_story  # noqa: PLC0415  slow

    if story is None:
        rows = [(path.stem, read_story(path).title) for path in sorted(SHIPPED.glob("*.yaml"))]
        if session.output.json:
            for name, title in rows:
                session.output.result({"story": name, "title": title})
        else:
            session.output.table(("story", "title"), rows)
        return
    told = play(read_story(_file(story)))
    if session.output.json:
        session.output.result(_as_dict(told))
    else:
        out = session.output
        out.text(told.story.title)
        out.text(told.story.about)
        out.text()
        out.table(("day", "complaint", "act or fact", "what came of it"), told.lines)
        for problem in told.problems:
            out.text(f"- {problem}")
        out.text("not as told, see above" if told.problems else "ok: it ends as the story says")
    if told.problems:
        raise typer.Exit(1)


def _file(story: str) -> Path:
    given, shipped = Path(story), SHIPPED / f"{story}.yaml"
    if given.suffix in {".yaml", ".yml"} or given.is_file():
        return given
    if "/" not in story and shipped.is_file():
        return shipped
    msg = f"story '{story}' is not there; name a YAML file, or one of: complaints scenario"
    raise InputError(msg)


def _as_dict(told: Told) -> dict[str, object]:
    keys = ("day", "complaint", "step", "came")
    return {
        "title": told.story.title,
        "about": told.story.about,
        "timeline": [dict(zip(keys, line, strict=True)) for line in told.lines],
        "ok": not told.problems,
        "problems": told.problems,
    }


def add_to(app: typer.Typer) -> None:
    """Add the subcommand of this module."""
    app.command(epilog=example("complaints scenario", "complaints scenario representative"))(
        scenario
    )
