with contacts as (
    select
        stream_no,
        in_order(occurred_on, position) as place,
        occurred_on,
        occurred_at
    from scoped_complaint_acknowledged

    union all

    select
        stream_no,
        in_order(occurred_on, position) as place,
        occurred_on,
        occurred_at
    from scoped_progress_update_sent

    union all

    select
        stream_no,
        in_order(occurred_on, position) as place,
        occurred_on,
        occurred_at
    from scoped_summary_resolution_agreed

    union all

    select
        stream_no,
        in_order(occurred_on, position) as place,
        occurred_on,
        occurred_at
    from scoped_decision_communicated

    union all

    select
        stream_no,
        in_order(occurred_on, position) as place,
        occurred_on,
        occurred_at
    from scoped_signposted_to_edr

    union all

    select
        stream_no,
        in_order(occurred_on, position) as place,
        occurred_on,
        occurred_at
    from scoped_eligibility_determined
    where explanation_sent

    union all

    select
        stream_no,
        in_order(occurred_on, position) as place,
        occurred_on,
        occurred_at
    from scoped_complaint_forwarded
    where complainant_told
)

select
    stream_no,
    arg_max_null(occurred_on, place) as contacted_on,
    arg_max_null(occurred_at, place) as contacted_at
from contacts
group by stream_no
