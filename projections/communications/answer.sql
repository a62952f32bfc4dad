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
        e.content_items,
        e.notices,
        e.issue_ids,
        e.reply_by,
        e.enclosed_letters,
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
    c.actor_role,
    case when len(c.content_items) > 0 then c.content_items end as content_items,
    case when len(c.notices) > 0 then c.notices end as notices,
    case
        when len(c.issue_ids) > 0 then list_transform(c.issue_ids, lambda id: masked(id))
    end as issue_ids,
    c.reply_by,
    case
        when len(c.enclosed_letters) > 0
            then list_transform(c.enclosed_letters, lambda id: masked(id))
    end as enclosed_letters
from contacts as c
inner join scope as s on c.stream_no = s.stream_no
where c.direction is not null
