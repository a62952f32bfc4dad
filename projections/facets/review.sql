select
    e.stream_no,
    arg_max(e.occurred_on, e.position) as internal_on,
    max(e.position) as v_internal
from scoped_escalated_internally as e
group by e.stream_no
