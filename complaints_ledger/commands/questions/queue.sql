-- Who is waited for, the most urgent first; $queue null: in every queue.
select
    queue,
    complaint_id,
    since,
    due_at,
    owner,
    severity,
    why,
    due_on
from queues
where $queue is null or queue = $queue
order by coalesce(due_at, due_on::timestamp) nulls last, since, queue, complaint_id
