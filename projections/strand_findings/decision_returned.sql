select
    r.stream_no,
    r.position,
    r.event_id,
    'decision_not_found' as finding,
    'domain 3.3' as invariant,
    'doubt' as severity,
    null as observed,
    'decision_returned' as detail
from scoped_decision_returned as r
anti join scoped_decision_made as d
    on r.stream_no = d.stream_no and r.decision_event_id = d.event_id
