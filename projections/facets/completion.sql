select
    e.stream_no,
    arg_max_null(e.cause_found, e.position) as cause_found,
    arg_max(e.occurred_on, e.position) as completed_on,
    max(e.position) as v_completed
from scoped_investigation_completed as e
group by e.stream_no
