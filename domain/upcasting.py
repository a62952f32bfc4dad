"""Old versions of an event in the form of the version that this program knows.

Schema resolution comes first: the writer's text is read under the reader's schema, which
adds new fields with their defaults and leaves out what is no longer known. A pure function
comes second, where a default cannot say what the new field means. It sees the reader's
fields; so a value that it reads stays in the newer schema, as an optional field.

A version names itself in its record names (RULES 2), and Avro resolves records by name. So
both schemas are resolved under names without a version, which changes no byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from domain.rules.avro_schema import Schema

    Upcast = Callable[[dict[str, Any]], dict[str, Any]]
    """The values of one version to those of the next; pure, and leaves its argument alone."""

UPCASTS: Final[Mapping[tuple[str, int], Upcast]] = {}
"""What to do with version n of a type, by (topic without version, n); empty while all are 1."""


def topic_version(topic: str) -> tuple[str, int]:
    """Return a stored type without its version, and the version.

    Raises:
        InputError: the topic does not end in `.v` and a number.
    """
    base, separator, number = topic.rpartition(".v")
    if not separator or not base or not number.isascii() or not number.isdecimal():
        msg = f"event type {topic!r} names no version; write it as 'complaints.<event>.v<n>'"
        raise InputError(msg)
    return base, int(number)


def upcast(
    values: dict[str, Any],
    *,
    written: str,
    read: str,
    upcasts: Mapping[tuple[str, int], Upcast] = UPCASTS,
) -> dict[str, Any]:
    """Return resolved values as the version `read` means them, one version after the other.

    Values written by a later version than `read` come back as schema resolution left them.

    Raises:
        InputError: the two topics are not versions of one event.
    """
    base, version = topic_version(written)
    wanted_base, wanted = topic_version(read)
    if base != wanted_base:
        msg = f"event type '{written}' is no version of '{read}'; read it under its own type"
        raise InputError(msg)
    for step in range(version, wanted):
        function = upcasts.get((base, step))
        if function is not None:
            values = function(dict(values))
    return values


def resolvable(schema: Schema) -> Schema:
    """Return a schema whose records are named by their place, so that versions resolve."""
    return _renamed(schema, "event")


def _renamed(schema: Schema, place: str) -> Schema:
    if isinstance(schema, list):
        return [_renamed(member, place) for member in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "array":
        return {**schema, "items": _renamed(schema["items"], place)}
    if schema.get("type") != "record":
        return schema
    fields = [
        {**field, "type": _renamed(field["type"], f"{place}_{field['name']}")}
        for field in schema["fields"]
    ]
    return {**schema, "name": place, "namespace": "", "fields": fields}
