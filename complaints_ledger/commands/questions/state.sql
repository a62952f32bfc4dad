-- Everything that is known of one complaint; the columns are those of the read model.
with complaint as (
    from complaints
    where complaint_id = $stream_id
)

select *
from complaint
