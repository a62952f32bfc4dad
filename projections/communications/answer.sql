-- One row per contact with the complainant, out and in.
with contacts as (
    select
        e.stream_no,
        e.stream_id,
        e.position,
        e.event_id,
        e.occurred_on,
        e.occurred_at,
        e.recorded_at,
        e.actor,
        e.actor_role,
        e.medium,
        e.channel,
        event_name(e.event_type) as what,
        case
            when is_told(event_name(e.event_type), e.explanation_sent, e.complainant_told)
                then 'outbound'
            when
                event_name(e.event_type) in (
                    'complaint_received',
                    'complainant_accepted',
                    'complainant_rejected',
                    'complaint_withdrawn',
                    'redress_accepted',
                    'redress_declined'
                )
                then 'inbound'
        end as direction
    from events as e
    inner join scope as s on e.stream_no = s.stream_no and e.position <= s.last_position
)

select
    stream_no,
    stream_id as complaint_id,
    position,
    event_id,
    direction,
    what,
    case when what = 'complaint_received' then channel else medium end as medium,
    occurred_on,
    occurred_at,
    recorded_at,
    masked(actor) as actor,
    actor_role
from contacts
where direction is not null
