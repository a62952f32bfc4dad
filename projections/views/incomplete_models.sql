-- An admitted event of a type that this version has no class for is kept raw, and any read model
-- might have needed it (RULES 3).
create or replace view incomplete_models as
with unread as (
    select
        s.partition,
        min(e.position) as from_position,
        list(distinct e.event_type order by e.event_type) as event_types,
        count(*) as events
    from event.unknown as e
    inner join streams as s on e.stream_no = s.stream_no
    group by s.partition
)

select
    d.name as model,
    u.partition,
    u.from_position,
    u.event_types,
    u.events
from unread as u
cross join model_digests as d
