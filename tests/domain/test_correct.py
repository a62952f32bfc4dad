from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.complaint.events import CorrectionRecorded
from tests.domain.facts import closed
from tests.domain.scenario import event_id, given, received


def correct(field: str, value: str | None = None, **said: Any) -> dict[str, Any]:
    """Return what a correction of a typing error says."""
    usual = {"corrected_field": field, "new_value": value, "reason_code": "typing_error"}
    return usual | said


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("product", "parcel", "parcel"),
        ("received_on", "2024-06-01", date(2024, 6, 1)),
        ("received_at", "2024-06-01T09:30:00+02:00", datetime(2024, 6, 1, 7, 30, tzinfo=UTC)),
        ("anonymous", "true", True),
        ("remedy_sought", "R01\nR04", ["R01", "R04"]),
        ("remedy_sought", "", []),
        ("complainant_jurisdiction", "US-CA", "US-CA"),
        ("product", None, None),
    ],
)
def test_a_correction_changes_the_receipt(field: str, text: str | None, value: object) -> None:
    """The receipt reads the new value; a closed complaint may be corrected too."""
    scenario = given(received(product="letter", remedy_sought=["R10"]), closed())
    events = scenario.when("correct", **correct(field, text)).then(CorrectionRecorded)
    state = scenario.and_(*events).state
    assert state is not None
    assert getattr(state.receipt, field) == value


def test_known_becomes_unknown_and_known_again() -> None:
    """Unknown is said by its own mark, and goes with the next value."""
    scenario = given(received(product="parcel"))
    said = scenario.when("correct", **correct("product", unknown=True)).events()
    unknown = scenario.and_(*said)
    assert unknown.state is not None
    assert unknown.state.receipt is not None
    assert unknown.state.receipt.product is None
    assert unknown.state.receipt.unknown_fields == ["product"]
    again = unknown.and_(*unknown.when("correct", **correct("product", "letter")).events()).state
    assert again is not None
    assert again.receipt is not None
    assert (again.receipt.product, again.receipt.unknown_fields) == ("letter", [])


def test_personal_data_is_corrected_under_seal() -> None:
    """A name is given as a personal value, anything else as a plain one."""
    scenario = given(received())
    name = "complainant_name"
    scenario.when("correct", **correct(name, new_personal_value="Jane")).then(CorrectionRecorded)
    error = scenario.when("correct", **correct(name, "Jane")).refused("is personal data; give it")
    assert "Jane" not in str(error)
    scenario.when("correct", **correct("product", new_personal_value="x")).refused(
        "'product' is not personal data", "says that already"
    )


@pytest.mark.parametrize("field", ["reference", "event_id", "coverage", "colour"])
def test_only_a_field_of_the_receipt_is_corrected(field: str) -> None:
    """The reference stays for ever (INV-05), and what does not exist cannot be corrected."""
    given(received()).when("correct", **correct(field, "x")).refused("is not a field to correct")


@pytest.mark.parametrize(
    ("field", "text", "obstacle"),
    [
        ("received_on", "1.6.2024", "does not fit 'received_on'; write an ISO date"),
        ("received_at", "2024-06-01T09:30:00", "write an instant with its offset"),
        ("anonymous", "maybe", "write true or false"),
        ("channel", "pigeon", "channel 'pigeon' is not a known code"),
        ("remedy_sought", "R01\nR99", "remedy_sought 'R99'"),
        ("complainant_jurisdiction", "England", "is not an ISO 3166 code"),
        ("complainant_ref", "jane@example.org", "is not an opaque identifier"),
    ],
)
def test_a_value_is_of_its_field(field: str, text: str, obstacle: str) -> None:
    """A value that its field cannot hold is refused."""
    given(received()).when("correct", **correct(field, text)).refused(obstacle)


def test_a_correction_says_one_new_thing_for_a_reason() -> None:
    """One value, another than before, with a reason of the list, for the receipt."""
    scenario = given(received(product="parcel"))
    scenario.when("correct", **correct("product", "parcel")).refused("says that already")
    scenario.when("correct", **correct("product", "letter", unknown=True)).refused("give one")
    scenario.when("correct", **correct("received_on")).refused("is never empty")
    scenario.when("correct", **correct("product", "letter", reason_code=None)).refused(
        "reason_code is missing"
    )
    scenario.when("correct", **correct("product", "letter", reason_code="whim")).refused("'whim'")
    scenario.when("correct", **correct("product", "letter", target_event_id=event_id(9))).refused(
        "is not the receipt"
    )


@pytest.mark.parametrize(
    ("field", "earlier", "later"),
    [
        ("received_on", "2024-06-02", "2024-06-04"),
        ("received_at", "2024-06-03T09:00:00Z", "2024-06-03T11:00:00Z"),
        ("respond_by", "2024-06-29", "2024-07-01"),
        ("respond_by", "2024-06-29", None),
    ],
)
def test_a_clock_is_moved_later_by_two_people(field: str, earlier: str, later: str | None) -> None:
    """Nobody gains time alone (INV-04); moving a date earlier needs no second person."""
    at = datetime(2024, 6, 3, 10, 0, tzinfo=UTC)
    scenario = given(received(received_at=at, respond_by=date(2024, 6, 30)))
    scenario.when("correct", **correct(field, earlier)).then(CorrectionRecorded)
    scenario.when("correct", **correct(field, later, approved_by="staff-3")).then(
        CorrectionRecorded
    )
    scenario.when("correct", **correct(field, later)).refused("needs a second person (INV-04)")
    scenario.when("correct", **correct(field, later, approved_by="staff-1")).refused("(INV-04)")


def test_nobody_corrects_into_the_future() -> None:
    """First contact stays before now."""
    two = {"approved_by": "staff-3"}
    scenario = given(received())
    scenario.when("correct", **correct("received_on", "2024-06-12", **two)).refused("future")
    scenario.when("correct", **correct("received_at", "2024-06-10T13:00:00Z")).refused("future")
