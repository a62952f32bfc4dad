"""Facts that most scenarios stand on, and for each command a scenario in which it works."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from domain.complaint.events import (
    ComplainantAccepted,
    ComplainantDidNotReply,
    ComplainantRejected,
    ComplaintClosed,
    ComplaintForwarded,
    ComplaintReopened,
    ComplaintWithdrawn,
    DecisionApproved,
    DecisionCommunicated,
    DecisionMade,
    EligibilityDetermined,
    EscalatedExternally,
    EscalatedInternally,
    FindingRecorded,
    InitialAssessmentMade,
    InvestigationCompleted,
    InvestigationOpened,
    RedressAccepted,
    RedressFulfilled,
    RedressOffered,
    SignpostedToEdr,
    SummaryResolutionAgreed,
)
from tests.domain.scenario import Scenario, event_id, fact, given, received

if TYPE_CHECKING:
    from domain.event import Event

ASSESSMENT: Final[dict[str, Any]] = {
    "severity": 3,
    "safety": False,
    "complexity": 2,
    "impact": 1,
    "immediate_action_needed": False,
    "immediate_action_possible": True,
}
OFFER: Final[dict[str, Any]] = {
    "redress_kind": "R04",
    "amount_minor": 2500,
    "currency": "EUR",
    "expires_on": date(2024, 7, 31),
    "without_liability": True,
}
DECISION: Final = event_id(71)
FILE: Final[dict[str, Any]] = {
    "media_type": "application/pdf",
    "file_size": 48_213,
    "file_digest": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    "file_class": "narrative",
    "file_key_id": "3f2a9c5e7b1d4f608a9be0c1d2e3f405",
}


def assessed() -> Event:
    """An assessment of all six parameters."""
    return fact(InitialAssessmentMade, **ASSESSMENT)


def opened() -> Event:
    """An investigation by staff-1."""
    return fact(InvestigationOpened)


def found() -> Event:
    """A finding on the late delivery."""
    return fact(FindingRecorded, finding_issue="late delivery", finding="substantiated")


def completed() -> Event:
    """The end of the investigation."""
    return fact(InvestigationCompleted)


def decided(**said: Any) -> Event:
    """A decision by staff-2."""
    usual = {"event_id": DECISION, "actor": "staff-2", "outcome": "upheld"}
    return fact(DecisionMade, **(usual | said))


def approved(**said: Any) -> Event:
    """An approval of it by staff-3."""
    return fact(DecisionApproved, **({"actor": "staff-3", "decision_event_id": DECISION} | said))


def communicated(**said: Any) -> Event:
    """Its communication, with a window until yesterday."""
    return fact(DecisionCommunicated, **({"reply_by": date(2024, 6, 9)} | said))


def accepted() -> Event:
    """An acceptance."""
    return fact(ComplainantAccepted)


def rejected() -> Event:
    """A rejection."""
    return fact(ComplainantRejected)


def signposted(**said: Any) -> Event:
    """A signposting with its notice."""
    return fact(SignpostedToEdr, **({"edr_body": "ombudsman", "notices": ["N02"]} | said))


def offered(**said: Any) -> Event:
    """An offer r1 of 25 euros by staff-2."""
    return fact(RedressOffered, **({"redress_id": "r1", "actor": "staff-2"} | OFFER | said))


def redress_accepted() -> Event:
    """The acceptance of r1."""
    return fact(RedressAccepted, redress_id="r1")


def fulfilled(**said: Any) -> Event:
    """The payment of r1 by staff-4."""
    usual = {"redress_id": "r1", "actor": "staff-4", "amount_minor": 2500, "currency": "EUR"}
    return fact(RedressFulfilled, **(usual | said))


def in_review() -> Event:
    """An internal escalation at the complainant's request."""
    return fact(EscalatedInternally, requested_by="complainant")


def outside() -> Event:
    """An external escalation at the complainant's request."""
    return fact(EscalatedExternally, edr_body="ombudsman", requested_by="complainant")


def summary_agreed(*, agreed: bool = True) -> Event:
    """A summary resolution."""
    return fact(SummaryResolutionAgreed, resolution_code="R04", agreed_by_complainant=agreed)


