from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue import EVENT_TYPES
from domain.cloudevents import LINE_LIMIT, from_cloudevent, headers_for, parse_line, to_cloudevent
from domain.complaint.events import ComplaintReceived, DecisionMade
from domain.errors import InputError, NotSealedError
from domain.event import ENVELOPE, Event
from domain.identity import derived_stream_id
from domain.personal import Plaintext
from domain.rules.avro_schema import avro_schema, is_sealed
from domain.samples import complete_sample, minimal_sample
from tests.schemas.any_event import events

if TYPE_CHECKING:
    from domain.json_values import Json

CANARY = "Canary Longfellow, 7 Nowhere Lane"


def _received(**changes: Json) -> dict[str, Any]:
    """Return a good event of receipt, with changes; None takes an attribute away."""
    good: dict[str, Any] = {**to_cloudevent(minimal_sample(ComplaintReceived)), **changes}
    return {name: value for name, value in good.items() if value is not None}


def _with_data(**changes: Json) -> dict[str, Any]:
    good = to_cloudevent(minimal_sample(ComplaintReceived))
    return {**good, "data": {**good["data"], **changes}}


def _line(obj: object) -> bytes:
    return json.dumps(obj).encode()


@given(events())
def test_any_event_survives_the_json_form(event: Event) -> None:
    """What goes out as CloudEvents JSON comes back as the same event."""
    assert from_cloudevent(to_cloudevent(event)) == event
    assert parse_line(json.dumps(to_cloudevent(event), ensure_ascii=False).encode()) == event


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)


@given(st.binary(max_size=200) | JSON.map(_line) | st.text().map(lambda t: t.encode("utf-16")))
def test_hostile_lines_raise_only_input_errors(line: bytes) -> None:
    """Whatever stands in a line, the answer is an error that says what to mend."""
    with pytest.raises(InputError):
        parse_line(line)


@given(st.data())
def test_spoiled_events_raise_only_input_errors(data: st.DataObject) -> None:
    """A good event with any value anywhere is read or refused, and nothing else."""
    good = to_cloudevent(complete_sample(data.draw(st.sampled_from(EVENT_TYPES))))
    inside = data.draw(st.booleans()) and bool(good["data"])
    target = good["data"] if inside else good
    name = data.draw(st.sampled_from(sorted(target)))
    target[name] = data.draw(JSON)
    said = ""
    try:
        parse_line(_line(good))
    except InputError as exc:
        said = str(exc)
    assert said.isprintable()


HOSTILE = {
    "empty": b"",
    "blank": b"  \n",
    "not json": b"complaint",
    "cut off": b'{"specversion": "1.0"',
    "array": b"[]",
    "text": b'"x"',
    "null": b"null",
    "two objects": b"{} {}",
    "duplicate key": b'{"id": 1, "id": 1}',
    "duplicate key inside": b'{"data": {"a": 1, "a": 2}}',
    "nan": b'{"id": NaN}',
    "infinity": b'{"id": -Infinity}',
    "deep": b"[" * 100_000,
    "deep object": b'{"a":' * 100_000,
    "long number": b'{"id": ' + b"9" * 10_000 + b"}",
    "not utf-8": b'{"id": "\xff"}',
    "utf-16": "{}".encode("utf-16"),
    "nul byte": b'{"id": "\x00"}',
    "too long": b" " * (LINE_LIMIT + 1),
    "huge type": _line({"specversion": "1.0", "type": "x" * 1_000_000}),
    "surrogate type": b'{"specversion": "1.0", "type": "\\ud800"}',
}


@pytest.mark.parametrize("line", HOSTILE.values(), ids=list(HOSTILE))
def test_known_hostile_lines_are_refused(line: bytes) -> None:
    """A line that is no event is refused in one short printable sentence."""
    with pytest.raises(InputError) as caught:
        parse_line(line)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


