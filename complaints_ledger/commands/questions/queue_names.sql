-- The name under which people know each complaint.
select
    complaint_id,
    coalesce(reference, external_id) as name
from complaints
where coalesce(reference, external_id) is not null
