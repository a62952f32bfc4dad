-- One row per decision, with its approval and its communication as last recorded.
-- A communication that names no decision is of the last one recorded before it.
with steps as (
    select
        e.stream_no,
        e.position,
        e.event_id,
        e.occurred_on,
        e.occurred_at,
        e.actor,
        e.outcome,
        e.decision_basis,
        e.approval_required,
        e.redress_due,
        e.no_redress_reason,
        e.decision_event_id,
        e.medium,
        e.reply_by,
        e.notices,
        e.what,
        len(e.issue_outcomes) as issues
    from scoped_events as e
    where e.what in ('decision_made', 'decision_approved', 'decision_communicated')
),

named as (
    select
        stream_no,
        position,
        what,
        occurred_on,
        occurred_at,
        actor,
        medium,
        reply_by,
        notices,
        coalesce(
            decision_event_id,
            last_value(case when what = 'decision_made' then event_id end ignore nulls) over (
                partition by stream_no
                order by position
                rows between unbounded preceding and current row
            )
        ) as decision_event_id
    from steps
),

approved as (
    select
        stream_no,
        decision_event_id,
        arg_max_null(actor, position) as approved_by,
        arg_max_null(occurred_on, position) as approved_on
    from named
    where what = 'decision_approved'
    group by stream_no, decision_event_id
),

communicated as (
    select
        stream_no,
        decision_event_id,
        arg_max_null(occurred_on, position) as communicated_on,
        arg_max_null(occurred_at, position) as communicated_at,
        arg_max_null(medium, position) as medium,
        arg_max_null(reply_by, position) as reply_by,
        arg_max_null(notices, position) as notices
    from named
    where what = 'decision_communicated'
    group by stream_no, decision_event_id
)

select
    d.stream_no,
    s.stream_id as complaint_id,
    d.event_id as decision_event_id,
    d.position,
    d.occurred_on as decided_on,
    d.occurred_at as decided_at,
    masked(d.actor) as decider,
    d.outcome,
    d.issues,
    d.decision_basis,
    d.approval_required,
    masked(a.approved_by) as approved_by,
    a.approved_on,
    d.redress_due,
    d.no_redress_reason,
    c.communicated_on,
    c.communicated_at,
    c.medium,
    c.reply_by,
    c.notices
from steps as d
inner join scope as s on d.stream_no = s.stream_no
left join approved as a
    on d.stream_no = a.stream_no and d.event_id = a.decision_event_id
left join communicated as c
    on d.stream_no = c.stream_no and d.event_id = c.decision_event_id
where d.what = 'decision_made'
