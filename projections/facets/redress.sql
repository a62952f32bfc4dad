with redress_steps as (
    select
        stream_no,
        position,
        redress_id,
        amount_minor,
        currency,
        fulfil_by,
        occurred_on,
        'offered' as what
    from scoped_redress_offered

    union all

    select
        stream_no,
        position,
        redress_id,
        null as amount_minor,
        null as currency,
        null as fulfil_by,
        occurred_on,
        'approved' as what
    from scoped_redress_approved

    union all

    select
        stream_no,
        position,
        redress_id,
        null as amount_minor,
        null as currency,
        null as fulfil_by,
        occurred_on,
        'accepted' as what
    from scoped_redress_accepted

    union all

    select
        stream_no,
        position,
        redress_id,
        null as amount_minor,
        null as currency,
        null as fulfil_by,
        occurred_on,
        'declined' as what
    from scoped_redress_declined

    union all

    select
        stream_no,
        position,
        redress_id,
        amount_minor,
        currency,
        null as fulfil_by,
        occurred_on,
        'fulfilled' as what
    from scoped_redress_fulfilled

    union all

    select
        stream_no,
        position,
        redress_id,
        null as amount_minor,
        null as currency,
        null as fulfil_by,
        occurred_on,
        'verified' as what
    from scoped_redress_verified
),

redress_items as (
    select
        stream_no,
        arg_max_null(amount_minor, position) filter (what = 'offered') as offered_minor,
        arg_max_null(fulfil_by, position) filter (what = 'offered') as fulfil_by,
        arg_max_null(occurred_on, position) filter (what = 'accepted') as accepted_on,
        sum(amount_minor) filter (what = 'fulfilled') as paid_minor,
        min(currency) as least_currency,
        max(currency) as greatest_currency,
        bool_or(what = 'fulfilled') as is_carried_out,
        bool_or(what = 'accepted') as is_accepted,
        bool_or(what = 'verified') as is_verified,
        bool_or(what = 'offered') as is_offered,
        arg_max('redress_' || what, position) filter (what in ('accepted', 'declined')) as reply
    from redress_steps
    group by stream_no, redress_id
),

redress_states as (
    select
        stream_no,
        fulfil_by,
        accepted_on,
        least_currency,
        greatest_currency,
        is_offered,
        try_cast(paid_minor as bigint) as paid_minor,
        is_accepted and not is_verified as is_unsettled,
        is_accepted and (not is_carried_out or coalesce(paid_minor < offered_minor, false))
            as is_owed,
        redress_state(
            is_verified, is_carried_out, offered_minor, try_cast(paid_minor as bigint), reply
        ) as state
    from redress_items
)

select
    stream_no,
    bool_or(is_unsettled) as is_unsettled,
    bool_or(is_offered) as has_offer,
    min(accepted_on) filter (is_owed) as owed_since,
    min(fulfil_by) filter (is_owed) as fulfil_by,
    coalesce(min(least_currency) = max(greatest_currency), true) as is_one_currency,
    try_cast(sum(paid_minor) as bigint) as redress_paid_minor,
    min(least_currency) as redress_currency,
    case
        when bool_and(state = 'declined') then 'declined'
        when bool_and(state in ('declined', 'verified')) then 'verified'
        when bool_and(state in ('declined', 'verified', 'paid')) then 'paid'
        when bool_or(state in ('verified', 'paid', 'part_paid')) then 'part_paid'
        when bool_or(state = 'accepted') then 'accepted'
        else 'offered'
    end as redress_state
from redress_states
group by stream_no
