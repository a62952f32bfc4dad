"""Facts that most scenarios stand on, and for each command a scenario in which it works."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from domain.complaint import events as e
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


def case(*events: Event) -> Scenario:
    """A complaint that was received, and these facts about it."""
    return given(received(), *events)


NOTICE: Final = fact(e.ExternalNoticeReceived, external_case_id="case-1", edr_body="ombudsman")
DETERMINED: Final = fact(
    e.ExternalOutcomeReceived, external_case_id="case-1", external_outcome="upheld"
)
HOLD: Final = fact(e.HoldPlaced, hold_id="hold-1", hold_kind="expert")
RESTRICTED: Final = fact(
    e.ContactRestrictionImposed,
    restriction_id="restriction-1",
    restriction_kind="written_only",
    conduct_kind="demands",
)
AUTHORITY: Final = fact(
    e.RepresentativeAuthorityRecorded, representative_id="rep-7", representative_kind="lawyer"
)
JOINED: Final = fact(e.ComplainantJoined, party_id="party-2", party_role="joint_complainant")
ACTION: Final = fact(
    e.ActionRaised, action_id="action-1", action_kind="process", action_owner="staff-8"
)
ACTED: Final = fact(e.ActionImplemented, action_id="action-1", actor="staff-8")
OTHER: Final = "018f0000-0000-7000-8000-000000000018"
JULY: Final = date(2024, 7, 1)

SURROUNDING: Final[dict[str, tuple[Scenario, dict[str, Any]]]] = {
    "record-authority": (
        case(),
        {"representative_id": "rep-7", "representative_kind": "lawyer"},
    ),
    "verify-authority": (
        case(AUTHORITY),
        {"representative_id": "rep-7", "authority_evidence": "signed_authority"},
    ),
    "revoke-authority": (case(AUTHORITY), {"representative_id": "rep-7"}),
    "record-support-need": (case(), {"need_code": "large_print"}),
    "provide-adjustment": (
        case(fact(e.SupportNeedRecorded, need_id="need-1", need_code="braille")),
        {"adjustment_code": "braille"},
    ),
    "end-support-need": (
        case(fact(e.SupportNeedRecorded, need_id="need-1", need_code="braille")),
        {},
    ),
    "record-vulnerability": (case(), {"vulnerability_known_by": "observed"}),
    "identify-complainant": (given(received(anonymous=True)), {"complainant_ref": "party-1"}),
    "join-complainant": (case(), {"party_id": "party-2", "party_role": "joint_complainant"}),
    "record-leaving": (case(JOINED), {"party_id": "party-2"}),
    "record-death": (case(), {}),
    "record-consent": (case(), {"consent_purpose": "disclosure"}),
    "withdraw-consent": (
        case(fact(e.ConsentRecorded, consent_id="consent-1", consent_purpose="disclosure")),
        {},
    ),
    "disclose": (
        case(),
        {
            "recipient": "ombudsman",
            "disclosure_basis": "legal_obligation",
            "content_items": ["case_file"],
        },
    ),
    "request-information": (case(), {"asked_of": "complainant", "due_on": JULY}),
    "receive-information": (
        case(fact(e.InformationRequested, request_id="request-1", asked_of="staff")),
        {"complete": True},
    ),
    "record-enquiry": (case(), {"medium": "phone"}),
    "answer-enquiry": (case(fact(e.StatusRequested, enquiry_id="enquiry-1")), {}),
    "send-delay-notice": (
        case(),
        {"old_due_on": date(2024, 6, 17), "new_due_on": JULY, "delay_reason": "complexity"},
    ),
    "extend-deadline": (
        case(),
        {"old_due_on": date(2024, 6, 17), "new_due_on": JULY, "delay_reason": "complexity"},
    ),
    "place-hold": (case(), {"hold_kind": "expert", "review_by": JULY}),
    "review-hold": (case(HOLD), {"review_by": JULY}),
    "release-hold": (case(HOLD), {}),
    "record-failed-communication": (answered(), {"failure_code": "returned"}),
    "raise-issue": (case(), {"issue": "late delivery"}),
    "end-issue": (given(received(issue="late")), {"issue_ending": "withdrawn"}),
    "amend-issue": (
        case(fact(e.IssueRaised, issue_id="issue-1", issue="late")),
        {"issue": "late delivery"},
    ),
    "inform-subject": (case(), {"subject_id": "staff-5"}),
    "take-statement": (
        case(assessed(), opened(), fact(e.SubjectInformed, subject_id="staff-5")),
        {"subject_id": "staff-5"},
    ),
    "record-root-cause": (case(), {"cause_code": "process.delay", "cause_confidence": "high"}),
    "raise-action": (
        case(),
        {"action_kind": "process", "action_owner": "staff-8", "due_on": JULY},
    ),
    "implement-action": (case(ACTION), {}),
    "verify-action": (case(ACTION, ACTED), {"effective": True}),
    "link-promise": (case(), {"promise_ref": "P-3"}),
    "draw-sample": (case(), {}),
    "score-sample": (case(fact(e.QaSampleDrawn, sample_id="sample-1")), {"score": 85}),
    "return-decision": (
        investigated().and_(decided()),
        {"actor": "staff-3"},
    ),
    "approve-redress": (case(offered()), {"redress_id": "r1"}),
    "link": (case(), {"linked_stream_id": OTHER, "link_kind": "same_cause"}),
    "unlink": (
        case(fact(e.ComplaintLinked, linked_stream_id=OTHER, link_kind="related")),
        {"linked_stream_id": OTHER},
    ),
    "merge": (case(), {"into_stream_id": OTHER}),
    "unmerge": (
        case(fact(e.ComplaintMerged, into_stream_id=OTHER)),
        {"into_stream_id": OTHER},
    ),
    "split": (case(), {"part_stream_id": OTHER}),
    "classify": (case(), {"taxonomy": "house"}),
    "reclassify": (
        case(),
        {"kind": "query", "reason_code": "asked_only", "complainant_told": True},
    ),
    "assign-regime": (case(), {"regimes": ["iso-10002"]}),
    "escalate-significant": (case(), {"significance_code": "safety", "told": "role:board"}),
    "restrict-contact": (
        case(),
        {
            "restriction_kind": "written_only",
            "conduct_kind": "demands",
            "review_by": JULY,
            "approved_by": "staff-3",
            "told_in_writing": True,
            "grounds": "threats",
        },
    ),
    "review-restriction": (case(RESTRICTED), {"review_by": JULY}),
    "lift-restriction": (case(RESTRICTED), {}),
    "refund-charge": (
        case(fact(e.ChargeRecorded, charge_id="charge-1", amount_minor=500, currency="EUR")),
        {"amount_minor": 500, "currency": "EUR"},
    ),
    "receive-external-notice": (case(), {"edr_body": "ombudsman"}),
    "send-position": (case(NOTICE), {}),
    "record-external-outcome": (
        case(NOTICE),
        {
            "external_outcome": "upheld",
            "binding_on": "organisation",
            "accepted_by_complainant": True,
        },
    ),
    "record-referral-back": (case(NOTICE), {"respond_by": JULY}),
    "implement-external-remedy": (case(NOTICE, DETERMINED), {}),
}
"""The same for the commands about what surrounds the answer."""

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
    **SURROUNDING,
}
"""For each command the facts before it and what it says; a test holds it total."""
