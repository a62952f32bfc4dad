select
    e.stream_no,
    arg_max(e.occurred_on, e.position) as summary_on,
    max(e.position) as v_summary
from scoped_summary_resolution_agreed as e
where e.agreed_by_complainant
group by e.stream_no
