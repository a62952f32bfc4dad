-- The queues in which one complaint waits.
select
    queue,
    since,
    due_on,
    why
from queues
where complaint_id = $stream_id
order by due_on nulls last, queue
