"""`complaints case attach|letter REF FILE` and `complaints file …`: sealed files of a complaint."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from complaints_ledger.commands.session import example, session_of, stream_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from complaints_ledger.ledger import Ledger
    from domain.complaint.commands import CommandSpec

_FROM_THE_FILE: Final = ("file_digest", "file_size", "file_key_id")
"""What the file itself says; nobody types it."""
_USUAL_TYPE: Final = "application/octet-stream"
_USUAL_CLASS: Final = "narrative"
_SHOWN: Final = 12
"""Digits of a file's id that a person copies; 12 of them are one file's in any complaint."""

Ref = Annotated[
    str,
    typer.Argument(
        metavar="REF", help="Reference, id in the source, or stream id.", show_default=False
    ),
]

FileId = Annotated[
    str,
    typer.Argument(metavar="FILE_ID", help="Id of the file, or how it begins.", show_default=False),
]
Purpose = Annotated[
    str,
    typer.Option(
        metavar="PURPOSE",
        help="What it is read for, which is recorded: handling, quality, privacy_request, audit "
        "or legal.",
        show_default=False,
    ),
]
Out = Annotated[
    Path, typer.Option(metavar="FILE", help="Write it to this new file.", show_default=False)
]


def filing_handler(spec: CommandSpec) -> Callable[..., None]:
    """Return the function behind a subcommand that files: options as ever, and the file."""
    from complaints_ledger.commands.case_options import signature_of  # noqa: PLC0415  slow

    def handler(ctx: typer.Context, ref: str, file: Path, **given: Any) -> None:
        from complaints_ledger.commands.case import carry_out, tell  # noqa: PLC0415  imports us

        session = session_of(ctx)
        with session.open() as ledger:
            said = given | _sealed(ledger, ref, file, given)
            outcome, name = carry_out(session, ledger, spec, ref=ref, given=said)
        tell(session, spec, outcome, name)
        if not session.output.json:
            session.output.text(said["file_digest"])

    parameters = signature_of(spec, opens=False).parameters
    kept = [each for name, each in parameters.items() if name not in _FROM_THE_FILE]
    argument = Annotated[
        Path,
        typer.Argument(metavar="FILE", help="File to seal and keep.", show_default=False),
    ]
    kept.insert(2, inspect.Parameter("file", inspect.Parameter.KEYWORD_ONLY, annotation=argument))
    signature = inspect.Signature(kept)
    handler.__signature__ = signature  # type: ignore[attr-defined]
    handler.__annotations__ = {each.name: each.annotation for each in kept}
    return handler


def _sealed(ledger: Ledger, ref: str, file: Path, given: dict[str, Any]) -> dict[str, Any]:
    """Seal the file into the store; return what the command says of it."""
    from dataclasses import asdict  # noqa: PLC0415  as the next ones
    from mimetypes import guess_type  # noqa: PLC0415  reads the machine's list

    from complaints_ledger.filing import seal_file  # noqa: PLC0415  slow
    from domain.codes import FILE_CLASS  # noqa: PLC0415  beside its one use
    from domain.errors import InputError  # noqa: PLC0415  as above

    file_class = given["file_class"] or _USUAL_CLASS
    if file_class not in FILE_CLASS:
        msg = f"--file-class is not one; use one of {', '.join(FILE_CLASS)}"
        raise InputError(msg)
    stream_id = stream_named(ledger, ref)
    sealed = seal_file(ledger, file, stream_id=stream_id, file_class=file_class)
    name = file.name
    return {
        **asdict(sealed),
        "media_type": given["media_type"] or guess_type(name)[0] or _USUAL_TYPE,
        # A name that begins like @FILE is a name here.
        "file_name": given["file_name"] or (f"@{name}" if name.startswith("@") else name),
    }


def file_list(ctx: typer.Context, ref: Ref) -> None:
    """List the files of a complaint.

    The names that they had are sealed: complaints show REF --purpose PURPOSE opens them.
    """
    session = session_of(ctx)
    with session.open() as ledger:
        stream_id = stream_named(ledger, ref)
        (rows,) = session.ask(ledger, "files", stream_id=stream_id)
    if session.output.json:
        for row in rows:
            session.output.result(row)
        return
    if not rows:
        session.output.text(f"complaint '{ref}' has no files")
        return
    head = ("filed", "kind", "media type", "bytes", "file id")
    keys = ("occurred_on", "file_kind", "media_type", "file_size", "file_digest")
    shown = [row | {"file_digest": row["file_digest"][:_SHOWN]} for row in rows]
    session.output.table(head, [[row[key] for key in keys] for row in shown])


def file_read(ctx: typer.Context, ref: Ref, file_id: FileId, *, purpose: Purpose, out: Out) -> None:
    """Open a sealed file for a purpose.

    That it was read is recorded first; if it cannot be recorded, nothing is opened.
    """
    from complaints_ledger.filing import (  # noqa: PLC0415  slow
        file_named,
        filed,
        read_file,
        reading_now,
    )

    session = session_of(ctx)
    who = session.settings
    with session.open() as ledger:
        event = file_named(filed(ledger, stream_named(ledger, ref)), file_id, ref)
        reading = reading_now(ledger, purpose=purpose, actor=who.actor, actor_role=who.role)
        read_file(ledger, event, out, reading=reading)
    if session.output.json:
        session.output.result(
            {
                "file_digest": event.file_digest,
                "event_id": event.event_id,
                "media_type": event.media_type,
                "file_size": event.file_size,
                "purpose": purpose,
                "out": str(out),
            }
        )
    else:
        session.output.text(f"{event.file_size:,} bytes ({event.media_type}) in '{out}'")


def file_check(ctx: typer.Context) -> None:
    """Prove that every file that the ledger names is there and unaltered.

    Files that no event names are listed too; a kill between file and event leaves them, and they do no harm. Ends with 1 if a file is missing or altered.
    """
    from complaints_ledger.filing import check_files, store_of  # noqa: PLC0415  slow

    session = session_of(ctx)
    out = session.output
    with session.open() as ledger:
        (rows,) = session.ask(ledger, "files", stream_id=None)
        found = check_files(store_of(ledger), rows)
    if out.json:
        out.result(
            {
                "ok": not found.problems,
                "named": found.named,
                "proved": found.proved,
                "problems": found.problems,
                "unnamed": found.unnamed,
            }
        )
    else:
        out.pairs([("named", f"{found.named:,}"), ("proved", f"{found.proved:,}")])
        for problem in found.problems:
            out.text(f"- {problem}")
        for digest in found.unnamed:
            out.text(f"- {digest} is named by no event; it does no harm")
        out.text(
            f"problems  {len(found.problems)} found, see above"
            if found.problems
            else "ok: every file that the ledger names is there and unaltered"
        )
    if found.problems:
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Add the subcommands of this module."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    group.callback(epilog=example("complaints file list C-17"))(_no_options)
    group.command("list", epilog=example("complaints file list C-17"))(file_list)
    group.command(
        "read",
        epilog=example("complaints file read C-17 60303ae2 --purpose handling --out receipt.pdf"),
    )(file_read)
    group.command("check", epilog=example("complaints file check"))(file_check)
    app.add_typer(group, name="file")


def _no_options() -> None:
    """Read and check the sealed files of complaints."""
