-- Where each complaint in scope stands; `folded` is put together from the parts beside this file.
-- A `v_` is the position of the last event of its kind, 0 if there is none.
with folded as (
    from ($folded) as parts
),

turned as (
    select
        *,
        v_closed > v_reopened as is_closed_by_us,
        v_closed = 0 and v_reopened = 0 and reported_closed(response) as is_reported_closed
    from folded
)

select
    *,
    lifecycle_label(
        is_closed_by_us or is_reported_closed,
        v_external,
        v_internal,
        v_told,
        v_reopened,
        v_replied,
        reply,
        is_unsettled,
        v_summary,
        v_decided,
        v_completed,
        v_opened,
        v_assessed,
        v_acknowledged
    ) as lifecycle
from turned
