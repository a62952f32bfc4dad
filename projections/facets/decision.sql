select
    e.stream_no,
    arg_max_null(e.outcome, e.position) as outcome,
    arg_max(e.event_id, e.position) as decision,
    arg_max_null(e.approval_required, e.position) as needs_approval,
    arg_max_null(e.redress_due, e.position) as redress_due,
    arg_max(e.occurred_on, e.position) as decided_on,
    arg_max_null(e.occurred_at, e.position) as decided_at,
    max(e.position) as v_decided
from scoped_decision_made as e
group by e.stream_no
