select
    e.stream_no,
    arg_max_null(e.severity, e.position) as severity,
    arg_max(e.occurred_on, e.position) as last_assessed_on,
    arg_min_null(e.occurred_on, in_order(e.occurred_on, e.position)) as assessed_on,
    arg_min_null(e.occurred_at, in_order(e.occurred_on, e.position)) as assessed_at,
    max(e.position) as v_assessed
from scoped_initial_assessment_made as e
group by e.stream_no
