"""Any event at all, for property tests: every type, with values in the ranges of RULES 2."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from domain.catalogue import EVENT_TYPES
from domain.rules.avro_schema import avro_schema

if TYPE_CHECKING:
    from domain.event import Event
    from domain.rules.avro_schema import Schema


def _text(limit: int = 20) -> st.SearchStrategy[str]:
    characters = st.characters(codec="utf-8", exclude_characters="\x00")
    return st.text(characters, max_size=limit)


UUIDS = st.one_of(st.uuids(version=4), st.uuids(version=1))
INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 12, 31, 23, 59, 59, 999_999))  # noqa: DTZ001
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": _text(),
    "long": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "bytes": st.binary(max_size=40),
    "date": st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    "timestamp-micros": INSTANTS.map(lambda value: value.replace(tzinfo=UTC)),
    "uuid": UUIDS,
}


def _values(schema: Schema) -> st.SearchStrategy[Any]:
    if isinstance(schema, list):
        return st.none() | _values(schema[1])
    if isinstance(schema, dict) and schema["type"] == "array":
        return st.lists(_values(schema["items"]), max_size=3)
    if isinstance(schema, dict) and schema["type"] == "record":
        return st.fixed_dictionaries({f["name"]: _values(f["type"]) for f in schema["fields"]})
    return SCALARS[schema if isinstance(schema, str) else schema.get("logicalType", schema["type"])]


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Any event that the JSON form must carry: values in the ranges of RULES 2."""
    event_type = draw(st.sampled_from(EVENT_TYPES))
    fields = {f["name"]: f["type"] for f in avro_schema(event_type)["fields"]}
    values = {name: draw(_values(kind)) for name, kind in fields.items()}
    values["stream_id"] = str(draw(UUIDS))
    values["expected_version"] = draw(st.none() | st.integers(0, 2**63 - 1))
    for name in ("actor", "actor_role", "source"):
        values[name] = draw(_text().filter(bool))
    for name in ("occurred_zone", "on_behalf_of"):
        values[name] = draw(st.none() | _text().filter(bool))
    count = draw(st.integers(1, 9))
    place = {"index": draw(st.integers(0, count - 1)), "count": count}
    values["command"] = draw(st.none() | UUIDS.map(lambda value: {"id": value, **place}))
    return event_type.model_validate(values)