REFUSED = {
    "no specversion": (_received(specversion=None), "'specversion' is missing"),
    "other specversion": (_received(specversion="0.3"), "'specversion' is '0.3'"),
    "no type": (_received(type=None), "'type' is missing"),
    "misspelt type": (
        _received(type="complaints.complaint_recieved.v1"),
        "did you mean 'complaints.complaint_received.v1'",
    ),
    "no id": (_received(id=None), "'id' is missing"),
    "upper case id": (_received(id="9418A36A-BB88-8865-B230-4A2EFD66D1AE"), "UUID in lower case"),
    "id of no version": (_received(id="9418a36a-bb88-0865-b230-4a2efd66d1ae"), "UUID"),
    "no source": (_received(source=None), "'source' is missing"),
    "empty source": (_received(source=""), "'source' is ''"),
    "no actor": (_received(actor=None), "'actor' is missing"),
    "no role": (_received(actorrole=None), "'actorrole' is missing"),
    "no subject": (_received(subject=None), "'data.external_id' and 'source'"),
    "subject no uuid": (_received(subject="C-1"), "'subject' is 'C-1'"),
    "no date at all": (_received(occurredon=None), "'occurredon' is missing"),
    "time without zone": (_received(time="2024-05-06T08:30:00"), "with an offset"),
    "leap second": (_received(time="2016-12-31T23:59:60Z"), "an instant"),
    "time at the edge": (_received(time="0001-01-01T00:00:00+10:00"), "1900 to 2200"),
    "date of the week": (_received(occurredon="2024-W19-1"), "must be a date"),
    "date without hyphens": (_received(occurredon="20240506"), "must be a date"),
    "no such day": (_received(occurredon="2023-02-29"), "must be a date"),
    "far future": (_received(occurredon="9999-12-31"), "1900 to 2200"),
    "snake case attribute": (_received(actor_role="x"), "write 'actorrole'"),
    "camel case attribute": (_received(correlationId="x"), "write 'correlationid'"),
    "version below zero": (_received(expectedversion=-1), "'expectedversion' is '-1'"),
    "version true": (_received(expectedversion=True), "whole number"),
    "version and a half": (_received(expectedversion=1.5), "whole number"),
    "half a command": (_received(commandindex=0), "'commandid' is missing"),
    "xml": (_received(datacontenttype="application/xml"), "must be 'application/json'"),
    "binary data": (_received(data_base64="AA=="), "'data_base64' is not read"),
    "data a text": (_received(data="{}"), "'data' is not a JSON object"),
    "no data": (_received(data=None), "'data.received_on' is missing"),
    "misspelt field": (_with_data(chanel="web"), "did you mean 'channel'"),
    "unheard field": (_with_data(zzzzzzz=1), "a name of 7 characters in data is no field"),
    "envelope in data": (_with_data(actor_role="x"), "attribute 'actorrole'"),
    "flag as text": (_with_data(oral="true"), "true or false without quotes"),
    "flag as number": (_with_data(oral=1), "true or false"),
    "number as text": (_with_data(narrative_lines="3"), "without quotes"),
    "number beyond 64 bits": (_with_data(narrative_lines=2**63), "64 bits"),
    "text as number": (_with_data(channel=3), "text in quotes"),
    "nul in text": (_with_data(channel="a\x00"), "NUL"),
    "half a surrogate": (_with_data(channel="\ud800"), "surrogate"),
    "list as text": (_with_data(remedy_sought="refund"), "JSON array"),
    "list of numbers": (_with_data(remedy_sought=[1]), "data.remedy_sought[0]"),
    "null in a list": (_with_data(remedy_sought=[None]), "data.remedy_sought[0]"),
    "bytes not base64": (_with_data(narrative_mark="***"), "base64"),
    "bytes as numbers": (_with_data(narrative_mark=[1]), "base64"),
}


@pytest.mark.parametrize(("obj", "says"), REFUSED.values(), ids=list(REFUSED))
def test_errors_name_field_rule_and_next_step(obj: dict[str, Any], says: str) -> None:
    """An error says which field, what was given, and what would be right."""
    with pytest.raises(InputError) as caught:
        parse_line(_line(obj))
    message = str(caught.value)
    assert says in message
    assert not message.endswith(".")
    assert message[0].islower()


