create or replace view queues as
select
    queue,
    complaint_id,
    since,
    due_at,
    owner,
    severity,
    why,
    due_on
from queues_at(current_timestamp at time zone 'UTC')
