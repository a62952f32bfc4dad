-- What happened to one complaint, in the order of its stream.
select
    partition,
    position,
    stream_id,
    version,
    event_id,
    event_type,
    occurred_at,
    recorded_at,
    actor,
    actor_role,
    source,
    payload,
    occurred_on,
    judged_at,
    on_behalf_of,
    ordinal,
    verified
from complaint_events
where stream_id = $stream_id
order by version
