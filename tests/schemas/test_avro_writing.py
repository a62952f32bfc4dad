"""The compiled Avro writers: byte for byte another library's, and no less strict."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from uuid import UUID

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from adapters.avro_codec import encode_event
from domain.complaint.events import ComplaintReceived, DecisionMade
from domain.errors import InputError, NotSealedError
from domain.personal import Plaintext
from domain.rules.avro_schema import avro_schema
from domain.rules.avro_writing import prefix_of, zigzag
from domain.samples import complete_sample, minimal_sample
from tests.schemas.any_event import events

if TYPE_CHECKING:
    from domain.event import Event

CANARY = "Canary Longfellow"


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return {name: _plain(part) for name, part in value.__dict__.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _by_fastavro(event: Event) -> bytes:
    out = io.BytesIO()
    schema = fastavro.parse_schema(avro_schema(type(event)))
    fastavro.schemaless_writer(out, schema, _plain(event))
    return prefix_of(type(event)) + out.getvalue()


@given(events())
def test_the_bytes_are_those_of_another_library(event: Event) -> None:
    """One value has one form, whoever writes it."""
    assert encode_event(event) == _by_fastavro(event)


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_long_has_its_avro_form(number: int) -> None:
    """Zigzag varints of 64 bits."""
    out = io.BytesIO()
    fastavro.schemaless_writer(out, {"type": "long"}, number)
    assert zigzag(number) == out.getvalue()


@pytest.mark.parametrize(
    "at",
    [
        datetime(2024, 5, 6, 8, 30, 0, 123456, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2024, 5, 6, 8, 30, tzinfo=timezone(timedelta(hours=-5, minutes=-30))),
        datetime(1900, 1, 1, tzinfo=UTC),
        datetime(2200, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_instants_are_exact_in_any_zone(at: datetime) -> None:
    """Microseconds since 1970 in UTC, before it too."""
    event = minimal_sample(ComplaintReceived).model_copy(update={"occurred_at": at})
    assert encode_event(event) == _by_fastavro(event)


UNFIT: dict[str, dict[str, Any]] = {
    "a year too late": {"occurred_on": date(2201, 1, 1)},
    "an instant too late": {"occurred_at": datetime(2201, 1, 1, tzinfo=UTC)},
    "late in its own zone only": {
        "occurred_at": datetime(2200, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5)))
    },
    "nil uuid": {"event_id": UUID(int=0)},
    "foreign variant": {"event_id": UUID("9418a36a-bb88-8865-0230-4a2efd66d1ae")},
    "nul in text": {"actor": "a\x00"},
    "beyond 64 bits": {"expected_version": 2**63},
    "a required null": {"actor": None},
    "text for a number": {"expected_version": "1"},
    "flag for a number": {"expected_version": True},
    "number for a text": {"actor": 1},
    "number for a flag": {"oral": 1},
    "text for a list": {"remedy_sought": "refund"},
    "list with a number": {"remedy_sought": [1]},
    "nul in a list": {"remedy_sought": ["a\x00"]},
    "text for an id": {"event_id": "9418a36a-bb88-8865-b230-4a2efd66d1ae"},
    "half a surrogate": {"actor": f"{CANARY}\ud800"},
}


@pytest.mark.parametrize("changes", UNFIT.values(), ids=list(UNFIT))
def test_what_admission_would_refuse_is_not_written(changes: dict[str, Any]) -> None:
    """A value that slipped past its class is refused, and the error does not hold it."""
    event = complete_sample(ComplaintReceived).model_copy(
        update={"narrative": None, "complainant_name": None, **changes}
    )
    with pytest.raises(InputError) as caught:
        encode_event(event)
    error: BaseException | None = caught.value
    while error is not None:
        assert CANARY not in str(error)
        error = error.__cause__ or error.__context__


def test_what_is_not_sealed_is_not_written() -> None:
    """A forgotten seal names the field and not the text."""
    event = minimal_sample(ComplaintReceived).model_copy(update={"narrative": Plaintext(CANARY)})
    with pytest.raises(NotSealedError, match="field 'narrative'") as caught:
        encode_event(event)
    assert CANARY not in str(caught.value)


def test_a_missing_field_is_not_written() -> None:
    """An event that was made past its class's checks is refused."""
    with pytest.raises(InputError, match="does not fit its schema"):
        encode_event(DecisionMade.model_construct(event_id=UUID(int=1 << 76 | 1 << 63 | 1)))
