select
    e.stream_no,
    arg_max(e.occurred_on, e.position) as external_on,
    max(e.position) as v_external
from scoped_escalated_externally as e
group by e.stream_no
