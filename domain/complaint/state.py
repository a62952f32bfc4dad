"""The state of one complaint: independent facets, each derived from its events alone.

There is no status column (domain.md 3.1). `evolve` says how each event moves the facets;
`lifecycle_label` derives the label that people know, which no guard reads.

"Last" means last in the stream's order, that of versions, whatever the dates say, but for
what a source reports as at a date (see `SourceReport`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from domain.complaint.facets.course import REPORTED, Closure
from domain.complaint.facets.handling import Investigation
from domain.complaint.strands import MERGE

if TYPE_CHECKING:
    from datetime import date

    from domain.complaint.events import ComplaintReceived
    from domain.complaint.facets.answer import Communication, Decision, Reply, Signpost, Stage
    from domain.complaint.facets.course import Forwarding, SourceReport
    from domain.complaint.facets.handling import Assessment, Eligibility, Ownership
    from domain.complaint.facets.redress import RedressItem
    from domain.complaint.strands import Strand, StrandItem

Lifecycle = Literal[
    "received",
    "acknowledged",
    "assessed",
    "investigating",
    "deciding",
    "decided",
    "resolving",
    "unresolved",
    "in_review",
    "in_edr",
    "closed",
]


@dataclass(frozen=True, slots=True)
class ComplaintState:
    """What is known of a complaint after `version` events."""

    stream_id: str
    version: int = 0
    """Number of events so far."""
    receipt: ComplaintReceived | None = None
    """The receipt as corrected; null only if facts came without one."""
    acknowledged_on: date | None = None
    """Of the last acknowledgement."""
    eligibility: Eligibility | None = None
    forwarding: Forwarding | None = None
    assessment: Assessment | None = None
    immediate_action: str | None = None
    """Code of the last immediate action, which may be that none was needed."""
    ownership: Ownership | None = None
    investigation: Investigation = field(default_factory=Investigation)
    progress_updates: int = 0
    """Number of progress updates sent."""
    evidence: int = 0
    """Number of pieces of evidence that were added."""
    letters: int = 0
    """Number of letters that were filed."""
    summary_version: int = 0
    """Version of the last summary resolution that the complainant agreed to; 0: none."""
    decisions: tuple[Decision, ...] = ()
    """Oldest first."""
    communication: Communication | None = None
    """The last communication of a decision."""
    last_reply: Reply | None = None
    """The last reply, whether or not it still stands: see `reply`."""
    replies: tuple[Reply, ...] = ()
    """Every reply, oldest first."""
    signpost: Signpost | None = None
    communications: tuple[Communication, ...] = ()
    """Every communication of a decision, oldest first."""
    issue_texts: tuple[tuple[str, str], ...] = ()
    """Id of a point and how it was put, oldest first; the receipt's own issue is `issue-0`."""
    issue_endings: tuple[tuple[str, str, int], ...] = ()
    """Point, code and version of each end without a finding, oldest first."""
    redress: tuple[RedressItem, ...] = ()
    """In the order of their first event."""
    stage: Stage = "first_answer"
    """Moved by the last escalation, internal or external."""
    internal_version: int = 0
    """Version of the last internal escalation; 0: none."""
    reviewer: str | None = None
    attention: int = 0
    """Highest level of the line that was told; 0: nobody."""
    closure: Closure | None = None
    """Of the last closing, if no reopening came after it."""
    reopen_count: int = 0
    reopened_version: int = 0
    """Version of the last reopening; 0: none."""
    withdrawn_version: int = 0
    """Version of the last withdrawal; 0: none."""
    source_report: SourceReport | None = None
    identified: bool = False
    """Whether an anonymous complainant said later who they are."""
    strands: tuple[StrandItem, ...] = ()
    """Holds, representatives, requests and their like, in the order of their first events."""
    closed_or_reopened: bool = False
    """Whether a closing or reopening of our own was ever recorded."""

    @property
    def reference(self) -> str:
        """What people call the complaint: its reference, or the stream id if it has none."""
        named = self.receipt.reference if self.receipt is not None else None
        return named or self.stream_id

    @property
    def coverage(self) -> tuple[str, ...] | None:
        """Steps that the source could report; null: every step."""
        steps = self.receipt.coverage if self.receipt is not None else None
        return None if steps is None else tuple(steps)

    @property
    def current_closure(self) -> Closure | None:
        """The closing that holds: our own, or without any of our own what the source reports."""
        if self.closed_or_reopened:
            return self.closure
        if self.source_report is not None and self.source_report.says_closed:
            return Closure(basis=REPORTED, on=None)
        return None

    @property
    def is_open(self) -> bool:
        """Whether no closing holds."""
        return self.current_closure is None

    @property
    def owner(self) -> str | None:
        """Opaque id of who is responsible."""
        return None if self.ownership is None else self.ownership.owner

    @property
    def decision(self) -> Decision | None:
        """The last decision."""
        return self.decisions[-1] if self.decisions else None

    @property
    def reply(self) -> Reply | None:
        """The last reply if it stands: no communication and no reopening came after it."""
        if self.last_reply is None or self.last_reply.version < self.reopened_version:
            return None
        told = 0 if self.communication is None else self.communication.version
        return self.last_reply if self.last_reply.version > told else None

    @property
    def summary_agreed(self) -> bool:
        """Whether a summary resolution was agreed to since the last reopening."""
        return self.summary_version > self.reopened_version

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was withdrawn since the last reopening."""
        return self.withdrawn_version > self.reopened_version

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody can be reached, because the complainant did not say who they are."""
        anonymous = self.receipt is not None and self.receipt.anonymous is True
        return anonymous and not self.identified

    @property
    def merged_into(self) -> str | None:
        """Stream in which it is handled, if it was merged."""
        running = [item.key for item in self.running(MERGE)]
        return running[-1] if running else None

    def of_kind(self, kind: Strand) -> list[StrandItem]:
        """Return the strands of a kind."""
        return [item for item in self.strands if item.kind is kind]

    def running(self, kind: Strand) -> list[StrandItem]:
        """Return the strands of a kind that began and have not ended."""
        return [item for item in self.of_kind(kind) if item.is_running]

    def strand(self, kind: Strand, key: str) -> StrandItem | None:
        """Return the strand with an id."""
        return next((item for item in self.of_kind(kind) if item.key == key), None)

    def redress_item(self, redress_id: str) -> RedressItem | None:
        """Return the redress of that id."""
        return next((item for item in self.redress if item.redress_id == redress_id), None)


