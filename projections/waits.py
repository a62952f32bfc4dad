"""Who is waited for around the answer? Each queue that one kind of event begins, declared once.

A wait begins with an event and ends with another one about the same thing, or with any of
some events of the complaint. Only what has events in scope is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from domain.complaint import events as e
from projections import joint
from projections.event_tables import event_name
from projections.read_model import Shared, sql_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from domain.event import Event


@dataclass(frozen=True, slots=True)
class Wait:
    """A queue: what begins it, what ends it, and by when."""

    queue: str
    why: str
    begun_by: type[Event]
    key: str | None = None
    """Field that tells two of the same complaint apart."""
    ended_by: tuple[type[Event], ...] = ()
    """Events with the same key."""
    ended_by_any: tuple[type[Event], ...] = ()
    """Events of the complaint, whatever they are about."""
    undone_ever_by: tuple[type[Event], ...] = ()
    """Events that end it even if they came before."""
    due: str | None = None
    """Field with the local date by which it is due."""
    moved_by: tuple[type[Event], ...] = ()
    """Events with the same key that say a new date."""
    only_if: str | None = None
    """Condition on the event that began it."""
    after_closing: bool = False
    """Whether it goes on when the complaint is closed."""


_TOLD: Final = (
    e.ComplaintAcknowledged,
    e.ProgressUpdateSent,
    e.DecisionCommunicated,
    e.SignpostedToEdr,
    e.StatusProvided,
    e.DelayNoticeSent,
)
_REPLIES: Final = (e.ComplainantAccepted, e.ComplainantRejected, e.ComplainantDidNotReply)

WAITS: Final = (
    Wait(
        "safety flagged without action",
        "safety is concerned and nobody decided what to do at once",
        e.InitialAssessmentMade,
        undone_ever_by=(e.ImmediateActionTaken,),
        only_if="safety",
    ),
    Wait(
        "authority to verify",
        "a representative's authority is not verified",
        e.RepresentativeAuthorityRecorded,
        key="representative_id",
        ended_by=(e.RepresentativeAuthorityVerified, e.RepresentativeAuthorityRevoked),
    ),
    Wait(
        "authority expiring",
        "a representative's authority ends",
        e.RepresentativeAuthorityVerified,
        key="representative_id",
        ended_by=(e.RepresentativeAuthorityRecorded, e.RepresentativeAuthorityRevoked),
        due="expires_on",
        only_if="expires_on is not null",
    ),
    Wait(
        "support need unmet",
        "no adjustment yet",
        e.SupportNeedRecorded,
        key="need_id",
        ended_by=(e.AdjustmentProvided, e.SupportNeedEnded),
    ),
    Wait(
        "awaiting information",
        "asked and not answered",
        e.InformationRequested,
        key="request_id",
        ended_by=(e.InformationReceived,),
        due="due_on",
    ),
    Wait(
        "status enquiry",
        "somebody asked how far it is",
        e.StatusRequested,
        key="enquiry_id",
        ended_by=(e.StatusProvided,),
        after_closing=True,
    ),
    Wait(
        "on hold",
        "held up from outside",
        e.HoldPlaced,
        key="hold_id",
        ended_by=(e.HoldReleased,),
        due="review_by",
        moved_by=(e.HoldReviewed,),
    ),
    Wait(
        "communication failed",
        "what was sent did not arrive",
        e.CommunicationFailed,
        ended_by_any=_TOLD,
        after_closing=True,
    ),
    Wait(
        "returned by checker",
        "the decision was sent back",
        e.DecisionReturned,
        ended_by_any=(e.DecisionMade, e.DecisionApproved, e.DecisionCommunicated),
    ),
    Wait(
        "awaiting reply",
        "the window for a reply runs",
        e.DecisionCommunicated,
        ended_by_any=(*_REPLIES, e.EscalatedInternally, e.EscalatedExternally, e.ComplaintReopened),
        due="reply_by",
        only_if="reply_by is not null",
    ),
    Wait(
        "contact restricted",
        "contact is limited",
        e.ContactRestrictionImposed,
        key="restriction_id",
        ended_by=(e.ContactRestrictionLifted,),
        due="review_by",
        moved_by=(e.ContactRestrictionReviewed,),
        after_closing=True,
    ),
    Wait(
        "external notice to answer",
        "a body outside waits for our position",
        e.ExternalNoticeReceived,
        key="external_case_id",
        ended_by=(e.ExternalPositionSent, e.ExternalOutcomeReceived),
        due="respond_by",
        after_closing=True,
    ),
    Wait(
        "referred back",
        "a body outside gave it back to be answered",
        e.ReferredBack,
        ended_by_any=(e.DecisionCommunicated,),
        due="respond_by",
        after_closing=True,
    ),
    Wait(
        "external remedy",
        "a body outside decided on a remedy",
        e.ExternalOutcomeReceived,
        key="external_case_id",
        ended_by=(e.ExternalRemedyImplemented,),
        due="comply_by",
        only_if="comply_by is not null",
        after_closing=True,
    ),
    Wait(
        "action to carry out",
        "an action on a cause is open",
        e.ActionRaised,
        key="action_id",
        ended_by=(e.ActionImplemented, e.ActionEffectivenessVerified),
        due="due_on",
        after_closing=True,
    ),
    Wait(
        "action to verify",
        "nobody looked yet whether an action helped",
        e.ActionImplemented,
        key="action_id",
        ended_by=(e.ActionEffectivenessVerified,),
        after_closing=True,
    ),
    Wait(
        "sample to score",
        "drawn for quality control",
        e.QaSampleDrawn,
        key="sample_id",
        ended_by=(e.QaSampleScored,),
        after_closing=True,
    ),
)
"""Every queue of this kind, in the order of the documentation."""

_NOTHING: Final = (
    "select null::bigint as stream_no, null::varchar as queue, null::date as since, "
    "null::date as due_on, null::varchar as why, null::boolean as after_closing where false"
)


def _sql(present: Collection[str] | None) -> str:
    def asked(event_types: Iterable[type[Event]]) -> list[str]:
        names = [event_name(each) for each in event_types]
        return [name for name in names if present is None or name in present]

    texts = [
        _of(wait, asked(wait.moved_by), *map(asked, _ends(wait)))
        for wait in WAITS
        if asked((wait.begun_by,))
    ]
    if present is None or joint.NEEDS in present:
        texts.append(f"select * from ({sql_text(joint.TEXT)})")
    return " union all ".join((_NOTHING, *texts))


def _ends(wait: Wait) -> tuple[tuple[type[Event], ...], ...]:
    return (wait.ended_by, wait.ended_by_any, wait.undone_ever_by)


def _of(wait: Wait, moved: list[str], same: list[str], any_: list[str], ever: list[str]) -> str:
    key = wait.key or "null::varchar"
    begun = (
        f"select stream_no, {key} as strand_key, max(position) as position, "
        f"arg_max_null(occurred_on, position) as since, "
        f"{_due_of(wait)} as due_on, arg_max_null({wait.only_if or 'true'}, position) as holds "
        f"from scoped_{event_name(wait.begun_by)} group by all"
    )
    due, joins, conditions = "b.due_on", [], ["b.holds"]
    if moved:
        joins.append(
            f"left join ({_last(moved, key, wait.due)}) as m on b.stream_no = m.stream_no "
            "and b.strand_key = m.strand_key"
        )
        due = (
            "case when m.position > b.position then coalesce(m.due_on, b.due_on) else b.due_on end"
        )
    if same:
        joins.append(
            f"left join ({_last(same, key)}) as s on b.stream_no = s.stream_no "
            "and b.strand_key = s.strand_key"
        )
        conditions.append("b.position > coalesce(s.position, 0)")
    if any_:
        joins.append(f"left join ({_last(any_)}) as a on b.stream_no = a.stream_no")
        conditions.append("b.position > coalesce(a.position, 0)")
    if ever:
        joins.append(f"left join ({_last(ever)}) as u on b.stream_no = u.stream_no")
        conditions.append("u.position is null")
    return (
        f"select b.stream_no, '{wait.queue}' as queue, min(b.since) as since, "
        f"min({due}) as due_on, '{wait.why.replace(chr(39), chr(39) * 2)}' as why, "
        f"{str(wait.after_closing).lower()} as after_closing from ({begun}) as b "
        f"{' '.join(joins)} where {' and '.join(conditions)} group by b.stream_no"
    )


def _due_of(wait: Wait) -> str:
    return f"arg_max_null({wait.due}, position)" if wait.due else "null::date"


def _last(names: list[str], key: str = "null::varchar", due: str | None = None) -> str:
    """Query for the last of some events by stream and key, with the date that it says."""
    rows = " union all ".join(
        f"select stream_no, {key} as strand_key, position, {due or 'null::date'} as due_on "
        f"from scoped_{name}"
        for name in names
    )
    return (
        "select stream_no, strand_key, max(position) as position, "
        f"arg_max(due_on, position) as due_on from ({rows}) as r group by all"
    )


RELATION: Final = Shared("scoped_waits", "complaint_received", _sql)
