-- All that is known of one record at the door.
select
    r.id,
    r.state,
    r.complaint_id,
    r.since,
    coalesce(d.owner, r.owner) as owner,
    r.reason,
    r.source,
    d.next_step,
    r.recorded_at,
    r.external_id,
    r.extract_digest,
    r.extract_line,
    r.set_aside_field,
    r.door_id,
    r.dismissed_on,
    r.dismissal_reason
from door_records as r
left join door as d on r.claim = d.claim and r.state = 'waiting'
where r.id = $id
