create or replace view complaint_events as
with told as (
    from ($told_events) as e
)

select
    s.partition,
    e.position,
    s.stream_id,
    e.version,
    e.event_id,
    e.event_type,
    e.occurred_at,
    e.recorded_at,
    masked(e.actor) as actor,
    e.actor_role,
    masked_source(e.source) as source,
    e.payload,
    e.occurred_on,
    e.judged_at,
    masked(e.on_behalf_of) as on_behalf_of,
    e.ordinal,
    e.stream_no,
    r.source is not null as verified
from told as e
inner join streams as s on e.stream_no = s.stream_no
left join source_register as r
    on
        s.partition = r.partition
        and e.source = r.source
        and r.signs
        and e.ordinal >= r.from_ordinal
        and e.ordinal < coalesce(r.to_ordinal, 9223372036854775807)
