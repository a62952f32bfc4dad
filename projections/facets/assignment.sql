select
    e.stream_no,
    arg_max_null(e.owner, e.position) as owner
from scoped_complaint_assigned as e
group by e.stream_no
