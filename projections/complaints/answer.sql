-- One row per complaint: every facet as the events in scope leave it.
-- "Last" is last in the stream's order, but for what a source reports as at a date. First
-- steps (acknowledged, assessed) are the earliest by their own date, whenever recorded.
with receipts as (
    select
        e.stream_no,
        e.event_id,
        e.stream_id,
        e.source,
        e.recorded_at,
        e.reference,
        e.external_id,
        e.received_on,
        e.received_at,
        e.organisation,
        e.product,
        e.sub_product,
        e.issue,
        e.sub_issue,
        e.channel,
        e.respond_by,
        e.remedy_sought,
        e.legal_entity,
        e.org_unit,
        e.kind,
        e.incident_on,
        e.coverage
    from events as e
    inner join scope as s on e.stream_no = s.stream_no and e.position <= s.last_position
    where e.event_type = 'complaints.complaint_received.v1'
),

-- A correction changes nothing if it aims at another event or at a value that cannot be read.
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
        event_name(e.event_type) as what,
        in_order(e.occurred_on, e.position) as place,
        e.occurred_on,
        e.occurred_at,
        e.eligible,
        e.explanation_sent,
        e.complainant_told,
        e.owner,
        e.severity,
        e.outcome,
        e.cause_found,
        e.agreed_by_complainant,
        e.closure_basis,
        e.level
    from events as e
    inner join scope as s on e.stream_no = s.stream_no and e.position <= s.last_position
    where
        e.event_type not in (
            'complaints.complaint_received.v1',
            'complaints.correction_recorded.v1',
            'complaints.cfpb_row_reported.v1'
        )
        and (e.event_type <> 'complaints.complaint_forwarded.v1' or e.complainant_told)
),

folded as (
    select
        stream_no,
        arg_max_null(eligible, position) filter (what = 'eligibility_determined') as eligible,
        arg_max_null(owner, position) filter (what = 'complaint_assigned') as owner,
        arg_max_null(severity, position) filter (what = 'initial_assessment_made') as severity,
        arg_max_null(cause_found, position)
        filter (what = 'investigation_completed') as cause_found,
        arg_max_null(outcome, position) filter (what = 'decision_made') as outcome,
        arg_max_null(closure_basis, position) filter (what = 'complaint_closed') as closure_basis,
        max(level) filter (what = 'attention_raised') as attention,
        count(*) filter (what = 'complaint_reopened') as reopen_count,
        arg_min_null(occurred_on, place)
        filter (what = 'complaint_acknowledged') as acknowledged_on,
        arg_min_null(occurred_at, place)
        filter (what = 'complaint_acknowledged') as acknowledged_at,
        arg_min_null(occurred_on, place)
        filter (what = 'initial_assessment_made') as assessed_on,
        arg_min_null(occurred_at, place)
        filter (what = 'initial_assessment_made') as assessed_at,
        arg_max_null(occurred_on, position)
        filter (what = 'decision_made') as decided_on,
        arg_max_null(occurred_at, position)
        filter (what = 'decision_made') as decided_at,
        arg_max_null(occurred_on, position)
        filter (what = 'decision_communicated') as communicated_on,
        arg_max_null(occurred_at, position)
        filter (what = 'decision_communicated') as communicated_at,
        arg_max_null(occurred_on, position)
        filter (what = 'complaint_closed') as closed_on,
        arg_max_null(occurred_at, position)
        filter (what = 'complaint_closed') as closed_at,
        arg_max_null(occurred_on, place)
        filter (is_told(what, explanation_sent, complainant_told)) as contacted_on,
        arg_max_null(occurred_at, place)
        filter (is_told(what, explanation_sent, complainant_told)) as contacted_at,
        arg_max(what, position) filter (is_reply(what)) as reply,
        max(position) filter (is_reply(what)) as v_replied,
        max(position) filter (what = 'complaint_closed') as v_closed,
        max(position) filter (what = 'complaint_reopened') as v_reopened,
        max(position) filter (what = 'escalated_externally') as v_external,
        max(position) filter (what = 'escalated_internally') as v_internal,
        max(position) filter (what = 'decision_communicated') as v_told,
        max(position)
        filter (what = 'summary_resolution_agreed' and agreed_by_complainant) as v_summary,
        max(position) filter (what = 'decision_made') as v_decided,
        max(position) filter (what = 'investigation_completed') as v_completed,
        max(position) filter (what = 'investigation_opened') as v_opened,
        max(position) filter (what = 'initial_assessment_made') as v_assessed,
        max(position) filter (what = 'complaint_acknowledged') as v_acknowledged,
        max(position) filter (what = 'signposted_to_edr') as v_signposted
    from steps
    group by stream_no
),

