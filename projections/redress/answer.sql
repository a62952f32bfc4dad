-- One row per redress of a complaint: offered, accepted, carried out and verified are four dates.
-- An event that comes again replaces the earlier one of its kind; amounts carried out add up.
with steps as (
    select
        e.stream_no,
        e.position,
        e.occurred_on,
        e.occurred_at,
        e.actor,
        e.redress_id,
        e.redress_kind,
        e.amount_minor,
        e.currency,
        e.legal_basis,
        e.without_liability,
        e.expires_on,
        e.fulfil_by,
        e.approved_by,
        e.what,
        max(case when e.what = 'redress_accepted' then e.position end)
            over (partition by e.stream_no, e.redress_id) as v_accepted,
        max(case when e.what = 'redress_verified' then e.position end)
            over (partition by e.stream_no, e.redress_id) as v_verified
    from scoped_events as e
    where starts_with(e.what, 'redress_')
),

folded as (
    select
        stream_no,
        redress_id,
        bool_or(what = 'redress_verified') as is_verified,
        bool_or(what = 'redress_fulfilled') as is_carried_out,
        arg_max_null(redress_kind, position) filter (what = 'redress_offered') as redress_kind,
        arg_max_null(occurred_on, position) filter (what = 'redress_offered') as offered_on,
        arg_max_null(occurred_at, position) filter (what = 'redress_offered') as offered_at,
        arg_max_null(amount_minor, position) filter (what = 'redress_offered') as offered_minor,
        arg_max_null(currency, position) filter (what = 'redress_offered') as offered_currency,
        arg_max_null(actor, position) filter (what = 'redress_offered') as proposer,
        arg_max_null(legal_basis, position) filter (what = 'redress_offered') as legal_basis,
        arg_max_null(without_liability, position)
        filter (what = 'redress_offered') as without_liability,
        arg_max_null(expires_on, position) filter (what = 'redress_offered') as expires_on,
        arg_max_null(fulfil_by, position) filter (what = 'redress_offered') as fulfil_by,
        arg_max_null(occurred_on, position) filter (what = 'redress_approved') as approved_on,
        arg_max_null(actor, position) filter (what = 'redress_approved') as approver,
        arg_max_null(approved_by, position) filter (what = 'redress_offered') as named_approver,
        arg_max_null(occurred_on, position) filter (what = 'redress_accepted') as accepted_on,
        arg_max_null(amount_minor, position)
        filter (what = 'redress_offered' and position < v_accepted) as accepted_minor,
        try_cast(
            sum(amount_minor) filter (what = 'redress_fulfilled' and position < v_verified)
            as bigint
        ) as verified_minor,
        arg_max_null(occurred_on, position) filter (what = 'redress_declined') as declined_on,
        arg_max_null(occurred_on, position) filter (what = 'redress_fulfilled') as fulfilled_on,
        arg_max(currency, position) filter (what = 'redress_fulfilled') as paid_currency,
        try_cast(sum(amount_minor) filter (what = 'redress_fulfilled') as bigint) as paid_minor,
        arg_max_null(occurred_on, position) filter (what = 'redress_verified') as verified_on,
        arg_max(what, position)
        filter (what in ('redress_accepted', 'redress_declined')) as reply
    from steps
    group by stream_no, redress_id
)

select
    f.stream_no,
    s.stream_id as complaint_id,
    masked(f.redress_id) as redress_id,
    f.redress_kind,
    f.offered_on,
    f.offered_at,
    f.offered_minor as amount_offered_minor,
    coalesce(f.offered_currency, f.paid_currency) as currency,
    f.approved_on,
    masked(coalesce(f.approver, f.named_approver)) as approved_by,
    f.accepted_on,
    f.accepted_minor as amount_accepted_minor,
    f.declined_on,
    f.fulfilled_on,
    f.paid_minor as amount_paid_minor,
    f.verified_on,
    f.verified_minor as amount_verified_minor,
    redress_state(f.is_verified, f.is_carried_out, f.offered_minor, f.paid_minor, f.reply) as state,
    masked(f.proposer) as proposer,
    f.legal_basis,
    f.without_liability,
    f.expires_on,
    f.fulfil_by
from folded as f
inner join scope as s on f.stream_no = s.stream_no
