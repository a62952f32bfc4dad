-- The complaints that wait at the door, the longest first.
select
    id,
    complaint_id,
    since,
    owner,
    reason,
    next_step,
    source,
    partition,
    ordinal,
    records,
    external_id,
    extract_digest,
    extract_line,
    set_aside_field
from door
order by since, partition, ordinal
