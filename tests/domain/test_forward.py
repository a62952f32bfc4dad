from __future__ import annotations

from domain.complaint.events import ComplaintForwarded
from tests.domain.scenario import given, received


def test_the_complainant_learns_of_the_forwarding() -> None:
    """Forwarding has a reason and is told to the complainant."""
    said = {"forwarded_to": "Carrier", "reason_code": "not_ours"}
    given(received()).when("forward", **said, complainant_told=True).then(ComplaintForwarded)
    given(received()).when("forward", **said).refused("was not told of the forwarding")
    given(received(anonymous=True)).when("forward", **said).then(ComplaintForwarded)


def test_forwarding_has_a_reason() -> None:
    """Reasonable grounds are named by a code."""
    given(received()).when("forward", forwarded_to="Carrier", complainant_told=True).refused(
        "reason_code is missing"
    )
