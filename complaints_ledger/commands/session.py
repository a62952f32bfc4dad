"""What every subcommand starts from: the settings, the output, and the ledger that is meant."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from domain.errors import InputError
from domain.references import is_mistyped, normal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import typer

    from complaints_ledger.answering import Questions
    from complaints_ledger.ledger import Ledger
    from complaints_ledger.output import Output
    from complaints_ledger.projection import Projection
    from complaints_ledger.settings import Settings

LOG_FILE: Final = "log.db"
"""A folder that holds it is a ledger."""


@dataclass(frozen=True)
class Session:
    """One run of the command line."""

    output: Output
    given_ledger: str | None = None
    """What `--ledger` says; the environment speaks only without it."""
    given_data: str | None = None

    @cached_property
    def settings(self) -> Settings:
        """What the environment says.

        Raises:
            InputError: a variable holds what it cannot.
        """
        from pydantic import ValidationError  # noqa: PLC0415  slow, and `--help` needs none

        from complaints_ledger.settings import Settings  # noqa: PLC0415  as above

        try:
            return Settings()
        except ValidationError as exc:
            names = [f"COMPLAINTS_{str(error['loc'][0]).upper()}" for error in exc.errors()]
            msg = f"setting '{', '.join(names)}' cannot be used; set it anew or unset it"
            raise InputError(msg) from exc

    @property
    def folder(self) -> Path:
        """The ledger's folder.

        Raises:
            InputError: the ledger is named, but not as a folder.
        """
        named = self.given_ledger or self.settings.ledger
        if named.startswith("kafka://"):
            msg = f"ledger '{named}': kafka comes with a later version; name a folder with --ledger"
            raise InputError(msg)
        if "://" in named:
            msg = f"ledger '{named}' is no folder; name one with --ledger"
            raise InputError(msg)
        if self.given_data is not None:
            self.output.note("--data has no effect: a ledger in a folder keeps its files there")
        return Path(named)

    def open(self) -> Ledger:
        """Open the ledger.

        Raises:
            UnreachableError: there is none.
        """
        from complaints_ledger.ledger import open_ledger  # noqa: PLC0415  slow

        return open_ledger(self.folder)

    def projection(self, ledger: Ledger) -> Projection:
        """Return the read models of an open ledger."""
        from complaints_ledger.projection import Projection  # noqa: PLC0415  slow

        return Projection(ledger)

    def ask(self, ledger: Ledger, *names: str, **parameters: Any) -> list[list[dict[str, Any]]]:
        """Return the rows of questions of our own, all asked of one state, brought up to date."""
        with (
            self.output.progress("projecting") as tell,
            self.projection(ledger).asked(tell) as store,
        ):
            return [_rows(store, question(name), parameters) for name in names]


def _rows(store: Questions, sql: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a question, asked with those parameters that it names."""
    named = {name: value for name, value in parameters.items() if f"${name}" in sql}
    return store.frame(sql, named).rows(named=True)


def session_of(ctx: typer.Context) -> Session:
    """Return the run's session."""
    found: Session = ctx.find_root().obj
    return found


def question(name: str) -> str:
    """Return the text of a question that belongs to a subcommand."""
    return (Path(__file__).parent / "questions" / f"{name}.sql").read_text(encoding="utf-8")


def stream_named(ledger: Ledger, name: str) -> str:
    """Return the one stream that bears a reference, an external id, or this very id.

    Raises:
        InputError: none does, or several do.
    """
    found = streams_named(ledger, name)
    if len(found) == 1:
        return found[0]
    if found:
        msg = f"'{name}' names {len(found)} complaints; give one of their ids: {', '.join(found)}"
    elif {"-", " "} & set(name) and is_mistyped(name):
        msg = (
            f"reference '{normal(name)}' is mistyped: its check character is another; read it again"
        )
    else:
        msg = (
            f"complaint '{name}' is not in this ledger; name it by its reference, its id in the "
            "source, or its stream id"
        )
    raise InputError(msg)


def streams_named(ledger: Ledger, name: str) -> Sequence[str]:
    """Return every stream that bears a name, from the log as it is now."""
    ledger.replica.catch_up()
    return ledger.replica.streams_named(name) or ledger.replica.streams_named(normal(name))


def uuid_of(text: str, what: str) -> UUID:
    """Return a UUID that was typed.

    Raises:
        InputError: it is none, or not one of RFC 9562, which is what the log holds.
    """
    from uuid import RFC_4122, UUID  # noqa: PLC0415  as the other slow ones

    try:
        found = UUID(text)
    except ValueError:
        found = None
    if found is None or found.variant != RFC_4122 or found.version not in range(1, 9):
        msg = (
            f"{what} '{text}' is no UUID of RFC 9562; write for example "
            "0198c0de-0000-7000-8000-000000000001"
        )
        raise InputError(msg)
    return found


def read_bytes(path: str) -> bytes:
    """Return the bytes of a file, or of standard input for `-`.

    Raises:
        InputError: the file cannot be read.
    """
    import sys  # noqa: PLC0415  beside its one use

    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as exc:
        msg = f"file '{path}' cannot be read ({exc.strerror}); give one that can"
        raise InputError(msg) from exc


def example(*lines: str) -> str:
    """Return the end of a help text: command lines that work, not wrapped."""
    head = "Example:" if len(lines) == 1 else "Examples:"
    return "\b\n" + "\n".join((head, *(f"  {line}" for line in lines)))
