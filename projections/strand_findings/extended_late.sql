select
    stream_no,
    position,
    event_id,
    'extended_late' as finding,
    'INV-16' as invariant,
    'breach' as severity,
    null as observed,
    'deadline_extended' as detail
from scoped_deadline_extended
where occurred_on > old_due_on
