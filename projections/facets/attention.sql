select
    e.stream_no,
    max(e.level) as attention,
    arg_max(e.occurred_on, e.position) as attention_on,
    max(e.position) as v_attention
from scoped_attention_raised as e
group by e.stream_no
