select
    e.stream_no,
    arg_min_null(e.occurred_on, in_order(e.occurred_on, e.position)) as acknowledged_on,
    arg_min_null(e.occurred_at, in_order(e.occurred_on, e.position)) as acknowledged_at,
    max(e.position) as v_acknowledged
from scoped_complaint_acknowledged as e
group by e.stream_no