SEALED = {
    "subject": "s",
    "key_id": "k",
    "nonce": "AA==",
    "ciphertext": "AA==",
    "key_commitment": "AA==",
}
LEAKS = {
    "number": 4_224_224_224,
    "list": [CANARY],
    "unknown part": {CANARY: 1},
    "part with the text": {**SEALED, "nonce": CANARY},
    "part missing": {"subject": CANARY},
    "part a number": {**SEALED, "nonce": 4_224_224_224},
    "nul": CANARY + "\x00",
    "surrogate": CANARY + "\ud800",
}


@pytest.mark.parametrize("value", LEAKS.values(), ids=list(LEAKS))
def test_errors_never_show_personal_values(value: Json) -> None:
    """What somebody wrote about themselves is in no message and no cause of one."""
    with pytest.raises(InputError) as caught:
        parse_line(_line(_with_data(narrative=value)))
    error: BaseException | None = caught.value
    while error is not None:
        assert "Canary" not in str(error)
        assert "4224224224" not in str(error)
        error = error.__cause__ or error.__context__


def test_a_broken_line_leaves_no_text_in_the_error() -> None:
    """A parser's error keeps the text it failed on; ours is raised without it."""
    with pytest.raises(InputError) as caught:
        parse_line(f'{{"data": {{"narrative": "{CANARY}"'.encode())
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize("value", ["Jane Roe", "jane@example.com", "Roe, Jane"])
def test_errors_show_no_names_in_the_wrong_field(value: str) -> None:
    """A name that slipped into a date column is not repeated."""
    with pytest.raises(InputError, match="a text of"):
        parse_line(_line(_with_data(incident_on=value)))


def test_personal_text_is_taken_to_be_sealed() -> None:
    """A publisher whose events we seal gives plain text; it does not show itself."""
    event = parse_line(_line(_with_data(narrative=CANARY, complainant_name="")))
    assert isinstance(event, ComplaintReceived)
    assert event.narrative == Plaintext(CANARY)
    assert event.complainant_name == Plaintext("")
    assert CANARY not in repr(event)


def test_unsealed_text_does_not_go_out() -> None:
    """A forgotten seal is an error and not a leak."""
    event = parse_line(_line(_with_data(narrative=CANARY)))
    with pytest.raises(NotSealedError, match="'narrative' is personal data and not sealed"):
        to_cloudevent(event)


def test_the_stream_of_a_receipt_may_be_derived() -> None:
    """Two systems that know a source and its id speak of one complaint."""
    obj = _with_data(external_id="INC-1")
    del obj["subject"]
    assert parse_line(_line(obj)).stream_id == derived_stream_id("crm", "INC-1")


def test_only_an_opening_event_derives_its_stream() -> None:
    """Any other event names the stream that it belongs to."""
    obj = to_cloudevent(minimal_sample(DecisionMade))
    del obj["subject"]
    with pytest.raises(InputError, match="'subject' is missing; give the stream id"):
        parse_line(_line(obj))


DATES = {
    "west of the date line": ("Pacific/Honolulu", date(2024, 5, 5)),
    "east of it": ("Pacific/Auckland", date(2024, 5, 6)),
    "no zone": (None, date(2024, 5, 6)),
}


@pytest.mark.parametrize(("zone", "local"), DATES.values(), ids=list(DATES))
def test_the_local_date_follows_from_instant_and_zone(zone: str | None, local: date) -> None:
    """An instant and a zone give a date; a date never gives an instant."""
    obj = _received(occurredon=None, time="2024-05-06T08:30:00Z", occurredzone=zone)
    event = parse_line(_line(obj))
    assert event.occurred_on == local
    assert event.occurred_zone == zone


@pytest.mark.parametrize("zone", ["Nowhere/Town", "../etc", "/etc/passwd", "Europe", "\ud800", "é"])
def test_unknown_zones_are_refused_where_they_matter(zone: str) -> None:
    """Without a date, a zone that nobody knows leaves the date open."""
    obj = _received(occurredon=None, time="2024-05-06T08:30:00Z", occurredzone=zone)
    with pytest.raises(InputError, match="occurredzone"):
        parse_line(_line(obj))


