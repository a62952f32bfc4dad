select
    e.stream_no,
    count(*) as reopen_count,
    arg_max(e.occurred_on, e.position) as reopened_on,
    max(e.position) as v_reopened
from scoped_complaint_reopened as e
group by e.stream_no