redress_items as (
    select
        e.stream_no,
        arg_max_null(e.amount_minor, e.position)
        filter (event_name(e.event_type) = 'redress_offered') as offered_minor,
        try_cast(
            sum(e.amount_minor) filter (event_name(e.event_type) = 'redress_fulfilled') as bigint
        ) as paid_minor,
        min(e.currency) as least_currency,
        max(e.currency) as greatest_currency,
        bool_or(event_name(e.event_type) = 'redress_fulfilled') as is_carried_out,
        bool_or(event_name(e.event_type) = 'redress_accepted') as is_accepted,
        bool_or(event_name(e.event_type) = 'redress_verified') as is_verified,
        arg_max(event_name(e.event_type), e.position) filter (
            event_name(e.event_type) in ('redress_accepted', 'redress_declined')
        ) as reply
    from events as e
    inner join scope as s on e.stream_no = s.stream_no and e.position <= s.last_position
    where starts_with(event_name(e.event_type), 'redress_')
    group by e.stream_no, e.redress_id
),

redress_states as (
    select
        stream_no,
        paid_minor,
        least_currency,
        greatest_currency,
        is_accepted and not is_verified as is_unsettled,
        redress_state(is_verified, is_carried_out, offered_minor, paid_minor, reply) as state
    from redress_items
),

