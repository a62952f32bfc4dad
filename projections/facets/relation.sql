with relations as (
    select
        stream_no,
        position,
        into_stream_id as other,
        'merged' as role,
        true as is_begun
    from scoped_complaint_merged

    union all

    select
        stream_no,
        position,
        into_stream_id as other,
        'merged' as role,
        false as is_begun
    from scoped_complaint_unmerged

    union all

    select
        stream_no,
        position,
        linked_stream_id as other,
        case when link_kind = 'split_from' then 'child' else 'link' end as role,
        true as is_begun
    from scoped_complaint_linked

    union all

    select
        stream_no,
        position,
        linked_stream_id as other,
        'link' as role,
        false as is_begun
    from scoped_complaint_unlinked

    union all

    select
        stream_no,
        position,
        part_stream_id as other,
        'parent' as role,
        true as is_begun
    from scoped_complaint_split
),

-- A merge, a link and a split with the same complaint are three relations.
standing as (
    select
        stream_no,
        arg_max(role, position) as role,
        arg_max(is_begun, position) as is_standing
    from relations
    group by
        stream_no,
        other,
        case when role in ('merged', 'parent') then role else 'link' end
)

select
    stream_no,
    case
        when bool_or(role = 'merged') then 'merged'
        when bool_or(role = 'child') then 'child'
        when bool_or(role = 'parent') then 'parent'
        else 'standalone'
    end as link_role
from standing
where is_standing
group by stream_no
