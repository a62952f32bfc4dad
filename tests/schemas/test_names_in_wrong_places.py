"""Names in wrong places: no message of a malformed line repeats what may be about a person."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.cloudevents import parse_line, to_cloudevent
from domain.complaint.events import ComplaintReceived
from domain.errors import InputError
from domain.samples import minimal_sample

GOOD = to_cloudevent(minimal_sample(ComplaintReceived))
SEALED = dict.fromkeys(("subject", "key_id", "nonce", "ciphertext", "key_commitment"), "AA==")
NAMES = ("JaneCanary", "Jane Canary", "jane.canary@example.com", "Canary,Jane", "+49 170 Canary")


def _received(**changes: object) -> dict[str, Any]:
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not None}


def _with_data(**changes: object) -> dict[str, Any]:
    return {**GOOD, "data": {**GOOD["data"], **changes}}


def _in_wrong_places(name: str) -> dict[str, Any]:
    """Return lines in which somebody's name stands where none belongs."""
    return {
        "subject": _received(subject=name),
        "name of a field": _with_data(**{name: "x"}),
        "name of a part": _with_data(narrative={name: "x"}),
        "name of a part beside known ones": _with_data(narrative={**SEALED, name: "x"}),
        "type": _received(type=name),
        "type that looks like one": _received(type=f"complaints.{name}.v1"),
        "specversion": _received(specversion=name),
        "content type": _received(datacontenttype=name),
        "id": _received(id=name),
        "date": _received(occurredon=name),
        "time": _received(time=name),
        "zone": _received(occurredon=None, time="2024-05-06T08:30:00Z", occurredzone=name),
        "number": _with_data(narrative_lines=name),
        "flag": _with_data(oral=name),
        "list": _with_data(remedy_sought=name),
        "version": _received(expectedversion=name),
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", _in_wrong_places(""))
def test_a_name_in_a_wrong_place_is_not_repeated(place: str, name: str) -> None:
    """What is no opaque identifier may be about a person: its length is told, and the rule."""
    with pytest.raises(InputError) as caught:
        parse_line(json.dumps(_in_wrong_places(name)[place]).encode())
    error: BaseException | None = caught.value
    while error is not None:
        assert "canary" not in str(error).lower()
        error = error.__cause__ or error.__context__


def test_a_name_that_stands_twice_is_not_repeated() -> None:
    """Names in a JSON object are free text too."""
    with pytest.raises(InputError, match="occurs twice") as caught:
        parse_line(b'{"data": {"Jane Canary": 1, "Jane Canary": 2}}')
    assert "Canary" not in str(caught.value)
