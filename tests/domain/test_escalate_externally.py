from __future__ import annotations

from typing import Any

import pytest

from domain.complaint.events import EscalatedExternally
from tests.domain.facts import answered


@pytest.mark.parametrize(
    "said", [{"requested_by": "complainant"}, {"requested_by": "representative"}, {"consent": True}]
)
def test_the_complainant_goes_outside(said: dict[str, Any]) -> None:
    """A complaint goes outside at the complainant's request or with their consent."""
    answered().when("escalate-externally", edr_body="ombudsman", **said).then(EscalatedExternally)


@pytest.mark.parametrize("said", [{}, {"requested_by": "procedure"}, {"consent": False}])
def test_nobody_is_sent_outside_unasked(said: dict[str, Any]) -> None:
    """Without request and consent nobody takes a complaint outside."""
    answered().when("escalate-externally", edr_body="ombudsman", **said).refused(
        "goes outside at the complainant's request or with their consent"
    )


def test_the_body_and_the_request_are_named() -> None:
    """A body is named, and who requested it is of the list."""
    answered().when("escalate-externally", edr_body="", requested_by="press", consent=True).refused(
        "edr_body is missing", "requested_by 'press'"
    )
