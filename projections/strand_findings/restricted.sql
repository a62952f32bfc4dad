select
    stream_no,
    position,
    event_id,
    'restricted_without_safeguards' as finding,
    'domain 3.5' as invariant,
    'breach' as severity,
    null as observed,
    case
        when approved_by is null or approved_by = actor then 'nobody senior decided it'
        when not coalesce(told_in_writing, false) then 'not told in writing'
        else 'no day of review'
    end as detail
from scoped_contact_restriction_imposed
where
    approved_by is null
    or approved_by = actor
    or not coalesce(told_in_writing, false)
    or review_by is null
