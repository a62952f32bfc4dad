from __future__ import annotations

import itertools
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from domain.complaint.events import CfpbRowReported, ComplaintForwarded, ComplaintReceived
from domain.personal import Plaintext
from domain.sources.cfpb import (
    AT_THE_EARLIEST,
    COMPANY_NOT_NAMED,
    GIVEN,
    OBSERVABLE_STEPS,
    SOURCE,
    AsOf,
    SeenRows,
    facts_for,
    is_open,
    latest_date,
    plan_batch,
    survey,
)
from domain.sources.cfpb_known import Known
from domain.sources.cfpb_row import CfpbRow, SetAside
from tests.sources.rows import a_row, marks

if TYPE_CHECKING:
    from domain.event import Event

MAY, JULY, SEPTEMBER = date(2020, 5, 1), date(2020, 7, 1), date(2020, 9, 1)


def facts(row: CfpbRow, as_of: date = MAY, known: Known | None = None) -> list[Event]:
    """Return what a row adds as at a date."""
    return facts_for(row, as_of=as_of, as_of_basis=GIVEN, known=known or Known(), marks=marks)


def known_after(*reports: tuple[date, CfpbRow]) -> Known:
    """Return what is known once these rows were imported in turn."""
    known = Known()
    for as_of, row in reports:
        known = known.after(facts(row, as_of, known))
    return known


def test_new_row_gives_receipt_forwarding_and_report() -> None:
    """A row states two facts with their dates, and what the extract showed on its own."""
    received, forwarded, reported = facts(a_row())
    assert isinstance(received, ComplaintReceived)
    assert isinstance(forwarded, ComplaintForwarded)
    assert isinstance(reported, CfpbRowReported)
    assert received.occurred_on == received.received_on == date(2020, 3, 18)
    assert (received.received_at, received.occurred_at, received.occurred_zone) == (None,) * 3
    assert (received.reference, received.external_id) == ("CFPB-3571115", "3571115")
    assert (received.channel, received.complainant_jurisdiction) == ("post", "US-FL")
    assert (received.sub_product, received.sub_issue) == (None, None)
    assert received.coverage == list(OBSERVABLE_STEPS)
    assert (forwarded.occurred_on, forwarded.forwarded_to) == (
        date(2020, 3, 19),
        "TRANSWORLD SYSTEMS INC",
    )
    assert (reported.occurred_on, reported.as_of_on, reported.as_of_basis) == (MAY, MAY, GIVEN)
    assert len({event.stream_id for event in (received, forwarded, reported)}) == 1
    assert {event.source for event in (received, forwarded, reported)} == {SOURCE}


def test_blank_not_applicable_and_absent_stay_apart() -> None:
    """A blank cell, N/A and a missing column are three different things that a source says."""
    reported = facts(a_row(tags="", consent="N/A", company=None))[-1]
    assert isinstance(reported, CfpbRowReported)
    assert (reported.cfpb_tags, reported.cfpb_consent, reported.cfpb_company) == ("", "N/A", None)


def test_missing_company_is_no_error() -> None:
    """A layout without companies still says when a complaint was sent on."""
    received, forwarded, _ = facts(a_row(company=None))
    assert isinstance(received, ComplaintReceived)
    assert isinstance(forwarded, ComplaintForwarded)
    assert received.organisation is None
    assert forwarded.forwarded_to == COMPANY_NOT_NAMED


def test_row_without_sent_date_gives_no_forwarding() -> None:
    """What the row does not say is not made up."""
    kinds = [type(event) for event in facts(a_row(date_sent=None))]
    assert kinds == [ComplaintReceived, CfpbRowReported]


def test_sent_date_of_a_later_extract_is_forwarded_then() -> None:
    """A date that an extract first brings becomes a fact when it comes."""
    known = known_after((MAY, a_row(date_sent=None)))
    kinds = [type(event) for event in facts(a_row(), JULY, known)]
    assert kinds == [ComplaintForwarded, CfpbRowReported]


@pytest.mark.parametrize("as_of", [date(2019, 1, 1), MAY, JULY])
def test_equal_row_adds_nothing_whatever_its_date(as_of: date) -> None:
    """The same cells again are unchanged, be the extract older, the same or later."""
    assert facts(a_row(), as_of, known_after((MAY, a_row()))) == []


def test_later_change_adds_the_report_only() -> None:
    """Receipt and forwarding are not repeated when the response changes."""
    known = known_after((MAY, a_row()))
    (reported,) = facts(a_row(response="Closed with explanation"), JULY, known)
    assert isinstance(reported, CfpbRowReported)
    assert reported.cfpb_response == "Closed with explanation"


