-- One row per complaint: the last, the first and the sum of each kind of step, for the read models
-- that ask where a complaint stands. Each kind is read from its own events; a `v_` is the position
-- of the last of its kind, 0 if there is none.
with receipts as (
    select
        stream_no,
        event_id
    from scoped_complaint_received
),

-- A correction changes nothing if it aims at another event or at a value that cannot be read.
corrections as (
    select
        e.stream_no,
        e.position,
        e.corrected_field,
        case when not coalesce(e.unknown, false) then e.new_value end as new_value
    from scoped_correction_recorded as e
    inner join receipts as r on e.stream_no = r.stream_no
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
),

corrected as (
    select
        stream_no,
        map_from_entries(list((corrected_field, new_value))) as fields
    from corrected_fields
    group by stream_no
),

eligibility as (
    select
        e.stream_no,
        arg_max_null(e.eligible, e.position) as eligible,
        arg_max(e.occurred_on, e.position) as eligibility_on,
        max(e.position) as v_eligibility
    from scoped_eligibility_determined as e
    group by e.stream_no
),

forwarding as (
    select
        e.stream_no,
        arg_max_null(e.keeps_part, e.position) as keeps_part,
        arg_max(e.occurred_on, e.position) as forwarded_on,
        max(e.position) as v_forwarded
    from scoped_complaint_forwarded as e
    group by e.stream_no
),

withdrawal as (
    select
        e.stream_no,
        arg_max(e.occurred_on, e.position) as withdrawn_on,
        max(e.position) as v_withdrawn
    from scoped_complaint_withdrawn as e
    group by e.stream_no
),

assignment as (
    select
        e.stream_no,
        arg_max_null(e.owner, e.position) as owner
    from scoped_complaint_assigned as e
    group by e.stream_no
),

acknowledgement as (
    select
        e.stream_no,
        arg_min_null(e.occurred_on, in_order(e.occurred_on, e.position)) as acknowledged_on,
        arg_min_null(e.occurred_at, in_order(e.occurred_on, e.position)) as acknowledged_at,
        max(e.position) as v_acknowledged
    from scoped_complaint_acknowledged as e
    group by e.stream_no
),

assessment as (
    select
        e.stream_no,
        arg_max_null(e.severity, e.position) as severity,
        arg_max(e.occurred_on, e.position) as last_assessed_on,
        arg_min_null(e.occurred_on, in_order(e.occurred_on, e.position)) as assessed_on,
        arg_min_null(e.occurred_at, in_order(e.occurred_on, e.position)) as assessed_at,
        max(e.position) as v_assessed
    from scoped_initial_assessment_made as e
    group by e.stream_no
),

opening as (
    select
        e.stream_no,
        arg_max(e.occurred_on, e.position) as opened_on,
        max(e.position) as v_opened
    from scoped_investigation_opened as e
    group by e.stream_no
),

completion as (
    select
        e.stream_no,
        arg_max_null(e.cause_found, e.position) as cause_found,
        arg_max(e.occurred_on, e.position) as completed_on,
        max(e.position) as v_completed
    from scoped_investigation_completed as e
    group by e.stream_no
),

summary as (
    select
        e.stream_no,
        arg_max(e.occurred_on, e.position) as summary_on,
        max(e.position) as v_summary
    from scoped_summary_resolution_agreed as e
    where e.agreed_by_complainant
    group by e.stream_no
),

decision as (
    select
        e.stream_no,
        arg_max_null(e.outcome, e.position) as outcome,
        arg_max(e.event_id, e.position) as decision,
        arg_max_null(e.approval_required, e.position) as needs_approval,
        arg_max_null(e.redress_due, e.position) as redress_due,
        arg_max(e.occurred_on, e.position) as decided_on,
        arg_max_null(e.occurred_at, e.position) as decided_at,
        max(e.position) as v_decided
    from scoped_decision_made as e
    group by e.stream_no
),

approval as (
    select
        e.stream_no,
        list(e.decision_event_id) as approved
    from scoped_decision_approved as e
    group by e.stream_no
),

communication as (
    select
        e.stream_no,
        arg_max(e.occurred_on, e.position) as communicated_on,
        arg_max_null(e.occurred_at, e.position) as communicated_at,
        max(e.position) as v_told
    from scoped_decision_communicated as e
    group by e.stream_no
),

signposting as (
    select
        e.stream_no,
        max(e.position) as v_signposted
    from scoped_signposted_to_edr as e
    group by e.stream_no
),

attention as (
    select
        e.stream_no,
        max(e.level) as attention,
        arg_max(e.occurred_on, e.position) as attention_on,
        max(e.position) as v_attention
    from scoped_attention_raised as e
    group by e.stream_no
),

review as (
    select
        e.stream_no,
        arg_max(e.occurred_on, e.position) as internal_on,
        max(e.position) as v_internal
    from scoped_escalated_internally as e
    group by e.stream_no
),

outside as (
    select
        e.stream_no,
        arg_max(e.occurred_on, e.position) as external_on,
        max(e.position) as v_external
    from scoped_escalated_externally as e
    group by e.stream_no
),

closing as (
    select
        e.stream_no,
        arg_max_null(e.closure_basis, e.position) as closure_basis,
        arg_max(e.occurred_on, e.position) as closed_on,
        arg_max_null(e.occurred_at, e.position) as closed_at,
        max(e.position) as v_closed
    from scoped_complaint_closed as e
    group by e.stream_no
),

