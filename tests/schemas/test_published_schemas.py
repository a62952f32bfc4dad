from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import fastavro
import pytest

from adapters.avro_codec import decode_event, encode_event, schema_text
from complaints_ledger.contract import check_schemas, events_reference
from domain.catalogue import CURRENT, EVENT_TYPES
from domain.cloudevents import from_cloudevent, to_cloudevent
from domain.codes import CODE_LISTS
from domain.event import ENVELOPE, Event
from domain.opaque import violations
from domain.rules.avro_schema import avro_schema, fingerprint, lint
from domain.rules.compatibility import compatibility
from domain.samples import complete_sample, minimal_sample
from tests.schemas.versions import Version, assert_all_read_each_other, read_as, versions_in

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "schemas"
PUBLISHED = versions_in(FOLDER)
EVERY_VERSION = [version for versions in PUBLISHED.values() for version in versions]
SAMPLES = [complete_sample, minimal_sample]

each_version = pytest.mark.parametrize(
    "version", EVERY_VERSION, ids=lambda v: f"{v.event}.v{v.number}"
)
each_type = pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda t: t.__name__)


def test_the_folder_is_what_the_classes_say() -> None:
    """What is published is written from the event classes, and never by hand."""
    assert check_schemas(FOLDER) == [], "run: complaints schemas write"


def test_every_event_type_is_published() -> None:
    """An event type that the ledger knows has a schema that others can read."""
    assert len(EVERY_VERSION) >= len(EVENT_TYPES) > 0


@each_version
def test_schema_parses_with_fastavro(version: Version) -> None:
    """A published schema is valid Avro."""
    fastavro.parse_schema(json.loads(json.dumps(version.schema)))


@each_version
def test_schema_keeps_to_the_profile(version: Version) -> None:
    """A published schema has only what every Avro library reads alike (RULES 2)."""
    assert lint(version.schema) == []


@each_version
def test_schema_opens_with_the_envelope(version: Version) -> None:
    """The envelope comes first in every schema, in the order of RULES 1."""
    names = [field["name"] for field in version.schema["fields"]]
    assert tuple(names[: len(ENVELOPE)]) == ENVELOPE


@each_version
def test_fingerprint_is_that_of_fastavro(version: Version) -> None:
    """Our CRC-64-AVRO is the one of the Avro specification."""
    canonical = fastavro.schema.to_parsing_canonical_form(version.schema)
    theirs = fastavro.schema.fingerprint(canonical, "CRC-64-AVRO")
    assert fingerprint(version.schema).to_bytes(8, "little").hex() == theirs


@each_version
def test_keys_of_schema_files_stand_in_order(version: Version) -> None:
    """A field reads name, type, doc, default, so that two versions compare line by line."""
    order = ["name", "type", "doc", "default"]
    for field in version.schema["fields"]:
        assert list(field) == [key for key in order if key in field]


def test_no_two_schemas_share_a_fingerprint() -> None:
    """A fingerprint names one text; a second one would be refused by the log (RULES 2)."""
    fingerprints = [fingerprint(version.schema) for version in EVERY_VERSION]
    assert len(set(fingerprints)) == len(fingerprints)


@pytest.mark.parametrize("event", PUBLISHED)
def test_versions_read_each_other(event: str) -> None:
    """Each version's samples are read by every other version, later and earlier."""
    assert_all_read_each_other(PUBLISHED[event])


@pytest.mark.parametrize("event", PUBLISHED)
def test_versions_are_compatible(event: str) -> None:
    """A later version changes only what keeps readers of both reading."""
    versions = PUBLISHED[event]
    for place, newer in enumerate(versions):
        for older in versions[:place]:
            assert compatibility(older.schema, newer.schema) == []


@pytest.mark.parametrize("sample", SAMPLES)
@each_type
def test_samples_survive_avro(
    event_type: type[Event], sample: Callable[[type[Event]], Event]
) -> None:
    """What is encoded is what is decoded, as the newest version: all that it said, and no more."""
    event = sample(event_type)
    decoded = decode_event(encode_event(event), event_type.TOPIC, schema_text(event_type))
    newest = CURRENT[event_type.TOPIC]
    assert decoded == newest.model_validate(event.model_dump())


@pytest.mark.parametrize("sample", SAMPLES)
@each_type
def test_samples_survive_cloudevents(
    event_type: type[Event], sample: Callable[[type[Event]], Event]
) -> None:
    """The JSON form loses nothing."""
    event = sample(event_type)
    assert from_cloudevent(json.loads(json.dumps(to_cloudevent(event)))) == event


@each_type
def test_complete_samples_fill_every_field(event_type: type[Event]) -> None:
    """A complete sample shows each field once."""
    sample = complete_sample(event_type)
    assert [name for name in event_type.model_fields if getattr(sample, name) is None] == []


@each_type
def test_minimal_samples_have_only_what_is_required(event_type: type[Event]) -> None:
    """A minimal sample is the shortest event that a publisher may send."""
    sample = minimal_sample(event_type)
    required = {n for n, info in event_type.model_fields.items() if info.is_required()}
    assert sample.model_fields_set == required


@pytest.mark.parametrize("sample", SAMPLES)
@each_type
def test_samples_use_opaque_identifiers(
    event_type: type[Event], sample: Callable[[type[Event]], Event]
) -> None:
    """An example that a publisher copies would pass our own check before append."""
    assert violations(sample(event_type)) == ()


@each_type
def test_samples_use_codes_of_the_lists(event_type: type[Event]) -> None:
    """A code in an example is one that the ledger has a label for."""
    for name, value in complete_sample(event_type):
        codes = value if isinstance(value, list) else [value]
        if name in CODE_LISTS:
            assert set(codes) <= set(CODE_LISTS[name]), name


@each_version
def test_published_bytes_say_what_the_published_json_says(version: Version) -> None:
    """Both forms of a sample are one event, so either can be learned from the other."""
    stem = f"{version.event}.v{version.number}"
    for name, framed in version.samples.items():
        (path,) = FOLDER.glob(f"*/{stem}.{name}.json")
        values = read_as(framed, version.schema, version.schema)
        attributes = json.loads(path.read_bytes())
        assert str(values["event_id"]) == attributes["id"]
        filled = {n for n, v in values.items() if v is not None and n not in ENVELOPE}
        assert filled == set(attributes["data"])


def test_the_catalogue_page_is_written_from_the_classes() -> None:
    """The page on events is never behind the code."""
    page = (ROOT / "docs" / "reference" / "events.md").read_text(encoding="utf-8")
    assert page == events_reference(), "run: complaints schemas write"


@each_type
def test_every_field_says_what_it_means(event_type: type[Event]) -> None:
    """Every record and field has a doc, which is the only documentation that travels."""
    schema = avro_schema(event_type)
    assert schema["doc"]
    assert all(field["doc"] for field in schema["fields"])
