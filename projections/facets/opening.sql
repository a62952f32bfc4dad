select
    e.stream_no,
    arg_max(e.occurred_on, e.position) as opened_on,
    max(e.position) as v_opened
from scoped_investigation_opened as e
group by e.stream_no
