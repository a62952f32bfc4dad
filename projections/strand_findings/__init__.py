"""Which facts around the answer break a rule? Parts of `findings`, each asked where it may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.complaint.strands import STRANDS
from projections.event_tables import event_name
from projections.read_model import Shared, sql_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from domain.complaint.strands import Strand

PARTS: Final = {
    "charged": "charge_recorded",
    "extended_late": "deadline_extended",
    "told_late": "delay_notice_sent",
    "disclosed": "disclosure_made",
    "redress_approved": "redress_approved",
    "decision_returned": "decision_returned",
    "restricted": "contact_restriction_imposed",
    "effect_verified": "action_effectiveness_verified",
    "merged_alone": "complaint_closed",
    "point_open": "complaint_closed",
    "point_untold": "complaint_closed",
    "point_bare": "complaint_closed",
    "cause_idle": "complaint_closed",
}
"""The text of each rule, and the event without which it finds nothing."""
_NOTHING: Final = (
    "select null::bigint as stream_no, null::bigint as position, null::varchar as event_id, "
    "null::varchar as finding, null::varchar as invariant, null::varchar as severity, "
    "null::varchar as observed, null::varchar as detail where false"
)


def _sql(present: Collection[str] | None) -> str:
    asked = [name for name, what in PARTS.items() if present is None or what in present]
    texts = [f"select * from ({sql_text(f'strand_findings/{name}.sql')})" for name in asked]
    texts += [
        _without_beginning(strand, event_name(event_type))
        for strand in STRANDS
        for event_type, _ in strand.steps[1:]
        if present is None or event_name(event_type) in present
    ]
    return " union all ".join((_NOTHING, *texts))


def _without_beginning(strand: Strand, what: str) -> str:
    """Query for steps of a strand that nobody saw begin."""
    begun = event_name(strand.opened_by)
    return (
        "select e.stream_no, e.position, e.event_id, 'without_beginning' as finding, "
        "'domain 3.5' as invariant, 'doubt' as severity, null as observed, "
        f"'{what}' as detail from scoped_{what} as e anti join scoped_{begun} as b "
        f"on e.stream_no = b.stream_no and e.{strand.key} = b.{strand.key}"
    )


RELATION: Final = Shared("scoped_strand_findings", None, _sql)
