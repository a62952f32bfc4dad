from __future__ import annotations

from datetime import date

from domain.complaint.events import ComplainantAccepted
from tests.domain.facts import accepted, answered, communicated, decided, investigated, rejected


def test_a_reply_answers_what_was_told() -> None:
    """Nothing is accepted that was not communicated."""
    answered().when("record-acceptance", medium="phone").then(ComplainantAccepted)
    investigated().and_(decided()).when("record-acceptance").refused(
        "no decision on complaint 'C-17' was communicated yet"
    )


def test_a_mind_changes_once() -> None:
    """The opposite reply may follow, the same one is on record already."""
    answered().and_(rejected()).when("record-acceptance").then(ComplainantAccepted)
    answered().and_(accepted()).when("record-acceptance").refused(
        "has the reply accepted of 2024-06-05"
    )
    answered().and_(accepted(), communicated()).when("record-acceptance").then(ComplainantAccepted)


def test_a_reply_comes_after_the_letter() -> None:
    """No reply is dated before the communication; the medium is known."""
    answered().when("record-acceptance", occurred_on=date(2024, 6, 4), medium="owl").refused(
        "was communicated on 2024-06-05, after 2024-06-04", "medium 'owl'"
    )
