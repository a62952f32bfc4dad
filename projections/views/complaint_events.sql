create or replace view complaint_events as
select
    partition,
    position,
    stream_id,
    version,
    event_id,
    event_type,
    occurred_at,
    recorded_at,
    masked(actor) as actor,
    actor_role,
    masked_source(source) as source,
    $payload_text as payload,
    occurred_on,
    judged_at,
    masked(on_behalf_of) as on_behalf_of,
    ordinal,
    stream_no
from events