redress_folded as (
    select
        stream_no,
        bool_or(is_unsettled) as is_unsettled,
        coalesce(min(least_currency) = max(greatest_currency), true) as is_one_currency,
        try_cast(sum(paid_minor) as bigint) as paid_minor,
        min(least_currency) as currency,
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

reports as (
    select
        e.stream_no,
        arg_max(e.cfpb_response, in_order(e.as_of_on, e.position)) as response,
        arg_max(e.cfpb_timely, in_order(e.as_of_on, e.position)) as timely,
        arg_max(e.cfpb_disputed, in_order(e.as_of_on, e.position)) as disputed
    from events as e
    inner join scope as s on e.stream_no = s.stream_no and e.position <= s.last_position
    where e.event_type = 'complaints.cfpb_row_reported.v1'
    group by e.stream_no
),

latest as (
    select
        e.stream_no,
        max(e.version) as version,
        max(e.occurred_on) as last_event_on,
        arg_max_null(e.occurred_at, in_order(e.occurred_on, e.position)) as last_event_at
    from events as e
    inner join scope as s on e.stream_no = s.stream_no and e.position <= s.last_position
    group by e.stream_no
),

closings as (
    select
        r.stream_no,
        coalesce(f.v_closed > coalesce(f.v_reopened, 0), false) as is_closed_by_us,
        f.v_closed is null and f.v_reopened is null and reported_closed(p.response)
            as is_reported_closed
    from receipts as r
    left join folded as f on r.stream_no = f.stream_no
    left join reports as p on r.stream_no = p.stream_no
)

select
    r.stream_no,
    r.stream_id as complaint_id,
    masked(r.reference) as reference,
    masked_source(r.source) as source,
    masked(
        case
            when map_contains(c.fields, 'external_id') then c.fields['external_id']
            else r.external_id
        end
    ) as external_id,
    case
        when map_contains(c.fields, 'received_on') then as_date(c.fields['received_on'])
        else r.received_on
    end as received_on,
    case
        when map_contains(c.fields, 'received_at') then as_instant(c.fields['received_at'])
        else r.received_at
    end as received_at,
    r.recorded_at,
    case
        when map_contains(c.fields, 'organisation') then c.fields['organisation']
        else r.organisation
    end as organisation,
    case
        when map_contains(c.fields, 'product') then c.fields['product']
        else r.product
    end as product,
    case
        when map_contains(c.fields, 'sub_product') then c.fields['sub_product']
        else r.sub_product
    end as sub_product,
    case
        when map_contains(c.fields, 'issue') then c.fields['issue']
        else r.issue
    end as issue,
    case
        when map_contains(c.fields, 'sub_issue') then c.fields['sub_issue']
        else r.sub_issue
    end as sub_issue,
    case
        when map_contains(c.fields, 'channel') then c.fields['channel']
        else r.channel
    end as channel,
    lifecycle_label(
        k.is_closed_by_us or k.is_reported_closed,
        coalesce(f.v_external, 0),
        coalesce(f.v_internal, 0),
        coalesce(f.v_told, 0),
        coalesce(f.v_reopened, 0),
        coalesce(f.v_replied, 0),
        f.reply,
        coalesce(x.is_unsettled, false),
        coalesce(f.v_summary, 0),
        coalesce(f.v_decided, 0),
        coalesce(f.v_completed, 0),
        coalesce(f.v_opened, 0),
        coalesce(f.v_assessed, 0),
        coalesce(f.v_acknowledged, 0)
    ) as lifecycle,
    not(k.is_closed_by_us or k.is_reported_closed) as is_open,
    case f.eligible when true then 'eligible' when false then 'ineligible' else 'undetermined' end
        as eligibility,
    masked(f.owner) as owner,
    f.severity,
    case
        when map_contains(c.fields, 'respond_by') then as_date(c.fields['respond_by'])
        else r.respond_by
    end as respond_by,
    l.last_event_at,
    f.contacted_at as last_contact_at,
    p.response,
    p.timely,
    p.disputed,
    coalesce(x.redress_state, 'none') as redress_state,
    case
        when f.v_external is not null then 'in_edr'
        when f.v_signposted is not null then 'signposted'
        else 'none'
    end as external_state,
    'standalone' as link_role,
    coalesce(f.reopen_count, 0) as reopen_count,
    case when k.is_closed_by_us then f.closed_at end as closed_at,
    case
        when k.is_closed_by_us then f.closure_basis
        when k.is_reported_closed then 'reported'
    end as closure_basis,
    f.acknowledged_at,
    f.assessed_at,
    f.decided_at,
    f.communicated_at,
    f.outcome,
    case
        when map_contains(c.fields, 'remedy_sought') then as_items(c.fields['remedy_sought'])
        else r.remedy_sought
    end as remedy_sought,
    case
        when map_contains(c.fields, 'legal_entity') then c.fields['legal_entity']
        else r.legal_entity
    end as legal_entity,
    case
        when map_contains(c.fields, 'org_unit') then c.fields['org_unit']
        else r.org_unit
    end as org_unit,
    case
        when map_contains(c.fields, 'kind') then c.fields['kind']
        else r.kind
    end as kind,
    case
        when map_contains(c.fields, 'incident_on') then as_date(c.fields['incident_on'])
        else r.incident_on
    end as incident_on,
    f.cause_found,
    case when x.is_one_currency then x.paid_minor end as redress_paid_minor,
    case when x.is_one_currency then x.currency end as currency,
    case
        when coalesce(f.v_external, 0) > coalesce(f.v_internal, 0) then 'external'
        when f.v_internal is not null then 'internal_review'
        else 'first_answer'
    end as stage,
    greatest(coalesce(f.attention, 0), 0) as attention,
    r.coverage,
    l.version,
    case when k.is_closed_by_us then f.closed_on end as closed_on,
    f.acknowledged_on,
    f.assessed_on,
    f.decided_on,
    f.communicated_on,
    l.last_event_on,
    f.contacted_on as last_contact_on
from receipts as r
inner join latest as l on r.stream_no = l.stream_no
inner join closings as k on r.stream_no = k.stream_no
left join corrected as c on r.stream_no = c.stream_no
left join folded as f on r.stream_no = f.stream_no
left join redress_folded as x on r.stream_no = x.stream_no
left join reports as p on r.stream_no = p.stream_no
