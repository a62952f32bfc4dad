from __future__ import annotations

import re

import pytest

from domain.catalogue import EVENT_TYPES
from domain.opaque import (
    ID_MARK_PATTERN,
    ID_PATTERN,
    OPAQUE_FIELDS,
    is_opaque,
    is_source,
    quoted,
    violations,
)
from tests.domain.scenario import received


@pytest.mark.parametrize(
    "text", ["staff-12", "svc-import", "role:board", "C-17", "a/b:c_1.2", "1", "x" * 63 + "1"]
)
def test_an_identifier_is_words_and_a_digit(text: str) -> None:
    """Words joined by single marks with a digit, a service or a role are opaque."""
    assert is_opaque(text)
    assert quoted(text) == f"'{text}'"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jane",
        "Jane Roe",
        "Jane.Roe",
        "jane.roe1@example.org",
        "+441632960000",
        "O'Neil1",
        "M\u00fcller1",
        "staff--1",
        "staff-1\n",
        "-1",
        "x" * 64 + "1",
        "the-svc-import",
    ],
)
def test_no_name_address_or_number_fits(text: str) -> None:
    """What might say who somebody is does not fit, and is never quoted."""
    assert not is_opaque(text)
    assert quoted(text) == "'(not an opaque id)'"


def test_the_patterns_are_the_whole_rule() -> None:
    """Another language that uses the published texts comes to the same answer."""
    for text in ("staff-12", "svc-x", "jane", "Jane Roe1"):
        by_text = bool(re.search(ID_PATTERN, text) and re.search(ID_MARK_PATTERN, text))
        assert by_text == is_opaque(text)


@pytest.mark.parametrize(
    ("text", "fits"),
    [("cfpb", True), ("desk.eu-1", True), ("Desk", False), ("1desk", False), ("a" * 65, False)],
)
def test_a_source_is_named_in_small_letters(text: str, fits: object) -> None:
    """A source is words of small letters and digits."""
    assert is_source(text) is fits


def test_violations_name_the_field_and_not_its_text() -> None:
    """Every bad identifier of an event is named, and none is repeated."""
    assert violations(received()) == ()
    bad = received(actor="Jane Roe", source="Front Desk", complainant_ref="jane@example.org")
    found = violations(bad)
    assert [text.split("'")[1] for text in found] == ["source", "actor", "complainant_ref"]
    assert "jane" not in "".join(found).lower()


def test_fields_that_are_called_opaque_are_checked() -> None:
    """A field whose description says opaque is among those that are checked."""
    called = {
        name
        for event_type in EVENT_TYPES
        for name, field in event_type.model_fields.items()
        if field.annotation in (str, str | None) and "paque" in (field.description or "")
    }
    assert called <= OPAQUE_FIELDS
