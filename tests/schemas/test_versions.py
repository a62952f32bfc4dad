from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from adapters.avro_codec import encode_event
from complaints_ledger.contract import check_schemas, write_schemas
from domain.errors import InputError, RefusedError
from domain.rules.avro_schema import avro_schema, lint
from domain.rules.compatibility import compatibility
from domain.samples import complete_sample
from domain.upcasting import UPCASTS, resolvable, topic_version, upcast
from tests.schemas.synthetic import (
    NoteTaken,
    NoteTakenLost,
    NoteTakenRedrafted,
    NoteTakenV2,
)
from tests.schemas.versions import assert_all_read_each_other, read_as, versions_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from domain.json_values import Json
    from domain.rules.avro_schema import Schema

V1, V2 = avro_schema(NoteTaken), avro_schema(NoteTakenV2)
ENVELOPE_LENGTH = 13


def _changed(change: Callable[[Schema], None]) -> Schema:
    """Return version 2 as version 1 with one change."""
    text = copy.deepcopy(V1)
    text["name"] = "NoteTakenV2"
    change(text)
    return text


def _field(schema: Schema, name: str) -> Schema:
    return next(field for field in schema["fields"] if field["name"] == name)


def _retype(name: str, kind: Schema) -> Callable[[Schema], None]:
    return lambda schema: _field(schema, name).update(type=kind)


def _remove(name: str) -> Callable[[Schema], None]:
    return lambda schema: schema["fields"].remove(_field(schema, name))


def _add(**field: Json) -> Callable[[Schema], None]:
    return lambda schema: schema["fields"].append({"name": "added", "doc": "d.", **field})


def _rename(name: str, new: str) -> Callable[[Schema], None]:
    return lambda schema: _field(schema, name).update(name=new)


ENUM = {"type": "enum", "name": "Colour", "symbols": ["RED"]}
DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}
FIXED = {"type": "fixed", "name": "Digest", "size": 32}
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
OPTIONAL = {"default": None}

KNOWN_BAD: dict[str, Callable[[Schema], None]] = {
    "text becomes a number": _retype("redress_id", "long"),
    "text becomes bytes": _retype("redress_id", "bytes"),
    "text becomes a uuid": _retype("redress_id", {"type": "string", "logicalType": "uuid"}),
    "required becomes optional": lambda s: _field(s, "redress_id").update(
        type=["null", "string"], default=None
    ),
    "optional becomes required": _retype("outdated", "boolean"),
    "removed without a default": _remove("redress_id"),
    "renamed": _rename("redress_id", "redress_ref"),
    "renamed although optional": _rename("outdated", "stale"),
    "renamed with an alias": lambda s: _field(s, "outdated").update(aliases=["obsolete"]),
    "added without a default": _add(type="string"),
    "added optional without a default": _add(type=["null", "string"]),
    "added with null last": _add(type=["string", "null"], default="x"),
    "default changed": lambda s: _field(s, "lines").update(default=[{"reason_code": "x"}]),
    "enum": _add(type=["null", ENUM], **OPTIONAL),
    "map": _add(type=["null", {"type": "map", "values": "string"}], **OPTIONAL),
    "decimal": _add(type=["null", DECIMAL], **OPTIONAL),
    "fixed": _add(type=["null", FIXED], **OPTIONAL),
    "milliseconds": _add(type=["null", MILLIS], **OPTIONAL),
    "plain int": _add(type=["null", "int"], **OPTIONAL),
    "float": _add(type=["null", "double"], **OPTIONAL),
    "union of two types": _add(type=["null", "string", "long"], **OPTIONAL),
    "array of numbers": _add(type={"type": "array", "items": "long"}, default=[]),
    "named type used twice": _add(
        type=["null", {"type": "record", "name": "NoteTakenV2", "fields": []}], **OPTIONAL
    ),
    "no doc": lambda s: _field(s, "redress_id").pop("doc"),
    "field twice": lambda s: s["fields"].append(_field(s, "redress_id")),
    "envelope not first": lambda s: s["fields"].insert(0, s["fields"].pop()),
    "envelope reordered": lambda s: s["fields"].insert(0, s["fields"].pop(1)),
    "envelope shorter": _remove("on_behalf_of"),
    "part changed": lambda s: _field(s, "lines")["type"]["items"]["fields"][0].update(type="long"),
    "another event": lambda s: s.update(name="MemoTakenV2"),
    "another namespace": lambda s: s.update(namespace="elsewhere"),
    "no version in the name": lambda s: s.update(name="NoteTaken"),
    "version nought": lambda s: s.update(name="NoteTakenV0"),
    "same version with another field": lambda s: (
        s.update(name="NoteTakenV1"),
        _add(type=["null", "string"], **OPTIONAL)(s),
    )[0],
}

