-- The rules that the facts of one complaint break; without an event: together with other streams.
select
    event_id,
    finding,
    invariant,
    severity,
    detail
from findings
where complaint_id = $stream_id

union all

select
    null as event_id,
    finding,
    invariant,
    severity,
    detail
from findings_across
where complaint_id = $stream_id
order by event_id nulls last, finding, detail
