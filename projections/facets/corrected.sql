-- A correction changes nothing if it aims at another event or at a value that cannot be read.
with corrections as (
    select
        e.stream_no,
        e.position,
        e.corrected_field,
        case when not coalesce(e.unknown, false) then e.new_value end as new_value
    from scoped_correction_recorded as e
    inner join scoped_complaint_received as r on e.stream_no = r.stream_no
    where e.target_event_id is null or e.target_event_id = r.event_id
),

corrected_fields as (
    select
        stream_no,
        corrected_field,
        arg_max_null(new_value, position) as new_value
    from corrections
    where is_readable(corrected_field, new_value)
    group by stream_no, corrected_field
)

select
    stream_no,
    map_from_entries(list((corrected_field, new_value))) as fields
from corrected_fields
group by stream_no
