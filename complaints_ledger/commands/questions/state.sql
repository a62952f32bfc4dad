-- Everything that is known of one complaint; the columns are those of the read model.
with complaint as (
    from complaints
    where complaint_id = $stream_id
),

receipt as (
    select verified as source_verified
    from complaint_events
    where stream_id = $stream_id and version = 1
)

select
    c.*,
    r.source_verified
from complaint as c
cross join receipt as r
