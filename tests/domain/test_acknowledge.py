from __future__ import annotations

from domain.complaint.events import ComplaintAcknowledged
from tests.domain.scenario import fact, given, received


def test_receipt_is_confirmed() -> None:
    """An acknowledgement is sent through a known channel."""
    given(received()).when("acknowledge", medium="email").then(ComplaintAcknowledged)
    given(received()).when("acknowledge", medium="owl").refused("medium 'owl' is not a known code")


def test_receipt_is_confirmed_once() -> None:
    """After the acknowledgement news is a progress update."""
    given(received(), fact(ComplaintAcknowledged)).when("acknowledge").refused(
        "'C-17' was acknowledged on 2024-06-05 already; send news as a progress update "
        "(complaints case send-progress-update C-17)"
    )


def test_nobody_acknowledges_to_nobody() -> None:
    """An anonymous complainant cannot be reached."""
    given(received(anonymous=True)).when("acknowledge").refused("'C-17' is anonymous")
    given(received(anonymous=False)).when("acknowledge").then(ComplaintAcknowledged)
