select
    e.stream_no,
    arg_max(e.cfpb_response, in_order(e.as_of_on, e.position)) as response,
    arg_max(e.cfpb_timely, in_order(e.as_of_on, e.position)) as timely,
    arg_max(e.cfpb_disputed, in_order(e.as_of_on, e.position)) as disputed
from scoped_cfpb_row_reported as e
group by e.stream_no
