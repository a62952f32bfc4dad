-- One row per reason for which a complaint waits for somebody, apart from what depends on now.
-- A step that the stream's source cannot report is not observable, so nobody is waited for.
with receipts as (
    select
        e.stream_no,
        e.event_id,
        e.stream_id,
        e.received_on,
        e.respond_by,
        e.anonymous,
        e.coverage
    from events as e
    inner join scope as s on e.stream_no = s.stream_no and e.position <= s.last_position
    where e.event_type = 'complaints.complaint_received.v1'
),

corrections as (
    select
        e.stream_no,
        e.position,
        e.corrected_field,
        case when not coalesce(e.unknown, false) then e.new_value end as new_value
    from events as e
    inner join scope as s on e.stream_no = s.stream_no and e.position <= s.last_position
    inner join receipts as r on e.stream_no = r.stream_no
    where
        e.event_type = 'complaints.correction_recorded.v1'
        and (e.target_event_id is null or e.target_event_id = r.event_id)
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

steps as (
    select
        e.stream_no,
        e.position,
        e.event_id,
        e.occurred_on,
        e.eligible,
        e.keeps_part,
        e.owner,
        e.severity,
        e.agreed_by_complainant,
        e.approval_required,
        e.decision_event_id,
        e.redress_due,
        e.level,
        e.redress_id,
        e.amount_minor,
        e.fulfil_by,
        event_name(e.event_type) as what
    from events as e
    inner join scope as s on e.stream_no = s.stream_no and e.position <= s.last_position
    where
        e.event_type not in (
            'complaints.complaint_received.v1',
            'complaints.correction_recorded.v1',
            'complaints.cfpb_row_reported.v1'
        )
),

reports as (
    select
        e.stream_no,
        arg_max(e.cfpb_response, in_order(e.as_of_on, e.position)) as response
    from events as e
    inner join scope as s on e.stream_no = s.stream_no and e.position <= s.last_position
    where e.event_type = 'complaints.cfpb_row_reported.v1'
    group by e.stream_no
),

redress_items as (
    select
        stream_no,
        redress_id,
        arg_max_null(amount_minor, position) filter (what = 'redress_offered') as offered_minor,
        sum(amount_minor) filter (what = 'redress_fulfilled') as paid_minor,
        arg_max_null(fulfil_by, position) filter (what = 'redress_offered') as fulfil_by,
        arg_max_null(occurred_on, position) filter (what = 'redress_accepted') as accepted_on,
        bool_or(what = 'redress_accepted') as is_accepted,
        bool_or(what = 'redress_fulfilled') as is_carried_out,
        bool_or(what = 'redress_verified') as is_verified
    from steps
    where starts_with(what, 'redress_')
    group by stream_no, redress_id
),

redress_folded as (
    select
        stream_no,
        bool_or(is_accepted and not is_verified) as is_unsettled,
        min(accepted_on) filter (
            is_accepted
            and (not is_carried_out or coalesce(paid_minor < offered_minor, false))
        ) as owed_since,
        min(fulfil_by) filter (
            is_accepted
            and (not is_carried_out or coalesce(paid_minor < offered_minor, false))
        ) as fulfil_by
    from redress_items
    group by stream_no
),

folded as (
    select
        stream_no,
        arg_max_null(eligible, position) filter (what = 'eligibility_determined') as eligible,
        arg_max_null(keeps_part, position) filter (what = 'complaint_forwarded') as keeps_part,
        arg_max_null(owner, position) filter (what = 'complaint_assigned') as owner,
        arg_max_null(severity, position) filter (what = 'initial_assessment_made') as severity,
        arg_max_null(event_id, position) filter (what = 'decision_made') as decision,
        arg_max_null(approval_required, position) filter (what = 'decision_made') as needs_approval,
        arg_max_null(redress_due, position) filter (what = 'decision_made') as redress_due,
        list(decision_event_id) filter (what = 'decision_approved') as approved,
        max(level) filter (what = 'attention_raised') as attention,
        arg_max(what, position) filter (is_reply(what)) as reply,
        arg_max(occurred_on, position) filter (is_reply(what)) as replied_on,
        max(position) filter (is_reply(what)) as v_replied,
        max(position) filter (what = 'eligibility_determined') as v_eligibility,
        max(position) filter (what = 'complaint_forwarded') as v_forwarded,
        max(position) filter (what = 'complaint_withdrawn') as v_withdrawn,
        max(position) filter (what = 'complaint_closed') as v_closed,
        max(position) filter (what = 'complaint_reopened') as v_reopened,
        max(position) filter (what = 'escalated_externally') as v_external,
        max(position) filter (what = 'escalated_internally') as v_internal,
        max(position) filter (what = 'attention_raised') as v_attention,
        max(position) filter (what = 'decision_communicated') as v_told,
        max(position)
        filter (what = 'summary_resolution_agreed' and agreed_by_complainant) as v_summary,
        max(position) filter (what = 'decision_made') as v_decided,
        max(position) filter (what = 'investigation_completed') as v_completed,
        max(position) filter (what = 'investigation_opened') as v_opened,
        max(position) filter (what = 'initial_assessment_made') as v_assessed,
        max(position) filter (what = 'complaint_acknowledged') as v_acknowledged,
        max(position) filter (what = 'signposted_to_edr') as v_signposted,
        arg_max(occurred_on, position) filter (what = 'eligibility_determined') as eligibility_on,
        arg_max(occurred_on, position) filter (what = 'complaint_forwarded') as forwarded_on,
        arg_max(occurred_on, position) filter (what = 'complaint_withdrawn') as withdrawn_on,
        arg_max(occurred_on, position) filter (what = 'complaint_reopened') as reopened_on,
        arg_max(occurred_on, position) filter (what = 'escalated_externally') as external_on,
        arg_max(occurred_on, position) filter (what = 'escalated_internally') as internal_on,
        arg_max(occurred_on, position) filter (what = 'attention_raised') as attention_on,
        arg_max(occurred_on, position) filter (
            what = 'summary_resolution_agreed' and agreed_by_complainant
        ) as summary_on,
        arg_max(occurred_on, position) filter (what = 'decision_made') as decided_on,
        arg_max(occurred_on, position) filter (what = 'investigation_completed') as completed_on,
        arg_max(occurred_on, position) filter (what = 'investigation_opened') as opened_on,
        arg_max(occurred_on, position) filter (what = 'initial_assessment_made') as assessed_on,
        count(*) filter (what = 'redress_offered') as offers
    from steps
    group by stream_no
),

facets as (
    select
        r.stream_no,
        r.stream_id,
        r.coverage,
        f.eligible,
        f.keeps_part,
        f.owner,
        f.severity,
        f.decision,
        f.needs_approval,
        f.redress_due,
        f.approved,
        f.attention,
        f.reply,
        f.replied_on,
        f.v_eligibility,
        f.v_forwarded,
        f.v_withdrawn,
        f.v_signposted,
        f.eligibility_on,
        f.forwarded_on,
        f.withdrawn_on,
        f.reopened_on,
        f.external_on,
        f.internal_on,
        f.attention_on,
        f.summary_on,
        f.decided_on,
        f.completed_on,
        f.opened_on,
        f.assessed_on,
        x.owed_since,
        x.fulfil_by,
        p.response,
        case
            when map_contains(c.fields, 'received_on') then as_date(c.fields['received_on'])
            else r.received_on
        end as received_on,
        case
            when map_contains(c.fields, 'respond_by') then as_date(c.fields['respond_by'])
            else r.respond_by
        end as respond_by,
        coalesce(
            case
                when map_contains(c.fields, 'anonymous') then c.fields['anonymous'] = 'true'
                else r.anonymous
            end,
            false
        ) as is_anonymous,
        coalesce(x.is_unsettled, false) as is_unsettled,
        coalesce(f.offers, 0) as offers,
        case
            when f.v_closed is null and f.v_reopened is null then reported_closed(p.response)
            else coalesce(f.v_closed, 0) > coalesce(f.v_reopened, 0)
        end as is_closed,
        coalesce(f.v_reopened, 0) as v_reopened,
        coalesce(f.v_external, 0) as v_external,
        coalesce(f.v_internal, 0) as v_internal,
        coalesce(f.v_attention, 0) as v_attention,
        coalesce(f.v_told, 0) as v_told,
        coalesce(f.v_replied, 0) as v_replied,
        coalesce(f.v_summary, 0) as v_summary,
        coalesce(f.v_decided, 0) as v_decided,
        coalesce(f.v_completed, 0) as v_completed,
        coalesce(f.v_opened, 0) as v_opened,
        coalesce(f.v_assessed, 0) as v_assessed,
        coalesce(f.v_acknowledged, 0) as v_acknowledged
    from receipts as r
    left join corrected as c on r.stream_no = c.stream_no
    left join folded as f on r.stream_no = f.stream_no
    left join redress_folded as x on r.stream_no = x.stream_no
    left join reports as p on r.stream_no = p.stream_no
),

labelled as (
    select
        *,
        lifecycle_label(
            is_closed,
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
        ) as lifecycle,
        -- Nothing is left to do but to close it: why, and since when.
        case
            when v_withdrawn > v_reopened
                then { 'why': 'withdrawn', 'since': withdrawn_on }
            when v_eligibility > v_reopened and not eligible
                then { 'why': 'ineligible', 'since': eligibility_on }
            when
                v_forwarded > v_reopened
                and not coalesce(keeps_part, false)
                and observable(coverage, 'decided')
                then { 'why': 'forwarded', 'since': forwarded_on }
        end as ended
    from facets
),

waiting as (
    select
        stream_no,
        stream_id,
        'unacknowledged' as queue,
        received_on as since,
        respond_by as due_on,
        owner,
        severity,
        'no acknowledgement' as why
    from labelled
    where
        lifecycle not in ('closed', 'in_edr')
        and ended is null
        and v_acknowledged = 0
        and v_told = 0
        and v_summary = 0
        and not is_anonymous
        and observable(coverage, 'acknowledged')

    union all

    select
        stream_no,
        stream_id,
        'unassigned' as queue,
        received_on as since,
        respond_by as due_on,
        owner,
        severity,
        'nobody is responsible' as why
    from labelled
    where
        lifecycle <> 'closed'
        and ended is null
        and owner is null
        and observable(coverage, 'assigned')

    union all

    select
        stream_no,
        stream_id,
        'escalated' as queue,
        case
            when v_external > v_internal then external_on
            when v_internal > v_told then internal_on
            else attention_on
        end as since,
        respond_by as due_on,
        owner,
        severity,
        case
            when v_external > v_internal then 'external'
            when v_internal > v_told then 'internal review'
            else 'attention level ' || attention
        end as why
    from labelled
    where
        lifecycle <> 'closed'
        and ended is null
        and (v_external > v_internal or v_internal > v_told or v_attention > v_told)

    union all

    select
        stream_no,
        stream_id,
        'awaiting decision' as queue,
        case
            when lifecycle = 'in_review' then internal_on
            when v_decided > v_reopened then decided_on
            when lifecycle = 'deciding' then completed_on
            when lifecycle = 'investigating' then opened_on
            when v_reopened > 0 then reopened_on
            else assessed_on
        end as since,
        respond_by as due_on,
        owner,
        severity,
        case
            when lifecycle = 'in_review' then 'in internal review'
            when
                v_decided > v_reopened
                and needs_approval
                and not coalesce(list_contains(approved, decision), false)
                then 'decision not approved'
            when v_decided > v_reopened then 'decision not communicated'
            when lifecycle = 'deciding' then 'investigation completed'
            when lifecycle = 'investigating' then 'under investigation'
            when v_reopened > 0 then 'reopened'
            else 'assessed'
        end as why
    from labelled
    where
        ended is null
        and (
            lifecycle in ('assessed', 'investigating', 'deciding', 'in_review')
            or (lifecycle in ('received', 'acknowledged') and v_reopened > 0)
        )
        and observable(coverage, 'decided')

    union all

    select
        stream_no,
        stream_id,
        'awaiting redress' as queue,
        coalesce(owed_since, decided_on) as since,
        fulfil_by as due_on,
        owner,
        severity,
        case
            when owed_since is null then 'owed and not offered' else 'accepted and not carried out'
        end as why
    from labelled
    where
        observable(coverage, 'redress')
        and (
            owed_since is not null
            or (
                lifecycle <> 'closed'
                and ended is null
                and v_decided > v_reopened
                and redress_due
                and offers = 0
            )
        )

    union all

    select
        stream_no,
        stream_id,
        'rejected and not signposted' as queue,
        replied_on as since,
        respond_by as due_on,
        owner,
        severity,
        'rejected; not told where to go outside' as why
    from labelled
    where
        lifecycle = 'unresolved'
        and ended is null
        and v_signposted is null
        and observable(coverage, 'signposting')

    union all

    select
        stream_no,
        stream_id,
        'awaiting response' as queue,
        received_on as since,
        respond_by as due_on,
        owner,
        severity,
        response as why
    from labelled
    where
        lifecycle <> 'closed'
        and response in ('In progress', 'Untimely response')
        and observable(coverage, 'response')

    union all

    select
        stream_no,
        stream_id,
        'awaiting closure' as queue,
        case
            when ended is not null then ended.since
            when v_replied > greatest(v_told, v_reopened) then replied_on
            else summary_on
        end as since,
        respond_by as due_on,
        owner,
        severity,
        case
            when ended is not null then ended.why
            when v_replied > greatest(v_told, v_reopened) and reply = 'complainant_accepted'
                then 'accepted'
            when v_replied > greatest(v_told, v_reopened) then 'no reply'
            else 'put right at first contact'
        end as why
    from labelled
    where
        lifecycle <> 'closed'
        and observable(coverage, 'closed')
        and (
            ended is not null
            or (
                lifecycle = 'decided'
                and (
                    v_replied > greatest(v_told, v_reopened)
                    or (v_summary > greatest(v_told, v_reopened))
                )
            )
        )
)

select
    stream_no,
    queue,
    stream_id as complaint_id,
    since,
    due_on,
    masked(owner) as owner,
    severity,
    why
from waiting
