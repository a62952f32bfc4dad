select
    a.stream_no,
    a.position,
    a.event_id,
    'redress_approved_by_proposer' as finding,
    'INV-10' as invariant,
    'breach' as severity,
    null as observed,
    'redress_approved' as detail
from scoped_redress_approved as a
semi join scoped_redress_offered as o
    on a.stream_no = o.stream_no and a.redress_id = o.redress_id and a.actor = o.actor

union all

select
    a.stream_no,
    a.position,
    a.event_id,
    'redress_not_offered' as finding,
    'domain 3.3' as invariant,
    'doubt' as severity,
    'redress' as observed,
    'redress_approved' as detail
from scoped_redress_approved as a
anti join scoped_redress_offered as o
    on a.stream_no = o.stream_no and a.redress_id = o.redress_id
