with replies as (
    select
        stream_no,
        position,
        occurred_on,
        'complainant_accepted' as what
    from scoped_complainant_accepted

    union all

    select
        stream_no,
        position,
        occurred_on,
        'complainant_rejected' as what
    from scoped_complainant_rejected

    union all

    select
        stream_no,
        position,
        occurred_on,
        'complainant_did_not_reply' as what
    from scoped_complainant_did_not_reply
)

select
    stream_no,
    arg_max(what, position) as reply,
    arg_max(occurred_on, position) as replied_on,
    max(position) as v_replied
from replies
group by stream_no
