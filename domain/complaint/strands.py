"""What runs inside a complaint with an id, a beginning and an end of its own: a strand.

A hold, a representative's authority, a request for information: each is declared once here.
The state keeps the strands of a complaint, commands open, move and end them, and each kind
has a read model with one row per strand; all of them follow this declaration.

An end is no annulment: it closes an interval that stays visible and counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from domain.complaint import events as e

if TYPE_CHECKING:
    from datetime import date

    from domain.event import Event


@dataclass(frozen=True, slots=True)
class Strand:
    """A kind of strand: which events begin, move and end it, and what tells two apart."""

    name: str
    """Singular; an id of ours begins with it."""
    label: str
    """How a message calls it."""
    command: str
    """The command that begins it."""
    table: str
    """Name of its read model."""
    question: str
    key: str
    """Field of every one of its events that holds its id."""
    opened_by: type[Event]
    verb: str
    """What `opened_by` did, for its columns."""
    moved_by: tuple[tuple[type[Event], str], ...] = ()
    ended_by: tuple[tuple[type[Event], str], ...] = ()

    @property
    def steps(self) -> tuple[tuple[type[Event], str], ...]:
        """Every event of it with its verb, in the order of a life."""
        return ((self.opened_by, self.verb), *self.moved_by, *self.ended_by)


@dataclass(frozen=True, slots=True)
class StrandItem:
    """One strand of a complaint, as far as its events tell.

    A version is that of the last event of its kind; 0: there was none. An event without a
    beginning is kept all the same: facts come in any order.
    """

    kind: Strand
    key: str
    opened: Event | None = None
    opened_version: int = 0
    ended_version: int = 0
    last: tuple[tuple[type[Event], int], ...] = ()
    """Every kind of event that it has, with the version of the last."""
    expires_on: date | None = None
    """The last date that any of its events gave for its end."""

    @property
    def is_running(self) -> bool:
        """Whether it began and has not ended since."""
        return self.opened_version > self.ended_version

    def version_of(self, event_type: type[Event]) -> int:
        """Version of its last event of a type; 0: none."""
        return dict(self.last).get(event_type, 0)

    def has_since_opened(self, event_type: type[Event]) -> bool:
        """Whether an event of a type came after its beginning."""
        return self.version_of(event_type) > self.opened_version


REPRESENTATIVE: Final = Strand(
    "representative",
    "representative",
    "record-authority",
    "representatives",
    "Who says that they act for the complainant, and was it verified?",
    "representative_id",
    e.RepresentativeAuthorityRecorded,
    "recorded",
    ((e.RepresentativeAuthorityVerified, "verified"),),
    ((e.RepresentativeAuthorityRevoked, "revoked"),),
)
SUPPORT_NEED: Final = Strand(
    "need",
    "support need",
    "record-support-need",
    "support_needs",
    "What support does somebody need, and was it given?",
    "need_id",
    e.SupportNeedRecorded,
    "recorded",
    ((e.AdjustmentProvided, "adjusted"),),
    ((e.SupportNeedEnded, "ended"),),
)
PARTY: Final = Strand(
    "party",
    "joint complainant",
    "join-complainant",
    "joint_parties",
    "Who else complains, or is affected?",
    "party_id",
    e.ComplainantJoined,
    "joined",
    (),
    ((e.ComplainantLeft, "left"),),
)
CONSENT: Final = Strand(
    "consent",
    "consent",
    "record-consent",
    "consents",
    "What was consented to, and does it stand?",
    "consent_id",
    e.ConsentRecorded,
    "given",
    (),
    ((e.ConsentWithdrawn, "withdrawn"),),
)
INFORMATION_REQUEST: Final = Strand(
    "request",
    "request for information",
    "request-information",
    "information_requests",
    "What was asked, and did an answer come?",
    "request_id",
    e.InformationRequested,
    "asked",
    (),
    ((e.InformationReceived, "received"),),
)
STATUS_ENQUIRY: Final = Strand(
    "enquiry",
    "enquiry about the status",
    "record-enquiry",
    "status_enquiries",
    "Who asked how far it is, and was it answered?",
    "enquiry_id",
    e.StatusRequested,
    "asked",
    (),
    ((e.StatusProvided, "answered"),),
)
HOLD: Final = Strand(
    "hold",
    "hold",
    "place-hold",
    "holds",
    "What holds each complaint up, since when and until when?",
    "hold_id",
    e.HoldPlaced,
    "placed",
    ((e.HoldReviewed, "reviewed"),),
    ((e.HoldReleased, "released"),),
)
ISSUE: Final = Strand(
    "issue",
    "issue",
    "raise-issue",
    "issues",
    "Which points does each complaint raise?",
    "issue_id",
    e.IssueRaised,
    "raised",
    ((e.IssueAmended, "amended"),),
)
SUBJECT: Final = Strand(
    "subject",
    "member of staff",
    "inform-subject",
    "subjects",
    "Which staff are complained about, and were they told and heard?",
    "subject_id",
    e.SubjectInformed,
    "informed",
    ((e.SubjectStatementTaken, "heard"),),
)
ROOT_CAUSE: Final = Strand(
    "cause",
    "root cause",
    "record-root-cause",
    "root_causes",
    "Why did it happen, as found?",
    "cause_id",
    e.RootCauseRecorded,
    "recorded",
)
ACTION: Final = Strand(
    "action",
    "action",
    "raise-action",
    "actions",
    "What is done about causes, and does it help?",
    "action_id",
    e.ActionRaised,
    "raised",
    ((e.ActionImplemented, "implemented"),),
    ((e.ActionEffectivenessVerified, "verified"),),
)
QA_SAMPLE: Final = Strand(
    "sample",
    "sample",
    "draw-sample",
    "qa_samples",
    "Which handling was sampled, and how good was it?",
    "sample_id",
    e.QaSampleDrawn,
    "drawn",
    (),
    ((e.QaSampleScored, "scored"),),
)
LINK: Final = Strand(
    "link",
    "link to",
    "link",
    "links",
    "Which complaints have to do with each other?",
    "linked_stream_id",
    e.ComplaintLinked,
    "linked",
    (),
    ((e.ComplaintUnlinked, "unlinked"),),
)
MERGE: Final = Strand(
    "merge",
    "merge into",
    "merge",
    "merged_complaints",
    "Which complaints are handled in another one?",
    "into_stream_id",
    e.ComplaintMerged,
    "merged",
    (),
    ((e.ComplaintUnmerged, "unmerged"),),
)
SPLIT: Final = Strand(
    "part",
    "part",
    "split",
    "parts",
    "Which parts became complaints of their own?",
    "part_stream_id",
    e.ComplaintSplit,
    "split",
)
RESTRICTION: Final = Strand(
    "restriction",
    "restriction of contact",
    "restrict-contact",
    "contact_restrictions",
    "Whose contact is limited, how, and until when?",
    "restriction_id",
    e.ContactRestrictionImposed,
    "imposed",
    ((e.ContactRestrictionReviewed, "reviewed"),),
    ((e.ContactRestrictionLifted, "lifted"),),
)
CHARGE: Final = Strand(
    "charge",
    "charge",
    "refund-charge",
    "charges",
    "Who was charged for complaining?",
    "charge_id",
    e.ChargeRecorded,
    "charged",
    (),
    ((e.ChargeRefunded, "refunded"),),
)
EXTERNAL_CASE: Final = Strand(
    "case",
    "case outside",
    "receive-external-notice",
    "external_cases",
    "What does a body outside ask, and what did it say?",
    "external_case_id",
    e.ExternalNoticeReceived,
    "noticed",
    (
        (e.ExternalPositionSent, "answered"),
        (e.ReferredBack, "referred_back"),
        (e.ExternalOutcomeReceived, "determined"),
    ),
    ((e.ExternalRemedyImplemented, "remedied"),),
)

STRANDS: Final = (
    REPRESENTATIVE,
    SUPPORT_NEED,
    PARTY,
    CONSENT,
    INFORMATION_REQUEST,
    STATUS_ENQUIRY,
    HOLD,
    ISSUE,
    SUBJECT,
    ROOT_CAUSE,
    ACTION,
    QA_SAMPLE,
    LINK,
    MERGE,
    SPLIT,
    RESTRICTION,
    CHARGE,
    EXTERNAL_CASE,
)
"""Every kind of strand, in the order of the documentation."""

STRAND_OF: Final[dict[type[Event], Strand]] = {
    event_type: strand for strand in STRANDS for event_type, _ in strand.steps
}
"""The strand that an event belongs to; no event belongs to two."""


def moved(items: tuple[StrandItem, ...], event: Event, version: int) -> tuple[StrandItem, ...]:
    """Return the strands after an event of one of them, in the order of their first events."""
    kind = STRAND_OF[type(event)]
    key = str(getattr(event, kind.key))
    known = next((each for each in items if each.kind is kind and each.key == key), None)
    item = _after(known or StrandItem(kind, key), event, version)
    if known is None:
        return (*items, item)
    return tuple(item if each is known else each for each in items)


def _after(item: StrandItem, event: Event, version: int) -> StrandItem:
    opens = type(event) is item.kind.opened_by
    ends = any(type(event) is event_type for event_type, _ in item.kind.ended_by)
    last = tuple((kind, at) for kind, at in item.last if kind is not type(event))
    return StrandItem(
        item.kind,
        item.key,
        opened=event if opens else item.opened,
        opened_version=version if opens else item.opened_version,
        ended_version=version if ends else item.ended_version,
        last=(*last, (type(event), version)),
        expires_on=getattr(event, "expires_on", None) or item.expires_on,
    )
