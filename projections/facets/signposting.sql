select
    e.stream_no,
    max(e.position) as v_signposted
from scoped_signposted_to_edr as e
group by e.stream_no