def withdrawn() -> Event:
    """A withdrawal by the complainant."""
    return fact(ComplaintWithdrawn, withdrawn_by="complainant")


def silent() -> Event:
    """A silence after a window that ended yesterday."""
    return fact(ComplainantDidNotReply, window_ended_on=date(2024, 6, 9))


def ineligible() -> Event:
    """A finding that it need not be handled."""
    return fact(EligibilityDetermined, eligible=False, reason_code="time_barred")


def forwarded(**said: Any) -> Event:
    """A forwarding to the carrier."""
    return fact(ComplaintForwarded, forwarded_to="Carrier", **said)


def closed() -> Event:
    """A closing of our own."""
    return fact(ComplaintClosed, closure_basis="accepted")


def reopened() -> Event:
    """A reopening."""
    return fact(ComplaintReopened, reason_code="new_evidence")


def investigated() -> Scenario:
    """A complaint that was received, assessed and investigated."""
    return given(received(), assessed(), opened(), found(), completed())


def answered() -> Scenario:
    """A complaint whose decision was communicated, with a window until yesterday."""
    return investigated().and_(decided(), communicated())


WORKING: Final[dict[str, tuple[Scenario, dict[str, Any]]]] = {
    "log": (given(), {"reference": "C-17"}),
    "acknowledge": (given(received()), {"medium": "email"}),
    "determine-eligibility": (given(received()), {"eligible": True, "reason_code": "in_scope"}),
    "forward": (
        given(received()),
        {"forwarded_to": "Carrier", "reason_code": "not_ours", "complainant_told": True},
    ),
    "assess": (given(received()), ASSESSMENT),
    "take-immediate-action": (given(received()), {"action_code": "made_safe"}),
    "assign": (given(received()), {"owner": "staff-12"}),
    "open-investigation": (given(received(), assessed()), {}),
    "record-finding": (
        given(received(), assessed(), opened()),
        {"finding": "substantiated", "finding_issue": "late delivery"},
    ),
    "complete-investigation": (given(received(), assessed(), opened(), found()), {}),
    "send-progress-update": (given(received()), {"medium": "phone"}),
    "attach": (given(received()), FILE),
    "letter": (given(received()), FILE),
    "resolve-summarily": (
        given(received()),
        {"resolution_code": "R04", "agreed_by_complainant": True},
    ),
    "decide": (investigated(), {"outcome": "upheld", "reasons": "it came late"}),
    "approve-decision": (investigated().and_(decided()), {"actor": "staff-3"}),
    "communicate-decision": (investigated().and_(decided()), {"medium": "post"}),
    "record-acceptance": (answered(), {"medium": "phone"}),
    "record-rejection": (answered(), {"medium": "phone"}),
    "record-no-reply": (answered(), {}),
    "signpost": (answered(), {"edr_body": "ombudsman", "notices": ["N02"]}),
    "offer-redress": (given(received()), OFFER),
    "accept-redress": (given(received(), offered()), {"redress_id": "r1"}),
    "decline-redress": (given(received(), offered()), {"redress_id": "r1"}),
    "fulfil-redress": (
        given(received(), offered(), redress_accepted()),
        {"redress_id": "r1", "amount_minor": 2500, "currency": "EUR"},
    ),
    "verify-redress": (
        given(received(), offered(), redress_accepted(), fulfilled()),
        {"redress_id": "r1"},
    ),
    "escalate-internally": (answered(), {"requested_by": "complainant", "reviewer": "staff-9"}),
    "escalate-externally": (answered(), {"edr_body": "ombudsman", "consent": True}),
    "raise-attention": (given(received()), {"level": 2}),
    "close": (answered().and_(accepted()), {"closure_basis": "accepted"}),
    "reopen": (answered().and_(accepted(), closed()), {"reason_code": "new_evidence"}),
    "withdraw": (given(received()), {"withdrawn_by": "complainant"}),
    "correct": (
        given(received()),
        {"corrected_field": "product", "new_value": "parcel", "reason_code": "typing_error"},
    ),
}
"""For each command the facts before it and what it says; a test holds it total."""
