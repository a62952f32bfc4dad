"""The command `complaints`: where its arguments, its errors and its exit codes meet."""

from __future__ import annotations

import functools
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.exceptions import TyperException

from complaints_ledger import __version__
from complaints_ledger.commands import (
    actions_cli,
    ask,
    backup_cli,
    bring,
    case,
    door_cli,
    erase_cli,
    filing_cli,
    follow_cli,
    operators_cli,
    scenario_cli,
    schemas_cli,
    sources_cli,
    upkeep,
)
from complaints_ledger.commands.session import Session, example
from complaints_ledger.output import Output, error_lines, error_object, flush
from domain.errors import CommandRefusedError, InputError, LedgerError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Sequence

FLAGS: Final = ("--json", "--quiet")
VALUES: Final = ("--ledger", "--data")
INTERRUPTED: Final = 130
"""128 and the number of the signal, as shells have it."""
DEFECT: Final = 1


def _show_version(wanted: bool) -> None:  # noqa: FBT001  typer calls it so
    if wanted:
        typer.echo(f"complaints {__version__}")
        raise typer.Exit


def root(
    ctx: typer.Context,
    *,
    ledger: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="The ledger.  [COMPLAINTS_LEDGER, else ./ledger]"),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="Derived files, where the ledger is no folder.  [COMPLAINTS_DATA]",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print results as JSON, one object per line.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print results and errors, nothing else.")
    ] = False,
    _version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """A ledger of complaints: every action an immutable event, every answer plain SQL.

    The options --ledger, --data, --json and --quiet may also follow the command.
    """
    ctx.obj = Session(Output(json=as_json, quiet=quiet), given_ledger=ledger, given_data=data)


def application() -> typer.Typer:
    """Return the whole command line."""
    app = typer.Typer(
        name="complaints",
        rich_markup_mode=None,  # plain help: quick to start, the same on every terminal
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(
        epilog=example(
            "complaints init",
            "complaints import cfpb complaints.csv.gz",
            'complaints sql "select lifecycle, count(*) from complaints group by all"',
        )
    )(root)
    for group in (
        upkeep,
        follow_cli,
        bring,
        case,
        filing_cli,
        door_cli,
        ask,
        actions_cli,
        scenario_cli,
        sources_cli,
        backup_cli,
        erase_cli,
        operators_cli,
        schemas_cli,
    ):
        group.add_to(app)
    return app


def hoisted(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with the options of the root before the subcommand.

    What stands behind a bare `--` is never an option.

    Raises:
        InputError: one of them lacks its value.
    """
    front: list[str] = []
    rest: list[str] = []
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            return [*front, *rest, word, *waiting]
        if word in FLAGS or word.startswith(tuple(f"{name}=" for name in VALUES)):
            front.append(word)
        elif word in VALUES:
            if not waiting or waiting[0].startswith("--"):
                msg = f"option '{word}' lacks its value; write {word} FOLDER"
                raise InputError(msg)
            front += [word, waiting.pop(0)]
        else:
            rest.append(word)
    return [*front, *rest]


@functools.cache
def _command() -> Any:
    return typer.main.get_command(application())


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; whatever goes wrong is said on stderr."""
    as_json = "--json" in arguments
    try:
        code = _command().main(
            args=hoisted(arguments), prog_name="complaints", standalone_mode=False
        )
        flush()
    except LedgerError as exc:
        return _failed(exc, as_json=as_json)
    except TyperException as exc:
        return _misused(exc, as_json=as_json)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except OSError as exc:
        named = exc.filename2 or exc.filename  # what was to be replaced, not what with
        place = f"'{named}'" if named else "a file"
        msg = f"{place} cannot be used ({exc.strerror}); check the path, its rights and the disk"
        return _failed(UnreachableError(msg), as_json=as_json)
    except Exception as exc:
        if os.environ.get("COMPLAINTS_DEBUG", "") not in {"", "0"}:
            raise
        name = type(exc).__name__
        msg = f"this is a defect: {name}; please report it (COMPLAINTS_DEBUG=1 shows where)"
        _say(error_object(msg, DEFECT) if as_json else error_lines(msg))
        return DEFECT
    return code if isinstance(code, int) else 0


def main() -> None:
    """Run what the shell says and end with its exit code."""
    sys.exit(run(sys.argv[1:]))


def _failed(exc: LedgerError, *, as_json: bool) -> int:
    refused = exc if isinstance(exc, CommandRefusedError) else None
    if as_json:
        more = {"obstacles": list(refused.obstacles)} if refused else {}
        _say(error_object(str(exc), exc.exit_code, **more))
    elif refused:
        _say(error_lines(f"{refused.subject}: refused, nothing was recorded", refused.obstacles))
    else:
        _say(error_lines(str(exc)))
    return exc.exit_code


def _misused(exc: TyperException, *, as_json: bool) -> int:
    """Say what is wrong with the arguments; without any, the help itself."""
    text = exc.format_message()
    if text.startswith("Usage:"):
        _say(text + "\n")
    else:
        ctx = getattr(exc, "ctx", None)
        text = text.rstrip(".")
        text = text[:1].lower() + text[1:]
        if ctx is not None:
            text += f"; see: {ctx.command_path} --help"
        _say(error_object(text, InputError.exit_code) if as_json else error_lines(text))
    return InputError.exit_code


def _say(text: str) -> None:
    flush()
    sys.stderr.write(text)