def test_a_date_alone_stays_a_date() -> None:
    """Nothing turns a date into an instant."""
    event = parse_line(_line(_received()))
    assert event.occurred_at is None


TIMES = {
    "offset": ("2024-05-06T10:30:00+02:00", 0),
    "lower case": ("2024-05-06t08:30:00z", 0),
    "space": ("2024-05-06 08:30:00Z", 0),
    "tenths": ("2024-05-06T08:30:00.1Z", 100_000),
    "nanoseconds": ("2024-05-06T08:30:00.123456789Z", 123_456),
}


@pytest.mark.parametrize(("text", "micros"), TIMES.values(), ids=list(TIMES))
def test_instants_are_read_in_every_common_form(text: str, micros: int) -> None:
    """RFC 3339 has several forms of one instant; the ledger has one, to the microsecond."""
    expected = datetime(2024, 5, 6, 8, 30, tzinfo=UTC) + timedelta(microseconds=micros)
    assert parse_line(_line(_received(time=text))).occurred_at == expected


def test_harmless_differences_are_read() -> None:
    """Unknown extensions, nulls, a byte order mark and numbers as text change nothing."""
    plain = parse_line(_line(_received(expectedversion=0)))
    obj = {**_received(expectedversion="0", traceparent="00-0af7"), "correlationid": None}
    obj["data"] = {**obj["data"], "channel": None}
    obj["datacontenttype"] = "application/json; charset=utf-8"
    assert parse_line(b"\xef\xbb\xbf" + _line(obj) + b"\r\n") == plain


def test_an_event_without_payload_needs_no_data() -> None:
    """Some events say all they have to say in the envelope."""
    obj = to_cloudevent(minimal_sample(ComplaintReceived))
    obj |= {"type": "complaints.complainant_accepted.v1"}
    del obj["data"]
    assert parse_line(_line(obj)).TOPIC == "complaints.complainant_accepted.v1"


def test_attribute_names_are_cloudevents_names() -> None:
    """CloudEvents allows lower case letters and digits, so every router takes ours."""
    names = to_cloudevent(complete_sample(DecisionMade))
    assert all(name.isascii() and name.isalnum() and name == name.lower() for name in names)


def test_not_asked_and_nothing_wanted_stay_apart() -> None:
    """A null list was not asked for; an empty one was, and nothing was wanted."""
    asked = parse_line(_line(_with_data(remedy_sought=[])))
    not_asked = parse_line(_line(_with_data(remedy_sought=None)))
    assert isinstance(asked, ComplaintReceived)
    assert isinstance(not_asked, ComplaintReceived)
    assert asked.remedy_sought == []
    assert not_asked.remedy_sought is None
    assert to_cloudevent(asked)["data"]["remedy_sought"] == []


def test_headers_are_copies_in_a_fixed_order() -> None:
    """Routers and people read the binary mode headers; every value is UTF-8."""
    sample = complete_sample(ComplaintReceived)
    headers = headers_for(sample)
    assert headers == (
        ("ce_specversion", b"1.0"),
        ("ce_id", str(sample.event_id).encode()),
        ("ce_source", b"crm"),
        ("ce_type", b"complaints.complaint_received.v1"),
        ("ce_subject", sample.stream_id.encode()),
        ("ce_time", b"2024-05-06T08:30:00.123456Z"),
        ("content-type", b"application/avro"),
    )
    assert "ce_time" not in dict(headers_for(minimal_sample(ComplaintReceived)))


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda t: t.__name__)
def test_sealed_fields_survive_as_objects(event_type: type[Event]) -> None:
    """A source that seals for itself gives the five fields of a sealed value."""
    kinds = {f["name"]: f["type"] for f in avro_schema(event_type)["fields"]}
    names = [n for n, k in kinds.items() if isinstance(k, list) and is_sealed(k[1])]
    obj = to_cloudevent(complete_sample(event_type))
    assert all(set(obj["data"][name]) == set(SEALED) for name in names)
    assert UUID(obj["id"]).version == 8
    assert not set(obj["data"]) & set(ENVELOPE)
