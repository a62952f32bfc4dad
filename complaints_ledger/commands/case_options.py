"""Options of `complaints case …` from the fields of a command's model, and back into a command."""

from __future__ import annotations

import inspect
import types
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Union, get_args, get_origin
from uuid import UUID

import typer
from pydantic import ValidationError

from complaints_ledger.commands.dates import date_of, instant_of
from complaints_ledger.commands.session import read_bytes, uuid_of
from domain.codes import CODE_LISTS
from domain.complaint.commands import COMMAND_ENVELOPE
from domain.errors import InputError
from domain.personal import Plaintext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic.fields import FieldInfo

    from domain.complaint.commands import Command, CommandSpec

_GIVEN_BY_US: Final = frozenset({"stream_id", "now"})
_SHORT_NAMES: Final = {"command_id": "--id", "actor_role": "--role", "occurred_zone": "--zone"}
_METAVARS: Final = {
    date: "DATE",
    datetime: "INSTANT",
    int: "NUMBER",
    UUID: "UUID",
    Plaintext: "TEXT|@FILE|-",
}
_DEFAULTS: Final = {
    "command_id": "a new one",
    "actor": "COMPLAINTS_ACTOR, else svc-cli",
    "actor_role": "COMPLAINTS_ROLE, else handler",
    "source": "complaints-desk",
    "occurred_on": "today",
    "occurred_at": "now, without --occurred-on",
    "occurred_zone": "COMPLAINTS_ZONE, else UTC",
}
"""Said in the help, since the environment decides when the command runs."""
_PERSONAL: Final = "Personal data: it is sealed; @FILE reads a file, - standard input."


def option_name(field: str) -> str:
    """Return the option of a command's field."""
    return _SHORT_NAMES.get(field, "--" + field.replace("_", "-"))


def kind_of(info: FieldInfo) -> type:
    """Return what a field holds where it is not null; of a list, `list`."""
    found: Any = info.annotation
    if get_origin(found) in {Union, types.UnionType}:
        found = next(each for each in get_args(found) if each is not type(None))
    while get_origin(found) is Annotated:
        found = get_args(found)[0]
    kind = get_origin(found) or found
    return kind if isinstance(kind, type) else str


def signature_of(spec: CommandSpec, *, opens: bool) -> inspect.Signature:
    """Return the signature that typer makes the subcommand from: first what the command says."""
    parameters = [_parameter("ctx", typer.Context)]
    if not opens:
        argument = typer.Argument(
            metavar="REF", help="Reference, id in the source, or stream id.", show_default=False
        )
        parameters.append(_parameter("ref", Annotated[str, argument]))
    fields = spec.model.model_fields
    said = [name for name in fields if name not in COMMAND_ENVELOPE]
    ours = [name for name in COMMAND_ENVELOPE if name not in _GIVEN_BY_US]
    parameters += [
        _option(name, fields[name], required=fields[name].is_required()) for name in said
    ]
    parameters += [_option(name, fields[name], required=False) for name in ours]
    return inspect.Signature(parameters)


def _parameter(
    name: str, annotation: Any, default: Any = inspect.Parameter.empty
) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default
    )


def _option(name: str, info: FieldInfo, *, required: bool) -> inspect.Parameter:
    kind, option = kind_of(info), option_name(name)
    settings: dict[str, Any] = {"help": _help(name, info, kind), "show_default": False}
    annotation: Any = str if required else str | None
    if kind is bool:
        annotation = bool if required else bool | None
        option = f"{option}/--no-{option[2:]}"
    else:
        settings["metavar"] = _METAVARS.get(kind, "TEXT")
    if kind is list:
        annotation = list[str] if required else list[str] | None
    if name in CODE_LISTS:
        settings["autocompletion"] = _codes_of(name)
    typed = Annotated[annotation, typer.Option(option, **settings)]
    return _parameter(name, typed) if required else _parameter(name, typed, None)


def _codes_of(name: str) -> Callable[[], list[tuple[str, str]]]:
    return lambda: list(CODE_LISTS[name].items())


def _help(name: str, info: FieldInfo, kind: type) -> str:
    parts = [info.description or ""]
    if kind is Plaintext:
        parts.append(_PERSONAL)
    if kind is list:
        parts.append("Repeat for several; '' alone: none.")
    if name in _DEFAULTS:
        parts.append(f" [default: {_DEFAULTS[name]}]")
    return " ".join(parts)


def command_from(model: type[Command], given: Mapping[str, Any], **ours: Any) -> Command:
    """Return the command that the options say, with what is ours to give.

    Raises:
        InputError: a value does not fit; it is not quoted if it may be about a person.
    """
    values = dict(_read(model, given)) | ours
    try:
        return model.model_validate(values)
    except ValidationError as exc:
        problems = {
            f"{option_name(str(error['loc'][0]))}: {error['msg'].lower()}" for error in exc.errors()
        }
        msg = f"{'; '.join(sorted(problems))}; see the option's help"
        raise InputError(msg) from exc


def _read(model: type[Command], given: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    from_stdin = [name for name, value in given.items() if value == "-"]
    stdin_names = [n for n in from_stdin if kind_of(model.model_fields[n]) is Plaintext]
    if len(stdin_names) > 1:
        options = " and ".join(option_name(name) for name in stdin_names)
        msg = f"{options} cannot both read standard input; put one into a file and write @FILE"
        raise InputError(msg)
    for name, value in given.items():
        if value is None:
            continue
        kind = kind_of(model.model_fields[name])
        reader = _READERS.get(kind)
        yield name, value if reader is None else reader(value, option_name(name))


def _whole_number(text: str, option: str) -> int:
    try:
        return int(text)
    except ValueError as exc:
        msg = f"{option} '{text}' is no whole number; write for example 3"
        raise InputError(msg) from exc


def _several(values: list[str], _option: str) -> list[str]:
    return [] if values == [""] else values


def personal_text(text: str, option: str) -> str:
    """Return text about a person as it was typed, or as the file or stdin that it names has it.

    Raises:
        InputError: the file cannot be read, or is not UTF-8.
    """
    if text != "-" and not text.startswith("@"):
        return text
    if text.startswith("@@"):
        return text[1:]
    try:
        return read_bytes(text if text == "-" else text[1:]).decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as exc:
        msg = f"{option}: the text is not UTF-8; save it as UTF-8"
        raise InputError(msg) from exc


_READERS: Final[Mapping[type, Callable[[Any, str], object]]] = {
    date: date_of,
    datetime: instant_of,
    int: _whole_number,
    UUID: uuid_of,
    list: _several,
    Plaintext: personal_text,
}
"""How each kind of field is read; a text stands for itself."""