def lifecycle_label(state: ComplaintState) -> Lifecycle:
    """Derive the label of domain.md 3.2 from the facets; the first rule that holds names it.

    v(E) is the version of the last event E of the stream, 0 if there is none; r is
    v(ComplaintReopened); told is v(DecisionCommunicated); the reply is the last of
    ComplainantAccepted, ComplainantRejected and ComplainantDidNotReply, and stands if its
    version is greater than both told and r.

    1. `closed`: of ComplaintClosed and ComplaintReopened the last is ComplaintClosed; or the
       stream has neither and the `cfpb_response` of its last report (greatest `as_of_on`, then
       greatest version, among reports whose `cfpb_response` is not null) begins with `Closed`.
    2. `in_edr`: v(EscalatedExternally) > v(EscalatedInternally).
    3. `in_review`: v(EscalatedInternally) > told.
    4. `unresolved`: the reply stands and is a ComplainantRejected.
    5. `resolving`: the reply stands, is a ComplainantAccepted, and some redress_id has a
       RedressAccepted and no RedressVerified, in any order.
    6. `decided`: the reply stands, or told > r, or v(SummaryResolutionAgreed with
       agreed_by_complainant) > r.
    7. `deciding`: v(DecisionMade) > r, or v(InvestigationCompleted) > r and
       v(InvestigationCompleted) > v(InvestigationOpened).
    8. `investigating`: v(InvestigationOpened) > r.
    9. `assessed`: v(InitialAssessmentMade) > 0.
    10. `acknowledged`: v(ComplaintAcknowledged) > 0.
    11. `received`: anything else.
    """
    if not state.is_open:
        return "closed"
    return _stage_label(state) or _answer_label(state) or _handling_label(state)


def _told(state: ComplaintState) -> int:
    return 0 if state.communication is None else state.communication.version


def _stage_label(state: ComplaintState) -> Lifecycle | None:
    if state.stage == "external":
        return "in_edr"
    if state.internal_version > _told(state):
        return "in_review"
    return None


def _answer_label(state: ComplaintState) -> Lifecycle | None:
    reply = state.reply
    if reply is not None and reply.kind == "rejected":
        return "unresolved"
    unsettled = any(item.is_unsettled for item in state.redress)
    if reply is not None and reply.kind == "accepted" and unsettled:
        return "resolving"
    if reply is not None or _told(state) > state.reopened_version or state.summary_agreed:
        return "decided"
    return None


def _handling_label(state: ComplaintState) -> Lifecycle:
    since = state.reopened_version
    investigation = state.investigation
    decided = state.decision is not None and state.decision.version > since
    if decided or (investigation.is_completed and investigation.completed_version > since):
        return "deciding"
    if investigation.opened_version > since:
        return "investigating"
    if state.assessment is not None:
        return "assessed"
    return "received" if state.acknowledged_on is None else "acknowledged"
