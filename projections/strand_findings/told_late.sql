select
    stream_no,
    position,
    event_id,
    'extended_late' as finding,
    'INV-16' as invariant,
    'breach' as severity,
    null as observed,
    'delay_notice_sent' as detail
from scoped_delay_notice_sent
where occurred_on > old_due_on