KNOWN_GOOD: dict[str, Callable[[Schema], None]] = {
    "nothing": lambda _: None,
    "doc of a field": lambda s: _field(s, "redress_id").update(doc="Says it better."),
    "doc of the record": lambda s: s.update(doc="Says it better."),
    "optional field added": _add(type=["null", "string"], **OPTIONAL),
    "list added": _add(type={"type": "array", "items": "string"}, default=[]),
    "optional field removed": _remove("outdated"),
    "payload reordered": lambda s: s["fields"].insert(ENVELOPE_LENGTH, s["fields"].pop()),
}


@pytest.mark.parametrize("change", KNOWN_BAD.values(), ids=list(KNOWN_BAD))
def test_known_bad_changes_are_refused(change: Callable[[Schema], None]) -> None:
    """A change after which some reader reads wrongly, or not at all, is named."""
    assert compatibility(V1, _changed(change)) != []


@pytest.mark.parametrize("change", KNOWN_GOOD.values(), ids=list(KNOWN_GOOD))
def test_known_good_changes_are_allowed(change: Callable[[Schema], None]) -> None:
    """A version may add and drop what is optional, and say its meaning better."""
    new = _changed(change)
    assert lint(new) == []
    assert compatibility(V1, new) == []


def test_versions_are_compared_in_order() -> None:
    """What a later version may drop says nothing about the way back."""
    assert (
        compatibility(V2, V1)[0]
        == "'NoteTakenV1' is older than 'NoteTakenV2'; compare them in order"
    )


def test_a_changed_doc_needs_no_new_version_to_be_compatible() -> None:
    """Two texts of one version that differ in their docs read each other."""
    new = copy.deepcopy(V1)
    _field(new, "redress_id")["doc"] = "Says it better."
    assert compatibility(V1, new) == []


def test_two_versions_read_each_other(tmp_path: Path) -> None:
    """The machinery for later versions works before there is one."""
    write_schemas(tmp_path, event_types=[NoteTaken, NoteTakenV2])
    (versions,) = versions_in(tmp_path).values()
    assert [version.number for version in versions] == [1, 2]
    assert_all_read_each_other(versions)


def test_an_older_reader_sees_what_it_knows() -> None:
    """Version 1 reads version 2: its removed field is null, the added one is not there."""
    seen = read_as(encode_event(complete_sample(NoteTakenV2)), V2, V1)
    assert seen["outdated"] is None
    assert "language" not in seen
    assert seen["lines"] == [{"reason_code": "other"}]


def test_a_newer_reader_sees_defaults() -> None:
    """Version 2 reads version 1: added fields have their defaults, within parts too."""
    seen = read_as(encode_event(complete_sample(NoteTaken)), V1, V2)
    assert seen["language"] is None
    assert seen["lines"] == [{"reason_code": "other", "weight": None}]


def test_records_resolve_by_their_place() -> None:
    """A version in a record's name changes no byte and hinders no reader."""
    assert resolvable(V1)["name"] == resolvable(V2)["name"]
    assert V1["name"] == "NoteTakenV1"


def test_the_second_step_is_a_pure_function() -> None:
    """What a default cannot say, a function says, after schema resolution."""
    framed = encode_event(complete_sample(NoteTaken))
    resolved = read_as(framed, V1, V2)
    given = {("complaints.note_taken", 1): lambda old: {**old, "language": "en"}}
    after = upcast(resolved, written=NoteTaken.TOPIC, read=NoteTakenV2.TOPIC, upcasts=given)
    assert resolved["language"] is None
    assert NoteTakenV2.model_validate(after).language == "en"


def test_upcasts_run_one_version_after_the_other() -> None:
    """From 1 to 4 goes by 2 and 3, and a version without a function is passed through."""
    given = {
        ("complaints.note_taken", 1): lambda v: {"steps": [*v["steps"], 1]},
        ("complaints.note_taken", 3): lambda v: {"steps": [*v["steps"], 3]},
        ("complaints.note_taken", 4): lambda v: {"steps": [*v["steps"], 4]},
        ("complaints.other", 2): lambda v: {"steps": [*v["steps"], 2]},
    }
    read = "complaints.note_taken.v4"
    after = upcast({"steps": []}, written=NoteTaken.TOPIC, read=read, upcasts=given)
    assert after == {"steps": [1, 3]}


