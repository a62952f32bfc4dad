"""Columns of the events, derived from the event classes."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from domain.catalogue import EVENT_TYPES
from domain.event import ENVELOPE, CommandRef, Event, Part
from domain.personal import PersonalData

if typing.TYPE_CHECKING:
    from collections.abc import Iterable

RECORD_COLUMNS: tuple[tuple[str, str], ...] = (
    ("stream_no", "BIGINT"),
    ("partition", "INTEGER"),
    ("ordinal", "BIGINT"),
    ("position", "BIGINT"),
    ("version", "BIGINT"),
    ("judged_ordinal", "BIGINT"),
    ("stream_id", "VARCHAR"),
    ("event_id", "VARCHAR"),
    ("event_type", "VARCHAR"),
    ("recorded_at", "TIMESTAMP"),
    ("judged_at", "TIMESTAMP"),
)
"""What the record and its admission say of an event, ahead of what the event says."""

_SCALARS: dict[object, str] = {
    str: "VARCHAR",
    int: "BIGINT",
    bool: "BOOLEAN",
    date: "DATE",
    datetime: "TIMESTAMP",
    UUID: "VARCHAR",
    bytes: "BLOB",
}


@dataclass(frozen=True)
class PayloadField:
    """A payload field of an event class and the column that holds it."""

    name: str
    column: str
    duckdb_type: str
    sealed: bool


def duckdb_type(annotation: object) -> str:
    """DuckDB type of a field's annotation; optional has no say, every column may be null.

    Raises:
        TypeError: The annotation is outside the Avro profile of RULES 2.
    """
    origin = typing.get_origin(annotation)
    arguments = tuple(each for each in typing.get_args(annotation) if each is not type(None))
    if origin in {types.UnionType, typing.Union} and len(arguments) == 1:
        return duckdb_type(arguments[0])
    if origin is list:
        return f"{duckdb_type(arguments[0])}[]"
    if isinstance(annotation, type) and issubclass(annotation, Part):
        fields = (
            f"{name} {duckdb_type(field.annotation)}"
            for name, field in annotation.model_fields.items()
        )
        return f"STRUCT({', '.join(fields)})"
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    msg = f"{annotation!r} has no column type; use a type of the Avro profile (rules 2)"
    raise TypeError(msg)


def payload_fields(event_type: type[Event]) -> tuple[PayloadField, ...]:
    """Payload fields of one event class, in the order of its definition."""
    fields: list[PayloadField] = []
    for name, field in event_type.model_fields.items():
        if name in ENVELOPE:
            continue
        if any(isinstance(mark, PersonalData) for mark in field.metadata):
            fields.append(PayloadField(name, f"{name}_key_id", "VARCHAR", sealed=True))
        else:
            fields.append(PayloadField(name, name, duckdb_type(field.annotation), sealed=False))
    return tuple(fields)


def _envelope_columns() -> tuple[tuple[str, str], ...]:
    columns: dict[str, str] = {}
    for name in ENVELOPE:
        if name in dict(RECORD_COLUMNS):
            continue
        if name == "command":
            for part, info in CommandRef.model_fields.items():
                columns[f"command_{part}"] = duckdb_type(info.annotation)
        else:
            columns[name] = duckdb_type(Event.model_fields[name].annotation)
    return tuple(columns.items())


ENVELOPE_COLUMNS: tuple[tuple[str, str], ...] = _envelope_columns()
"""What every event says, but for what the record says already; the save as three columns."""


def event_columns(event_types: Iterable[type[Event]] = EVENT_TYPES) -> tuple[tuple[str, str], ...]:
    """Name and DuckDB type of every column of `events`, in their order.

    Raises:
        TypeError: Two event classes give one name two types.
    """
    columns: dict[str, str] = dict((*RECORD_COLUMNS, *ENVELOPE_COLUMNS))
    reserved = set(columns)
    for event_type in event_types:
        for field in payload_fields(event_type):
            known = columns.setdefault(field.column, field.duckdb_type)
            if field.column in reserved or known != field.duckdb_type:
                msg = (
                    f"column {field.column!r} of {event_type.TOPIC!r} would be {field.duckdb_type} "
                    f"and is {known} elsewhere; one name has one meaning, so rename the field"
                )
                raise TypeError(msg)
    return tuple(columns.items())