def test_change_back_is_a_change() -> None:
    """A row is compared with the latest before it, not with all that ever was."""
    known = known_after((MAY, a_row(timely="Yes")), (JULY, a_row(timely="No")))
    assert [type(event) for event in facts(a_row(timely="Yes"), SEPTEMBER, known)] == [
        CfpbRowReported
    ]


def test_late_older_row_is_added_with_its_own_date() -> None:
    """An older extract that differs is a fact of its own date and overrules nothing."""
    known = known_after((JULY, a_row(response="Closed with explanation")))
    (reported,) = facts(a_row(response="In progress"), MAY, known)
    assert reported.occurred_on == MAY
    assert [report.as_of_on for report in known.after([reported]).reports] == [MAY, JULY]


def test_row_between_two_reports_is_compared_with_the_earlier() -> None:
    """What a row adds is judged by what was known as at its date."""
    known = known_after((MAY, a_row(timely="Yes")), (SEPTEMBER, a_row(timely="No")))
    assert facts(a_row(timely="Yes"), JULY, known) == []
    assert len(facts(a_row(timely="No"), JULY, known)) == 1


def test_absent_column_is_no_change_and_a_new_column_is() -> None:
    """A narrower layout says nothing of its missing columns; a wider one says more."""
    known = known_after((MAY, a_row(company=None)))
    assert facts(a_row(company=None, tags=None), JULY, known) == []
    assert len(facts(a_row(), JULY, known)) == 1


def test_column_is_remembered_behind_a_narrower_report() -> None:
    """The latest known value counts column by column."""
    known = known_after((MAY, a_row()), (JULY, a_row(company=None, timely="No")))
    assert facts(a_row(timely="No"), SEPTEMBER, known) == []


def test_changed_receipt_date_is_reported_and_corrects_nothing() -> None:
    """No import corrects a receipt in silence."""
    known = known_after((MAY, a_row()))
    (event,) = facts(a_row(date_received=date(2020, 3, 17)), JULY, known)
    assert isinstance(event, CfpbRowReported)
    assert event.cfpb_date_received == date(2020, 3, 17)


def test_same_row_of_the_same_date_is_never_reported_twice() -> None:
    """Two contradicting extracts of one date, in turn, settle after one report each."""
    one, two = a_row(timely="Yes"), a_row(timely="No")
    known = known_after((MAY, one), (MAY, two))
    assert len(known.reports) == 2
    assert facts(one, MAY, known) == facts(two, MAY, known) == []


def test_narrative_is_counted_and_marked() -> None:
    """Characters, lines and redaction marks are known without opening the seal."""
    text = "XXXX took {$1100.00}\non XX/XX/2018. X\n- XXXX XXXX"
    reported = facts(a_row(narrative=text))[-1]
    assert isinstance(reported, CfpbRowReported)
    assert reported.narrative == Plaintext(text)
    assert reported.cfpb_has_narrative is True
    assert reported.narrative_characters == len(text)
    assert (reported.narrative_lines, reported.narrative_redactions) == (3, 5)
    assert reported.narrative_mark == marks(reported.stream_id, text)
    assert "took" not in repr(reported)


def test_line_ends_of_a_rendering_are_no_change() -> None:
    """CRLF and CR inside a cell come from who wrote the file, not from the consumer."""
    events = [facts(a_row(narrative=f"one{end}two")) for end in ("\n", "\r\n", "\r")]
    assert events[0] == events[1] == events[2]


def test_withdrawn_narrative_is_a_change() -> None:
    """A narrative that is no longer published is reported as gone."""
    known = known_after((MAY, a_row(narrative="told")))
    (event,) = facts(a_row(narrative=""), JULY, known)
    assert isinstance(event, CfpbRowReported)
    assert (event.cfpb_has_narrative, event.narrative_mark) == (False, None)
    assert facts(a_row(narrative=""), JULY, known.after([event])) == []


