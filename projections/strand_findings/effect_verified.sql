select
    v.stream_no,
    v.position,
    v.event_id,
    'effect_verified_by_doer' as finding,
    'domain 3.5' as invariant,
    'breach' as severity,
    null as observed,
    null as detail
from scoped_action_effectiveness_verified as v
semi join scoped_action_implemented as d
    on v.stream_no = d.stream_no and v.action_id = d.action_id and v.actor = d.actor