def test_a_later_version_is_left_as_resolution_read_it() -> None:
    """An older reader has no function for a version that it does not know."""
    values = {"language": "en"}
    assert upcast(values, written=NoteTakenV2.TOPIC, read=NoteTaken.TOPIC) == values


def test_other_events_are_not_upcast() -> None:
    """Upcasting stays within one event."""
    with pytest.raises(InputError, match=r"no version of 'complaints.closed.v1'"):
        upcast({}, written="complaints.note_taken.v1", read="complaints.closed.v1")


@pytest.mark.parametrize("topic", ["complaints.x", "complaints.x.v", "complaints.x.vé", ".v1"])
def test_topics_without_a_version_are_refused(topic: str) -> None:
    """A stored type ends in its version."""
    with pytest.raises(InputError, match="names no version"):
        topic_version(topic)


def test_no_upcast_is_needed_yet() -> None:
    """Every event is at version 1; the first upcast comes with its version and its test."""
    assert UPCASTS == {}


def test_released_versions_never_change(tmp_path: Path) -> None:
    """Writing refuses to change a released schema, says what to do, and writes nothing."""
    write_schemas(tmp_path, release=True, event_types=[NoteTaken])
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(RefusedError, match=r"make 'complaints\.note_taken\.v2'"):
        write_schemas(tmp_path, event_types=[NoteTakenRedrafted])
    assert before == {path: path.read_bytes() for path in before}
    assert any(
        "never changes" in p.rule for p in check_schemas(tmp_path, event_types=[NoteTakenRedrafted])
    )


def test_unreleased_versions_may_change(tmp_path: Path) -> None:
    """Until somebody depends on it, a version is a draft."""
    write_schemas(tmp_path, event_types=[NoteTaken])
    problems = check_schemas(tmp_path, event_types=[NoteTakenRedrafted])
    assert {problem.path for problem in problems} >= {"complaint/note_taken.v1.avsc"}
    assert write_schemas(tmp_path, event_types=[NoteTakenRedrafted]).written
    assert check_schemas(tmp_path, event_types=[NoteTakenRedrafted]) == []


def test_released_versions_outlive_their_class(tmp_path: Path) -> None:
    """When only version 2 has a class, the files of version 1 stay and are still compared."""
    write_schemas(tmp_path, release=True, event_types=[NoteTaken])
    report = write_schemas(tmp_path, release=True, event_types=[NoteTakenV2])
    assert report.released == (NoteTakenV2.TOPIC,)
    assert check_schemas(tmp_path, event_types=[NoteTakenV2]) == []
    (tmp_path / "complaint" / "note_taken.v1.minimal.hex").unlink()
    (problem,) = check_schemas(tmp_path, event_types=[NoteTakenV2])
    assert "restore its sample" in problem.rule


def test_an_incompatible_next_version_is_not_written(tmp_path: Path) -> None:
    """A version 2 that version 1 cannot read is refused before anybody sees it."""
    write_schemas(tmp_path, release=True, event_types=[NoteTaken])
    with pytest.raises(RefusedError, match="redress_id: removed without a default"):
        write_schemas(tmp_path, event_types=[NoteTakenLost])


@pytest.mark.parametrize("name", ["complaint/note_taken.v1.avsc", "released.json"])
def test_touched_files_are_noticed(tmp_path: Path, name: str) -> None:
    """A hand in a published file does not go unseen."""
    write_schemas(tmp_path, release=True, event_types=[NoteTaken])
    (tmp_path / name).write_bytes(b"{")
    assert check_schemas(tmp_path, event_types=[NoteTaken]) != []


def test_strange_files_are_named(tmp_path: Path) -> None:
    """A schema that belongs to no event would be mistaken for part of the contract."""
    write_schemas(tmp_path, event_types=[NoteTaken])
    (tmp_path / "complaint" / "old.v1.avsc").write_bytes(b"{}")
    (problem,) = check_schemas(tmp_path, event_types=[NoteTaken])
    assert problem.path == "complaint/old.v1.avsc"


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    """The same classes give the same bytes."""
    write_schemas(tmp_path, release=True, event_types=[NoteTaken])
    assert write_schemas(tmp_path, release=True, event_types=[NoteTaken]).written == ()


def test_one_version_reads_itself(tmp_path: Path) -> None:
    """Resolution against the same version is the identity."""
    write_schemas(tmp_path, event_types=[NoteTaken])
    (versions,) = versions_in(tmp_path).values()
    assert_all_read_each_other(versions)
