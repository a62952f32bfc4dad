from __future__ import annotations

from datetime import UTC, date, datetime

from domain.complaint.events import ComplaintReceived
from tests.domain.scenario import TODAY, given, received


def test_the_receipt_carries_what_was_said() -> None:
    """A receipt holds the given fields; what was left out was not asked."""
    (event,) = (
        given()
        .when("log", reference="C-17", channel="phone", kind="complaint")
        .then(ComplaintReceived)
    )
    assert isinstance(event, ComplaintReceived)
    assert (event.channel, event.kind, event.kind_classified_by) == (
        "phone",
        "complaint",
        "staff-1",
    )
    assert event.product is None
    assert event.unknown_fields == []


def test_first_contact_is_the_act_itself_unless_said() -> None:
    """A letter received on Friday and logged on Monday is received on Friday."""
    (event,) = given().when("log").then(ComplaintReceived)
    assert isinstance(event, ComplaintReceived)
    assert event.received_on == TODAY
    (late,) = given().when("log", received_on=date(2024, 6, 7)).then(ComplaintReceived)
    assert isinstance(late, ComplaintReceived)
    assert (late.received_on, late.occurred_on) == (date(2024, 6, 7), TODAY)


def test_nobody_receives_in_the_future() -> None:
    """First contact is not after now, and not after the act (INV-04)."""
    given().when("log", received_on=date(2024, 6, 12)).refused(
        "received_on 2024-06-12 is in the future", "occurred_on 2024-06-10 is before received_on"
    )
    at = datetime(2024, 6, 10, 13, 0, tzinfo=UTC)
    given().when("log", received_at=at).refused("received_at 2024-06-10T13:00:00+00:00 is in")


def test_a_date_is_judged_where_it_is_a_date() -> None:
    """East of UTC a day begins earlier; without a zone the earliest place on earth counts."""
    given().when("log", occurred_on=date(2024, 6, 11)).then(ComplaintReceived)
    given().when("log", occurred_on=date(2024, 6, 11), occurred_zone="Europe/Berlin").refused(
        "occurred_on 2024-06-11 is in the future"
    )


def test_codes_are_those_of_their_lists() -> None:
    """A command refuses a code that its list does not know, and says which there are."""
    given().when(
        "log",
        channel="pigeon",
        kind="rant",
        complainant_category="king",
        remedy_sought=["R99"],
        complainant_jurisdiction="England",
    ).refused(
        "channel 'pigeon' is not a known code; choose one of web,",
        "kind 'rant' is not",
        "complainant_category 'king' is not",
        "remedy_sought 'R99' is not",
        "complainant_jurisdiction is not an ISO 3166 code",
    )


def test_dates_that_belong_together_are_in_order() -> None:
    """Awareness precedes receipt, a matter ends after it began, an answer follows receipt."""
    given().when(
        "log",
        aware_on=date(2024, 6, 11),
        incident_on=date(2024, 5, 2),
        incident_until=date(2024, 5, 1),
        respond_by=date(2024, 6, 9),
    ).refused(
        "received_on 2024-06-10 is before aware_on",
        "incident_until 2024-05-01 is before incident_on",
        "respond_by 2024-06-09 is before received_on",
    )


def test_unknown_is_not_the_same_as_not_asked() -> None:
    """A field that was asked and is not known is named, and has no value."""
    (event,) = given().when("log", unknown_fields=["product"]).then(ComplaintReceived)
    assert isinstance(event, ComplaintReceived)
    assert event.unknown_fields == ["product"]
    given().when("log", product="parcel", unknown_fields=["product", "weather"]).refused(
        "'product' is named as unknown and has a value", "no field of the receipt"
    )


def test_a_complaint_is_logged_once() -> None:
    """One stream holds one complaint for ever (INV-05)."""
    given(received()).when("log", reference="C-18").refused("'C-17' was logged already (INV-05)")


def test_what_the_complainant_said_waits_for_its_seal() -> None:
    """A narrative travels as plaintext that shows itself nowhere."""
    (event,) = given().when("log", narrative="my parcel came late").then(ComplaintReceived)
    assert "parcel" not in repr(event)
