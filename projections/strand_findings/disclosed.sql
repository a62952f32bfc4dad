-- The authority stands as the last checking or ending by that day left it.
with checks as (
    select
        stream_no,
        representative_id,
        in_order(occurred_on, position) as place,
        occurred_on,
        true as holds
    from scoped_representative_authority_verified

    union all

    select
        stream_no,
        representative_id,
        in_order(occurred_on, position) as place,
        occurred_on,
        false as holds
    from scoped_representative_authority_revoked
)

select
    d.stream_no,
    d.position,
    any_value(d.event_id) as event_id,
    'disclosed_without_authority' as finding,
    'INV-12' as invariant,
    'breach' as severity,
    null as observed,
    null as detail
from scoped_disclosure_made as d
left join checks as c
    on
        d.stream_no = c.stream_no
        and d.representative_id = c.representative_id
        and d.occurred_on >= c.occurred_on
where d.representative_id is not null
group by d.stream_no, d.position
having not coalesce(arg_max(c.holds, c.place), false)
