-- A cause that affects others has an action, or a reason for none.
with closings as (
    select
        c.stream_no,
        max(c.position) as position,
        arg_max(c.event_id, c.position) as event_id
    from scoped_complaint_closed as c
    anti join scoped_complaint_reopened as o
        on c.stream_no = o.stream_no and c.position < o.position
    group by c.stream_no
),

causes as (
    select
        stream_no,
        cause_id,
        arg_max_null(also_affects_others, position) as also_affects_others,
        arg_max_null(no_action_reason, position) as no_action_reason
    from scoped_root_cause_recorded
    group by stream_no, cause_id
)

select
    c.stream_no,
    c.position,
    any_value(c.event_id) as event_id,
    'cause_without_action' as finding,
    'domain 3.8' as invariant,
    'breach' as severity,
    null as observed,
    cast(count(*) as varchar) as detail
from closings as c
inner join causes as k on c.stream_no = k.stream_no
anti join scoped_action_raised as a on k.stream_no = a.stream_no and k.cause_id = a.cause_id
where k.also_affects_others and k.no_action_reason is null
group by c.stream_no, c.position
