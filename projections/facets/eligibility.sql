select
    e.stream_no,
    arg_max_null(e.eligible, e.position) as eligible,
    arg_max(e.occurred_on, e.position) as eligibility_on,
    max(e.position) as v_eligibility
from scoped_eligibility_determined as e
group by e.stream_no
