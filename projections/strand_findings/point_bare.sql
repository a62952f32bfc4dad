-- A point of its own that was upheld has redress, or a reason for none.
with closings as (
    select
        c.stream_no,
        max(c.position) as position,
        arg_max(c.event_id, c.position) as event_id,
        arg_max(c.closure_basis, c.position) as closure_basis
    from scoped_complaint_closed as c
    anti join scoped_complaint_reopened as o
        on c.stream_no = o.stream_no and c.position < o.position
    group by c.stream_no
)

select
    c.stream_no,
    c.position,
    any_value(c.event_id) as event_id,
    'upheld_without_redress' as finding,
    'domain 3.6' as invariant,
    'breach' as severity,
    'redress' as observed,
    cast(count(*) as varchar) as detail
from closings as c
inner join scoped_points as p on c.stream_no = p.stream_no
where
    p.has_own_points
    and p.ended_how = 'decision'
    and p.ending in ('upheld', 'partly_upheld')
    and p.redress_ids is null
    and p.no_redress_reason is null
    and c.closure_basis not in ('merged', 'edr_settled', 'edr_determined', 'court')
group by c.stream_no, c.position
