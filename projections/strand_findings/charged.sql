select
    stream_no,
    position,
    event_id,
    'charged' as finding,
    'INV-14' as invariant,
    'breach' as severity,
    null as observed,
    null as detail
from scoped_charge_recorded
