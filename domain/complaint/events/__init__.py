"""The catalogue of the Complaint stream's events, in the order of a complaint's life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.complaint.events.course import (
    AttentionRaised,
    ComplaintClosed,
    ComplaintReopened,
    ComplaintWithdrawn,
    CorrectionRecorded,
    EscalatedExternally,
    EscalatedInternally,
)
from domain.complaint.events.decision import (
    ComplainantAccepted,
    ComplainantDidNotReply,
    ComplainantRejected,
    DecisionApproved,
    DecisionCommunicated,
    DecisionMade,
    IssueOutcome,
    SignpostedToEdr,
    SummaryResolutionAgreed,
)
from domain.complaint.events.filing import EvidenceAdded, LetterFiled
from domain.complaint.events.handling import (
    ComplaintAssigned,
    FindingRecorded,
    ImmediateActionTaken,
    InitialAssessmentMade,
    InvestigationCompleted,
    InvestigationOpened,
    ProgressUpdateSent,
)
from domain.complaint.events.intake import (
    ComplaintAcknowledged,
    ComplaintForwarded,
    ComplaintReceived,
    EligibilityDetermined,
)
from domain.complaint.events.redress import (
    RedressAccepted,
    RedressDeclined,
    RedressFulfilled,
    RedressOffered,
    RedressVerified,
)
from domain.complaint.events.reported import CfpbRowReported

if TYPE_CHECKING:
    from domain.event import Event

COMPLAINT_EVENTS: tuple[type[Event], ...] = (
    ComplaintReceived,
    ComplaintAcknowledged,
    EligibilityDetermined,
    ComplaintForwarded,
    InitialAssessmentMade,
    ImmediateActionTaken,
    ComplaintAssigned,
    InvestigationOpened,
    FindingRecorded,
    InvestigationCompleted,
    ProgressUpdateSent,
    EvidenceAdded,
    LetterFiled,
    SummaryResolutionAgreed,
    DecisionMade,
    DecisionApproved,
    DecisionCommunicated,
    ComplainantAccepted,
    ComplainantRejected,
    ComplainantDidNotReply,
    SignpostedToEdr,
    RedressOffered,
    RedressAccepted,
    RedressDeclined,
    RedressFulfilled,
    RedressVerified,
    EscalatedInternally,
    EscalatedExternally,
    AttentionRaised,
    ComplaintClosed,
    ComplaintReopened,
    ComplaintWithdrawn,
    CorrectionRecorded,
    CfpbRowReported,
)

__all__ = [
    "COMPLAINT_EVENTS",
    "AttentionRaised",
    "CfpbRowReported",
    "ComplainantAccepted",
    "ComplainantDidNotReply",
    "ComplainantRejected",
    "ComplaintAcknowledged",
    "ComplaintAssigned",
    "ComplaintClosed",
    "ComplaintForwarded",
    "ComplaintReceived",
    "ComplaintReopened",
    "ComplaintWithdrawn",
    "CorrectionRecorded",
    "DecisionApproved",
    "DecisionCommunicated",
    "DecisionMade",
    "EligibilityDetermined",
    "EscalatedExternally",
    "EscalatedInternally",
    "EvidenceAdded",
    "FindingRecorded",
    "ImmediateActionTaken",
    "InitialAssessmentMade",
    "InvestigationCompleted",
    "InvestigationOpened",
    "IssueOutcome",
    "LetterFiled",
    "ProgressUpdateSent",
    "RedressAccepted",
    "RedressDeclined",
    "RedressFulfilled",
    "RedressOffered",
    "RedressVerified",
    "SignpostedToEdr",
    "SummaryResolutionAgreed",
]
