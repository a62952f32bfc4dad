select
    e.stream_no,
    arg_max_null(e.closure_basis, e.position) as closure_basis,
    arg_max(e.occurred_on, e.position) as closed_on,
    arg_max_null(e.occurred_at, e.position) as closed_at,
    max(e.position) as v_closed
from scoped_complaint_closed as e
group by e.stream_no
