-- One row per change of the lifecycle label: the label after each event of the stream, where it
-- differs from the label before it. The last row's label is that of `complaints`.
with steps as (
    select
        e.stream_no,
        e.position,
        e.redress_id,
        e.agreed_by_complainant,
        e.cfpb_response,
        e.as_of_on,
        e.what
    from scoped_events as e
    semi join scoped_complaint_received as r on e.stream_no = r.stream_no
    where
        e.what in (
            'complaint_received',
            'complaint_acknowledged',
            'initial_assessment_made',
            'investigation_opened',
            'investigation_completed',
            'summary_resolution_agreed',
            'decision_made',
            'decision_communicated',
            'complainant_accepted',
            'complainant_rejected',
            'complainant_did_not_reply',
            'redress_accepted',
            'redress_verified',
            'escalated_internally',
            'escalated_externally',
            'complaint_closed',
            'complaint_reopened',
            'cfpb_row_reported'
        )
),

redress_seen as (
    select
        stream_no,
        redress_id,
        position,
        bool_or(what = 'redress_accepted') over so_far
        and not bool_or(what = 'redress_verified') over so_far as is_unsettled
    from steps
    where what in ('redress_accepted', 'redress_verified')
    window so_far as (
        partition by stream_no, redress_id
        order by position
        rows between unbounded preceding and current row
    )
),

redress_moves as (
    select
        stream_no,
        position,
        is_unsettled::integer - lag(is_unsettled::integer, 1, 0) over earlier as moved
    from redress_seen
    window earlier as (partition by stream_no, redress_id order by position)
),

running as (
    select
        t.stream_no,
        t.position,
        last_value(case when t.what = 'complaint_closed' then t.position end ignore nulls)
            over so_far as v_closed,
        last_value(case when t.what = 'complaint_reopened' then t.position end ignore nulls)
            over so_far as v_reopened,
        last_value(case when t.what = 'escalated_externally' then t.position end ignore nulls)
            over so_far as v_external,
        last_value(case when t.what = 'escalated_internally' then t.position end ignore nulls)
            over so_far as v_internal,
        last_value(case when t.what = 'decision_communicated' then t.position end ignore nulls)
            over so_far as v_told,
        last_value(case when is_reply(t.what) then t.position end ignore nulls)
            over so_far as v_replied,
        last_value(case when is_reply(t.what) then t.what end ignore nulls) over so_far as reply,
        last_value(
            case
                when t.what = 'summary_resolution_agreed' and t.agreed_by_complainant
                    then t.position
            end ignore nulls
        ) over so_far as v_summary,
        last_value(case when t.what = 'decision_made' then t.position end ignore nulls)
            over so_far as v_decided,
        last_value(case when t.what = 'investigation_completed' then t.position end ignore nulls)
            over so_far as v_completed,
        last_value(case when t.what = 'investigation_opened' then t.position end ignore nulls)
            over so_far as v_opened,
        last_value(case when t.what = 'initial_assessment_made' then t.position end ignore nulls)
            over so_far as v_assessed,
        last_value(case when t.what = 'complaint_acknowledged' then t.position end ignore nulls)
            over so_far as v_acknowledged,
        sum(m.moved) over so_far as unsettled,
        max(
            case
                when t.cfpb_response is not null
                    then
                        in_order(t.as_of_on, t.position) * 2
                        + reported_closed(t.cfpb_response)::bigint
            end
        ) over so_far as reported
    from steps as t
    left join redress_moves as m on t.stream_no = m.stream_no and t.position = m.position
    window so_far as (
        partition by t.stream_no
        order by t.position
        rows between unbounded preceding and current row
    )
),

labelled as (
    select
        stream_no,
        position,
        lifecycle_label(
            case
                when v_closed is null and v_reopened is null then coalesce(reported % 2 = 1, false)
                else coalesce(v_closed, 0) > coalesce(v_reopened, 0)
            end,
            coalesce(v_external, 0),
            coalesce(v_internal, 0),
            coalesce(v_told, 0),
            coalesce(v_reopened, 0),
            coalesce(v_replied, 0),
            reply,
            coalesce(unsettled, 0) > 0,
            coalesce(v_summary, 0),
            coalesce(v_decided, 0),
            coalesce(v_completed, 0),
            coalesce(v_opened, 0),
            coalesce(v_assessed, 0),
            coalesce(v_acknowledged, 0)
        ) as to_state
    from running
),

compared as (
    select
        stream_no,
        position,
        to_state,
        lag(to_state) over (partition by stream_no order by position) as from_state
    from labelled
),

changed as (
    select
        stream_no,
        position,
        from_state,
        to_state,
        row_number() over (partition by stream_no order by position) as seq
    from compared
    where from_state is distinct from to_state
)

select
    c.stream_no,
    s.stream_id as complaint_id,
    c.seq,
    c.from_state,
    c.to_state,
    e.occurred_on,
    e.occurred_at,
    e.recorded_at,
    c.position,
    e.event_type,
    masked(e.actor) as actor
from changed as c
inner join scope as s on c.stream_no = s.stream_no
inner join scoped_events as e on c.stream_no = e.stream_no and c.position = e.position
