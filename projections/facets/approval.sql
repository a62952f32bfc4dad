select
    e.stream_no,
    list(e.decision_event_id) as approved
from scoped_decision_approved as e
group by e.stream_no
