select
    e.stream_no,
    arg_max(e.occurred_on, e.position) as withdrawn_on,
    max(e.position) as v_withdrawn
from scoped_complaint_withdrawn as e
group by e.stream_no
