select
    e.stream_no,
    arg_max_null(e.keeps_part, e.position) as keeps_part,
    arg_max(e.occurred_on, e.position) as forwarded_on,
    max(e.position) as v_forwarded
from scoped_complaint_forwarded as e
group by e.stream_no