def test_event_ids_depend_on_content_alone() -> None:
    """A derived event's bytes depend on nothing but what its id is derived from (RULES 1)."""
    changes: tuple[dict[str, Any], ...] = (
        {},
        {"tags": None},
        {"tags": "Servicemember"},
        {"narrative": "a"},
        {"narrative": "b"},
        {"company": "X"},
        {"date_sent": date(2020, 4, 1)},
        {"date_received": date(2020, 3, 1)},
        {"state": "CA"},
    )
    by_id: dict[object, Event] = {}
    for change, as_of, basis in itertools.product(changes, (MAY, JULY), (GIVEN, AT_THE_EARLIEST)):
        row = a_row(line=9, record=8, **change)
        for event in facts_for(row, as_of=as_of, as_of_basis=basis, known=Known(), marks=marks):
            assert by_id.setdefault(event.event_id, event) == event
    reports = [event for event in by_id.values() if isinstance(event, CfpbRowReported)]
    assert len(reports) == len(changes) * 4


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Web", "web"),
        ("Referral", "referral"),
        ("Phone", "phone"),
        ("Postal mail", "post"),
        ("Fax", "fax"),
        ("Email", "email"),
        ("Web Referral", "web_referral"),
        ("N/A", None),
        ("", None),
        (None, None),
    ],
)
def test_channel_is_a_code(said: str | None, code: str | None) -> None:
    """Channels are codes; one that no list knows is kept as a code, too."""
    received = facts(a_row(submitted_via=said))[0]
    assert isinstance(received, ComplaintReceived)
    assert received.channel == code


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("CA", "US-CA"),
        ("AE", "US"),
        ("FM", "FM"),
        ("", None),
        ("N/A", None),
        ("UNITED STATES MINOR OUTLYING ISLANDS", None),
        (None, None),
    ],
)
def test_jurisdiction_is_an_iso_code(state: str | None, code: str | None) -> None:
    """A state is an ISO 3166-2 code; posts of the forces and own countries are none."""
    received = facts(a_row(state=state))[0]
    assert isinstance(received, ComplaintReceived)
    assert received.complainant_jurisdiction == code


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        ("In progress", True),
        ("Untimely response", True),
        ("Closed", False),
        ("Closed with monetary relief", False),
        ("", None),
        ("N/A", None),
        (None, None),
    ],
)
def test_response_says_whether_it_is_open(response: str | None, answer: bool | None) -> None:  # noqa: FBT001
    """In progress and untimely are open, closed is reported closed, anything else says nothing."""
    assert is_open(response) is answer


def test_latest_date_counts_received_and_sent() -> None:
    """Without a given date an extract is of its latest date, at the earliest."""
    rows: list[CfpbRow | SetAside] = [
        a_row(),
        a_row(date_sent=MAY),
        a_row(date_sent=None),
        SetAside(4, 3, None, "why"),
    ]
    assert latest_date(rows) == MAY
    assert latest_date([]) is None


def test_survey_finds_the_repeated_ids() -> None:
    """A first pass names the complaints that stand in several rows, however large their ids."""
    ids = ["5", "134217727", "134217728", "999999999999", "5", "999999999999"]
    found = survey(a_row(complaint_id=number) for number in ids)
    assert found.repeated == {"5", "999999999999"}
    assert found.rows == 6


def test_batch_takes_rows_of_one_complaint_in_order_of_extracts() -> None:
    """A file that holds several extracts is told in their order, not in the file's."""
    rows = [
        a_row(line=2, record=1, as_of=JULY, response="Closed"),
        a_row(line=3, record=2, as_of=MAY, response="In progress"),
        a_row(line=4, record=3, as_of=SEPTEMBER, response="Closed"),
    ]
    plan = plan_batch(rows, {}, as_of=AsOf(JULY, AT_THE_EARLIEST), marks=marks)
    reports = [event for event in plan.events if isinstance(event, CfpbRowReported)]
    assert [(event.as_of_on, event.cfpb_response) for event in reports] == [
        (MAY, "In progress"),
        (JULY, "Closed"),
    ]
    assert {event.as_of_basis for event in reports} == {GIVEN}
    assert (plan.imported, plan.unchanged, len(plan.set_aside)) == (2, 1, 0)


def test_contradicting_row_of_the_same_date_is_set_aside() -> None:
    """Of two rows that cannot both be true of one date the later goes to a person."""
    rows = [a_row(), a_row(line=7, record=6, timely="No"), a_row(line=8, record=7)]
    plan = plan_batch(rows, {}, as_of=AsOf(MAY, AT_THE_EARLIEST), marks=marks)
    assert (plan.imported, plan.unchanged) == (1, 1)
    (item,) = plan.set_aside
    assert (item.line, item.field) == (7, "complaint_id")
    assert "line 2" in item.reason


def test_contradiction_is_found_across_batches_and_after_a_kill() -> None:
    """Where a file is split, and whether half of it is known already, changes no verdict."""
    one, two = a_row(), a_row(line=7, record=6, timely="No")
    as_of = AsOf(MAY, AT_THE_EARLIEST)
    known: dict[str, Known] = {}
    for _ in range(2):
        seen = SeenRows(survey([one, two]).repeated)
        first = plan_batch([one], known, as_of=as_of, marks=marks, seen=seen)
        known |= first.known
        second = plan_batch([two], known, as_of=as_of, marks=marks, seen=seen)
        assert (second.events, len(second.set_aside)) == ((), 1)
