"""A complete and a minimal sample of each event type: the published examples of the contract.

Samples are deterministic: two runs on two machines give the same bytes. No value is about a
person; sealed fields hold fixed bytes that no key opens.
"""

from __future__ import annotations

import re
import types
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from domain.event import ENVELOPE, CommandRef
from domain.identity import derived_event_id, derived_stream_id
from domain.personal import Sealed
from domain.sample_values import FIELD_VALUES

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from domain.event import Event

_SOURCE = "crm"
_DATE = date(2024, 5, 6)
_INSTANT = datetime(2024, 5, 6, 8, 30, 0, 123456, tzinfo=UTC)
_ZONE = "Europe/Berlin"
_EXTERNAL_ID = str(FIELD_VALUES["external_id"])
_SEEN_BEFORE = 3
"""An event in the course of a complaint: its author had seen three."""


def complete_sample(event_type: type[Event]) -> Event:
    """Return an event of the type with every field filled.

    Raises:
        LookupError: a text field has no value in `domain.sample_values`.
    """
    payload = {
        name: _value(event_type, name, info)
        for name, info in event_type.model_fields.items()
        if name not in ENVELOPE
    }
    return event_type.model_validate({**_complete_envelope(event_type), **payload})


def minimal_sample(event_type: type[Event]) -> Event:
    """Return an event of the type with only what it cannot do without: a fact with a date.

    Raises:
        LookupError: a text field has no value in `domain.sample_values`.
    """
    payload = {
        name: _value(event_type, name, info)
        for name, info in event_type.model_fields.items()
        if name not in ENVELOPE and info.is_required()
    }
    envelope = {
        "event_id": derived_event_id("sample", "minimal", event_type.TOPIC),
        "stream_id": derived_stream_id(_SOURCE, _EXTERNAL_ID),
        "occurred_on": _DATE,
        "actor": "system-7",
        "actor_role": "system",
        "source": _SOURCE,
    }
    return event_type.model_validate({**envelope, **payload})


def _complete_envelope(event_type: type[Event]) -> dict[str, Any]:
    topic = event_type.TOPIC
    return {
        "event_id": derived_event_id("sample", "complete", topic),
        "stream_id": derived_stream_id(_SOURCE, _EXTERNAL_ID),
        "expected_version": 0 if event_type.OPENS else _SEEN_BEFORE,
        "occurred_on": _DATE,
        "occurred_at": _INSTANT,
        "occurred_zone": _ZONE,
        "actor": "staff-0042",
        "actor_role": "handler",
        "on_behalf_of": "staff-0017",
        "source": _SOURCE,
        "correlation_id": derived_event_id("sample", "correlation", topic),
        "causation_id": derived_event_id("sample", "causation", topic),
        "command": CommandRef(id=derived_event_id("sample", "command", topic), index=0, count=1),
    }


def _value(model: type[BaseModel], name: str, info: FieldInfo) -> object:
    own = FIELD_VALUES.get(f"{re.sub('V[0-9]+$', '', model.__name__)}.{name}")
    given = own if own is not None else FIELD_VALUES.get(name)
    if given is not None:
        return given
    kind = _kind(info.annotation)
    if get_origin(kind) is list:
        kind = get_args(kind)[0]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return [_part(kind)]
    elif isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not Sealed:
        return _part(kind)
    elif kind in _BY_KIND:
        return _BY_KIND[kind]
    msg = f"field '{name}' of {model.__name__} has no sample; add one to domain/sample_values.py"
    raise LookupError(msg)


def _part(kind: type[BaseModel]) -> BaseModel:
    return kind.model_validate({n: _value(kind, n, i) for n, i in kind.model_fields.items()})


def _kind(annotation: Any) -> Any:
    """Return what a field holds when it is not null and, if personal, sealed."""
    if get_origin(annotation) in {Union, types.UnionType}:
        return next(_kind(a) for a in get_args(annotation) if a is not types.NoneType)
    return annotation


_BY_KIND: dict[Any, object] = {
    bool: True,
    int: 2,
    date: date(2024, 5, 21),
    datetime: datetime(2024, 5, 6, 8, 25, tzinfo=UTC),
    bytes: bytes(range(32)),
    UUID: derived_event_id("sample", "reference"),
    Sealed: Sealed(
        subject="subject-1",
        key_id="subject-1/sample",
        nonce=bytes(range(12)),
        ciphertext=bytes(range(64, 64 + 40)),
        key_commitment=bytes(range(128, 128 + 32)),
    ),
}
