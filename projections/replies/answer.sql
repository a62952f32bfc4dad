-- One row per reply: to answers as a whole, or to one offer.
with replied as (
    select
        e.stream_no,
        e.position,
        e.event_id,
        e.what,
        e.party_id,
        e.redress_id,
        e.occurred_on,
        e.medium,
        e.reason_code,
        case when e.redress_id is null then e.redress_ids else [e.redress_id] end as redress_ids,
        case when len(e.issue_ids) > 0 then e.issue_ids end as issue_ids,
        e.position = max(e.position) over (
            partition by e.stream_no, e.party_id, e.redress_id
        ) as is_last
    from scoped_events as e
    where
        is_reply(e.what)
        or e.what in ('redress_accepted', 'redress_declined')
)

select
    r.stream_no,
    s.stream_id as complaint_id,
    r.position,
    r.event_id,
    case when is_reply(r.what) then 'answer' else 'offer' end as replied_to,
    case
        when r.what in ('complainant_accepted', 'redress_accepted') then 'accepted'
        when r.what = 'complainant_did_not_reply' then 'no_reply'
        else 'rejected'
    end as reply,
    masked(r.party_id) as party_id,
    case
        when len(r.redress_ids) > 0 then list_transform(r.redress_ids, lambda id: masked(id))
    end as redress_ids,
    list_transform(r.issue_ids, lambda id: masked(id)) as issue_ids,
    r.occurred_on,
    r.medium,
    r.reason_code,
    r.is_last
from replied as r
inner join scope as s on r.stream_no = s.stream_no
