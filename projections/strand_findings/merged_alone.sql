-- The merge stands as the last merging or its undoing by the day of closing left it.
with moves as (
    select
        stream_no,
        into_stream_id,
        in_order(occurred_on, position) as place,
        occurred_on,
        true as stands
    from scoped_complaint_merged

    union all

    select
        stream_no,
        into_stream_id,
        in_order(occurred_on, position) as place,
        occurred_on,
        false as stands
    from scoped_complaint_unmerged
),

standing as (
    select
        c.stream_no,
        c.position,
        any_value(c.event_id) as event_id,
        coalesce(arg_max(m.stands, m.place), false) as stands
    from scoped_complaint_closed as c
    left join moves as m on c.stream_no = m.stream_no and c.occurred_on >= m.occurred_on
    where c.closure_basis = 'merged'
    group by c.stream_no, c.position, m.into_stream_id
)

select
    stream_no,
    position,
    any_value(event_id) as event_id,
    'merged_without_survivor' as finding,
    'INV-23' as invariant,
    'breach' as severity,
    null as observed,
    null as detail
from standing
group by stream_no, position
having bool_or(stands) = false
