-- Every record that names one stream, in the order of the log: what became of it, and all it says.
-- A record that was not accepted says only what it claims. Ids and sources are masked.
select
    v.partition,
    v.ordinal,
    v.outcome,
    v.reason,
    v.position,
    v.version,
    masked(v.event_id) as event_id,
    v.event_type,
    v.occurred_on,
    e.occurred_at,
    e.occurred_zone,
    v.recorded_at,
    e.judged_at,
    masked(e.actor) as actor,
    e.actor_role,
    masked(e.on_behalf_of) as on_behalf_of,
    masked_source(v.source) as source,
    c.verified,
    e.expected_version,
    e.command_id,
    e.command_index,
    e.command_count,
    e.correlation_id,
    e.causation_id,
    c.payload
from record_verdicts as v
left join complaint_events as c
    on v.stream_id = c.stream_id and v.partition = c.partition and v.ordinal = c.ordinal
left join events as e
    on v.stream_id = e.stream_id and v.partition = e.partition and v.ordinal = e.ordinal
where v.stream_id = $stream_id
order by v.partition, v.ordinal
