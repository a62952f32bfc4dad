select
    e.stream_no,
    arg_max(e.occurred_on, e.position) as communicated_on,
    arg_max_null(e.occurred_at, e.position) as communicated_at,
    max(e.position) as v_told
from scoped_decision_communicated as e
group by e.stream_no
