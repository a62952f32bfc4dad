select
    stream_no,
    max(position) as v_identified
from scoped_complainant_identified
group by stream_no
