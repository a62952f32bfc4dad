-- One row per point of a complaint; without an ending it is open.
select
    p.stream_no,
    s.stream_id as complaint_id,
    masked(p.issue_id) as issue_id,
    p.issue,
    p.sub_issue,
    masked(p.issue_from) as issue_from,
    p.raised_on,
    masked(p.raised_by) as raised_by,
    p.amended_on,
    p.ending,
    p.ended_on,
    masked(p.ended_by) as ended_by,
    p.ended_how,
    p.reason_code,
    p.communicated_on,
    p.redress_ids,
    p.no_redress_reason,
    p.cause_code,
    p.action_ids,
    p.no_action_reason
from scoped_points as p
inner join scope as s on p.stream_no = s.stream_no
