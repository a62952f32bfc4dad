-- One record at the door, with the others that wait for the same complaint.
with asked as (
    select claim
    from door_records
    where id = $id
)

select
    r.id,
    r.state,
    r.complaint_id,
    r.reason,
    r.partition,
    r.ordinal,
    r.event_id,
    r.claimed_on,
    r.door_id,
    r.extract_line
from door_records as r
semi join asked as a on r.claim = a.claim
where r.id = $id or r.state = 'waiting'
order by r.partition, r.ordinal
