from __future__ import annotations

from datetime import date

from domain.complaint.events import ProgressUpdateSent
from tests.domain.scenario import given, received


def test_news_goes_to_somebody_who_can_be_reached() -> None:
    """An anonymous complainant gets no news."""
    given(received()).when("send-progress-update", medium="phone").then(ProgressUpdateSent)
    given(received(anonymous=True)).when("send-progress-update").refused("is anonymous")


def test_the_next_news_is_promised_for_later() -> None:
    """A promised date is not before the news itself, and the medium is known."""
    past = date(2024, 6, 9)
    given(received()).when("send-progress-update", medium="owl", next_update_by=past).refused(
        "medium 'owl'", "next_update_by 2024-06-09 is before occurred_on 2024-06-10"
    )
