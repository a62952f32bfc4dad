create or replace view record_verdicts as
with placed as (
    from ($placed_events) as e
)

select
    s.partition,
    e.ordinal,
    e.event_id,
    s.stream_id,
    e.event_type,
    'accepted' as outcome,
    null::varchar as reason,
    e.recorded_at,
    e.source,
    e.occurred_on,
    e.position,
    e.version
from placed as e
inner join streams as s on e.stream_no = s.stream_no

union all

select
    partition,
    ordinal,
    event_id,
    stream_id,
    event_type,
    outcome,
    reason,
    recorded_at,
    source,
    occurred_on,
    null::bigint as position,
    null::bigint as version
from other_verdicts
