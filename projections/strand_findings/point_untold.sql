-- What was decided on a point and is in none of the communications that were sent.
with closings as (
    select
        c.stream_no,
        max(c.position) as position,
        arg_max(c.event_id, c.position) as event_id
    from scoped_complaint_closed as c
    anti join scoped_complaint_reopened as o
        on c.stream_no = o.stream_no and c.position < o.position
    group by c.stream_no
)

select
    c.stream_no,
    c.position,
    any_value(c.event_id) as event_id,
    'communicated_without_answering' as finding,
    'domain 3.6' as invariant,
    'breach' as severity,
    'communicated' as observed,
    cast(count(*) as varchar) as detail
from closings as c
inner join scoped_points as p on c.stream_no = p.stream_no
semi join scoped_decision_communicated as t on c.stream_no = t.stream_no
where p.ended_how = 'decision' and p.communicated_on is null
group by c.stream_no, c.position
