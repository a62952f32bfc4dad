-- One row per contact with the complainant, out and in.
with contacts as (
    select
        e.stream_no,
        e.position,
        e.event_id,
        e.occurred_on,
        e.occurred_at,
        e.recorded_at,
        e.actor,
        e.actor_role,
        e.medium,
        e.channel,
        e.what,
        case
            when is_told(e.what, e.explanation_sent, e.complainant_told)
                then 'outbound'
            when
                e.what in (
                    'complaint_received',
                    'complainant_accepted',
                    'complainant_rejected',
                    'complaint_withdrawn',
                    'redress_accepted',
                    'redress_declined'
                )
                then 'inbound'
        end as direction
    from scoped_events as e
)

select
    c.stream_no,
    s.stream_id as complaint_id,
    c.position,
    c.event_id,
    c.direction,
    c.what,
    case when c.what = 'complaint_received' then c.channel else c.medium end as medium,
    c.occurred_on,
    c.occurred_at,
    c.recorded_at,
    masked(c.actor) as actor,
    c.actor_role
from contacts as c
inner join scope as s on c.stream_no = s.stream_no
where c.direction is not null
