from __future__ import annotations

from datetime import date

from domain.complaint.events import ComplainantDidNotReply
from tests.domain.facts import answered, communicated, decided, investigated, rejected
from tests.domain.scenario import TODAY


def test_silence_counts_after_the_window() -> None:
    """Nobody is silent before the window that the letter named has ended (INV-21)."""
    (event,) = answered().when("record-no-reply").then(ComplainantDidNotReply)
    assert isinstance(event, ComplainantDidNotReply)
    assert event.window_ended_on == date(2024, 6, 9)
    told = investigated().and_(decided(), communicated(reply_by=TODAY))
    told.when("record-no-reply").refused("runs until 2024-06-10; wait until it has ended")
    answered().when("record-no-reply", occurred_on=date(2024, 6, 9)).refused(
        "runs until 2024-06-09"
    )


def test_without_a_window_there_is_no_silence() -> None:
    """A letter that was not sent, or names no window, leaves the reply open."""
    investigated().when("record-no-reply").refused("was communicated yet")
    investigated().and_(decided(), communicated(reply_by=None)).when("record-no-reply").refused(
        "named no window for a reply"
    )


def test_who_replied_is_not_silent() -> None:
    """A reply that stands excludes silence."""
    answered().and_(rejected()).when("record-no-reply").refused("has the reply rejected of")
