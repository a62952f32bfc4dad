from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.codes import CODE_LISTS
from domain.complaint.events import EvidenceAdded, LetterFiled
from domain.complaint.evolution import history
from domain.errors import CommandRefusedError
from domain.personal import DataClass, Plaintext
from tests.domain.facts import FILE
from tests.domain.scenario import fact, given, received

both = pytest.mark.parametrize("name", ["attach", "letter"])


def test_evidence_is_added() -> None:
    """The event names the sealed file and seals the name that it had."""
    said = FILE | {"evidence_kind": "photo", "file_name": Plaintext("jane.png")}
    (event,) = given(received()).when("attach", **said).then(EvidenceAdded)
    assert isinstance(event, EvidenceAdded)
    assert (event.file_digest, event.evidence_kind) == (FILE["file_digest"], "photo")
    assert event.file_name == Plaintext("jane.png")


def test_a_letter_is_filed_not_before_the_date_that_it_bears() -> None:
    """A letter of tomorrow is a slip of the pen."""
    dated = FILE | {"letter_kind": "decision", "letter_on": date(2024, 6, 10)}
    given(received()).when("letter", **dated).then(LetterFiled)
    later = dated | {"letter_on": date(2024, 6, 11)}
    given(received()).when("letter", **later).refused("is before letter_on 2024-06-11")


@both
@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"file_digest": "AB" * 32}, "is no SHA-256"),
        ({"file_digest": None, "file_size": None}, "file_size, file_digest are missing"),
        ({"file_size": -1}, "file_size -1 is no size"),
        ({"file_class": "secret"}, "file_class 'secret' is not a known code"),
        ({"file_key_id": "key"}, "names no data key"),
        ({"media_type": "Image of Jane"}, "media_type is not one"),
    ],
)
def test_a_file_says_what_it_is(name: str, said: dict[str, Any], refusal: str) -> None:
    """What names a file, its key and its kind has one form; a wrong value is not repeated."""
    with pytest.raises(CommandRefusedError) as caught:
        given(received()).when(name, **(FILE | said)).events()
    assert any(refusal in obstacle for obstacle in caught.value.obstacles)
    assert "Jane" not in str(caught.value)


def test_a_file_of_no_bytes_is_a_file() -> None:
    """An empty attachment is evidence of what was sent."""
    given(received()).when("attach", **(FILE | {"file_size": 0})).then(EvidenceAdded)


def test_the_state_counts_evidence_and_letters() -> None:
    """Each file on record counts once, by what it is."""
    events = [received(), fact(EvidenceAdded, **FILE), fact(LetterFiled, **FILE)]
    state = history([*events, fact(EvidenceAdded, **FILE)])
    assert state is not None
    assert (state.evidence, state.letters) == (2, 1)


def test_the_classes_of_a_file_are_those_of_the_keys() -> None:
    """A file lies under a key of its subject, as its sealed fields do."""
    assert set(CODE_LISTS["file_class"]) == set(DataClass.__args__)  # type: ignore[attr-defined]
