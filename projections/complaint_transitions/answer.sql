-- One row per change of the lifecycle label: the label after each event of the stream, where it
-- differs from the label before it. The last row's label is that of `complaints`.
with steps as (
    select
        e.stream_no,
        e.stream_id,
        e.position,
        e.occurred_on,
        e.occurred_at,
        e.recorded_at,
        e.event_type,
        e.actor,
        e.redress_id,
        e.agreed_by_complainant,
        e.cfpb_response,
        e.as_of_on,
        event_name(e.event_type) as what
    from events as e
    inner join scope as s on e.stream_no = s.stream_no and e.position <= s.last_position
    where
        event_name(e.event_type) in (
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
        t.stream_id,
        t.position,
        t.occurred_on,
        t.occurred_at,
        t.recorded_at,
        t.event_type,
        t.actor,
        bool_or(t.what = 'complaint_received') over so_far as is_received,
        max(case when t.what = 'complaint_closed' then t.position end) over so_far as v_closed,
        max(case when t.what = 'complaint_reopened' then t.position end) over so_far as v_reopened,
        max(case when t.what = 'escalated_externally' then t.position end)
            over so_far
            as v_external,
        max(case when t.what = 'escalated_internally' then t.position end)
            over so_far
            as v_internal,
        max(case when t.what = 'decision_communicated' then t.position end) over so_far as v_told,
        max(case when is_reply(t.what) then t.position end) over so_far as v_replied,
        last_value(case when is_reply(t.what) then t.what end ignore nulls) over so_far as reply,
        max(
            case
                when t.what = 'summary_resolution_agreed' and t.agreed_by_complainant
                    then t.position
            end
        ) over so_far as v_summary,
        max(case when t.what = 'decision_made' then t.position end) over so_far as v_decided,
        max(
            case when t.what = 'investigation_completed' then t.position end
        ) over so_far as v_completed,
        max(case when t.what = 'investigation_opened' then t.position end) over so_far as v_opened,
        max(
            case when t.what = 'initial_assessment_made' then t.position end
        ) over so_far as v_assessed,
        max(
            case when t.what = 'complaint_acknowledged' then t.position end
        ) over so_far as v_acknowledged,
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
        stream_id,
        position,
        occurred_on,
        occurred_at,
        recorded_at,
        event_type,
        actor,
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
    where is_received
),

compared as (
    select
        stream_no,
        stream_id,
        position,
        occurred_on,
        occurred_at,
        recorded_at,
        event_type,
        actor,
        to_state,
        lag(to_state) over (partition by stream_no order by position) as from_state
    from labelled
)

select
    stream_no,
    stream_id as complaint_id,
    row_number() over (partition by stream_no order by position) as seq,
    from_state,
    to_state,
    occurred_on,
    occurred_at,
    recorded_at,
    position,
    event_type,
    masked(actor) as actor
from compared
where from_state is distinct from to_state