reopening as (
    select
        e.stream_no,
        count(*) as reopen_count,
        arg_max(e.occurred_on, e.position) as reopened_on,
        max(e.position) as v_reopened
    from scoped_complaint_reopened as e
    group by e.stream_no
),

report as (
    select
        e.stream_no,
        arg_max(e.cfpb_response, in_order(e.as_of_on, e.position)) as response,
        arg_max(e.cfpb_timely, in_order(e.as_of_on, e.position)) as timely,
        arg_max(e.cfpb_disputed, in_order(e.as_of_on, e.position)) as disputed
    from scoped_cfpb_row_reported as e
    group by e.stream_no
),

replies as (
    select
        stream_no,
        position,
        occurred_on,
        'complainant_accepted' as what
    from scoped_complainant_accepted

    union all

    select
        stream_no,
        position,
        occurred_on,
        'complainant_rejected' as what
    from scoped_complainant_rejected

    union all

    select
        stream_no,
        position,
        occurred_on,
        'complainant_did_not_reply' as what
    from scoped_complainant_did_not_reply
),

reply as (
    select
        stream_no,
        arg_max(what, position) as reply,
        arg_max(occurred_on, position) as replied_on,
        max(position) as v_replied
    from replies
    group by stream_no
),

contacts as (
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
),

contact as (
    select
        stream_no,
        arg_max_null(occurred_on, place) as contacted_on,
        arg_max_null(occurred_at, place) as contacted_at
    from contacts
    group by stream_no
),

redress_steps as (
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
),

redress as (
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
),

folded as (
    select
        r.stream_no,
        eligibility.eligible,
        eligibility.eligibility_on,
        coalesce(eligibility.v_eligibility, 0) as v_eligibility,
        forwarding.keeps_part,
        forwarding.forwarded_on,
        coalesce(forwarding.v_forwarded, 0) as v_forwarded,
        withdrawal.withdrawn_on,
        coalesce(withdrawal.v_withdrawn, 0) as v_withdrawn,
        assignment.owner,
        acknowledgement.acknowledged_on,
        acknowledgement.acknowledged_at,
        coalesce(acknowledgement.v_acknowledged, 0) as v_acknowledged,
        assessment.severity,
        assessment.last_assessed_on,
        assessment.assessed_on,
        assessment.assessed_at,
        coalesce(assessment.v_assessed, 0) as v_assessed,
        opening.opened_on,
        coalesce(opening.v_opened, 0) as v_opened,
        completion.cause_found,
        completion.completed_on,
        coalesce(completion.v_completed, 0) as v_completed,
        summary.summary_on,
        coalesce(summary.v_summary, 0) as v_summary,
        decision.outcome,
        decision.decision,
        decision.needs_approval,
        decision.redress_due,
        decision.decided_on,
        decision.decided_at,
        coalesce(decision.v_decided, 0) as v_decided,
        approval.approved,
        communication.communicated_on,
        communication.communicated_at,
        coalesce(communication.v_told, 0) as v_told,
        coalesce(signposting.v_signposted, 0) as v_signposted,
        attention.attention,
        attention.attention_on,
        coalesce(attention.v_attention, 0) as v_attention,
        review.internal_on,
        coalesce(review.v_internal, 0) as v_internal,
        outside.external_on,
        coalesce(outside.v_external, 0) as v_external,
        closing.closure_basis,
        closing.closed_on,
        closing.closed_at,
        coalesce(closing.v_closed, 0) as v_closed,
        coalesce(reopening.reopen_count, 0) as reopen_count,
        reopening.reopened_on,
        coalesce(reopening.v_reopened, 0) as v_reopened,
        report.response,
        report.timely,
        report.disputed,
        reply.reply,
        reply.replied_on,
        coalesce(reply.v_replied, 0) as v_replied,
        contact.contacted_on,
        contact.contacted_at,
        coalesce(redress.is_unsettled, false) as is_unsettled,
        coalesce(redress.has_offer, false) as has_offer,
        redress.owed_since,
        redress.fulfil_by,
        redress.is_one_currency,
        redress.redress_paid_minor,
        redress.redress_currency,
        coalesce(redress.redress_state, 'none') as redress_state,
        corrected.fields
    from receipts as r
    left join eligibility on r.stream_no = eligibility.stream_no
    left join forwarding on r.stream_no = forwarding.stream_no
    left join withdrawal on r.stream_no = withdrawal.stream_no
    left join assignment on r.stream_no = assignment.stream_no
    left join acknowledgement on r.stream_no = acknowledgement.stream_no
    left join assessment on r.stream_no = assessment.stream_no
    left join opening on r.stream_no = opening.stream_no
    left join completion on r.stream_no = completion.stream_no
    left join summary on r.stream_no = summary.stream_no
    left join decision on r.stream_no = decision.stream_no
    left join approval on r.stream_no = approval.stream_no
    left join communication on r.stream_no = communication.stream_no
    left join signposting on r.stream_no = signposting.stream_no
    left join attention on r.stream_no = attention.stream_no
    left join review on r.stream_no = review.stream_no
    left join outside on r.stream_no = outside.stream_no
    left join closing on r.stream_no = closing.stream_no
    left join reopening on r.stream_no = reopening.stream_no
    left join report on r.stream_no = report.stream_no
    left join reply on r.stream_no = reply.stream_no
    left join contact on r.stream_no = contact.stream_no
    left join redress on r.stream_no = redress.stream_no
    left join corrected on r.stream_no = corrected.stream_no
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
