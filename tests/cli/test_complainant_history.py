"""A history that a complainant can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaints_ledger.complainant_history import complainant_history, messages
from domain.complaint.events import COMPLAINT_EVENTS

if TYPE_CHECKING:
    from tests.cli.conftest import Complaints

ON = ("--occurred-on", "2025-03-03")


def test_it_has_words_and_no_names(ledger: Complaints) -> None:
    """No id of staff, no step of the house, and what happens next and by when."""
    log = ("case", "log", "--reference", "C-17", "--received-on", "2025-03-03", *ON)
    assert ledger(*log, "--respond-by", "2025-03-31").code == 0
    for act in (
        ("assign", "C-17", "--owner", "staff-12"),
        ("raise-attention", "C-17", "--level", "2", "--told", "role:lead"),
        ("send-progress-update", "C-17", "--medium", "email", "--next-update-by", "2025-03-10"),
    ):
        assert ledger("case", *act, *ON).code == 0
    told = ledger("history", "C-17", "--for", "complainant").out
    assert "We received your complaint." in told
    assert "Somebody is responsible for your complaint." in told
    assert "staff-12" not in told
    assert "attention" not in told
    assert "We owe you an answer by 2025-03-31." in told
    assert "You hear from us again by 2025-03-10." in told
    (as_json,) = ledger("history", "C-17", "--for", "complainant", "--json").objects
    assert [line["day"] for line in as_json["history"]] == ["2025-03-03"] * 3


def test_whom_and_in_what_language_is_asked_back(ledger: Complaints) -> None:
    """A reader or a language that is not there is named."""
    assert ledger("case", "log", "--reference", "C-17").code == 0
    done = ledger("history", "C-17", "--for", "neighbour")
    assert done.code == 2
    assert "'neighbour' is nobody whom a history is told to" in done.err
    done = ledger("history", "C-17", "--for", "complainant", "--language", "xx")
    assert done.code == 2
    assert "choose one of en" in done.err


def test_a_promise_that_was_kept_is_none_any_more() -> None:
    """A date stands until what it announced has come."""
    rows: list[dict[str, Any]] = [
        {
            "event_type": "complaints.decision_communicated.v1",
            "payload": '{"reply_by": "2025-04-01"}',
        },
        {"event_type": "complaints.complainant_rejected.v1", "payload": None},
    ]
    state = {"is_open": True, "communicated_on": "2025-03-01", "respond_by": "2025-03-31"}
    for row in rows:
        row["occurred_on"] = "2025-03-01"
    assert complainant_history(rows[:1], state)["next"] == ["You can reply until 2025-04-01."]
    assert complainant_history(rows, state)["next"] == ["We go on handling it."]
    closed = state | {"is_open": False}
    assert "Nothing more happens" in complainant_history(rows, closed)["next"][0]


def test_every_event_that_has_words_exists() -> None:
    """The file of words names events of the catalogue only."""
    names = {each.TOPIC.split(".")[1] for each in COMPLAINT_EVENTS}
    assert set(messages("en")["events"]) <= names
