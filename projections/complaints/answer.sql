-- One row per complaint: every facet as the events in scope leave it.
-- "Last" is last in the stream's order, but for what a source reports as at a date. First
-- steps (acknowledged, assessed) are the earliest by their own date, whenever recorded.
with receipts as (
    select
        e.stream_no,
        e.event_id,
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
    from scoped_complaint_received as e
),

latest as (
    select
        e.stream_no,
        max(e.version) as version,
        max(e.occurred_on) as last_event_on,
        arg_max_null(e.occurred_at, in_order(e.occurred_on, e.position)) as last_event_at
    from scoped_events as e
    group by e.stream_no
)

select
    r.stream_no,
    s.stream_id as complaint_id,
    masked(r.reference) as reference,
    masked_source(r.source) as source,
    masked(
        case
            when map_contains(f.fields, 'external_id') then f.fields['external_id']
            else r.external_id
        end
    ) as external_id,
    case
        when map_contains(f.fields, 'received_on') then as_date(f.fields['received_on'])
        else r.received_on
    end as received_on,
    case
        when map_contains(f.fields, 'received_at') then as_instant(f.fields['received_at'])
        else r.received_at
    end as received_at,
    r.recorded_at,
    case
        when map_contains(f.fields, 'organisation') then f.fields['organisation']
        else r.organisation
    end as organisation,
    case
        when map_contains(f.fields, 'product') then f.fields['product']
        else r.product
    end as product,
    case
        when map_contains(f.fields, 'sub_product') then f.fields['sub_product']
        else r.sub_product
    end as sub_product,
    case
        when map_contains(f.fields, 'issue') then f.fields['issue']
        else r.issue
    end as issue,
    case
        when map_contains(f.fields, 'sub_issue') then f.fields['sub_issue']
        else r.sub_issue
    end as sub_issue,
    case
        when map_contains(f.fields, 'channel') then f.fields['channel']
        else r.channel
    end as channel,
    f.lifecycle,
    not(f.is_closed_by_us or f.is_reported_closed) as is_open,
    case f.eligible when true then 'eligible' when false then 'ineligible' else 'undetermined' end
        as eligibility,
    masked(f.owner) as owner,
    f.severity,
    case
        when map_contains(f.fields, 'respond_by') then as_date(f.fields['respond_by'])
        else r.respond_by
    end as respond_by,
    l.last_event_at,
    f.contacted_at as last_contact_at,
    f.response,
    f.timely,
    f.disputed,
    f.redress_state,
    case
        when f.v_external > 0 then 'in_edr'
        when f.v_signposted > 0 then 'signposted'
        else 'none'
    end as external_state,
    f.link_role,
    f.reopen_count,
    case when f.is_closed_by_us then f.closed_at end as closed_at,
    case
        when f.is_closed_by_us then f.closure_basis
        when f.is_reported_closed then 'reported'
    end as closure_basis,
    f.acknowledged_at,
    f.assessed_at,
    f.decided_at,
    f.communicated_at,
    f.outcome,
    case
        when map_contains(f.fields, 'remedy_sought') then as_items(f.fields['remedy_sought'])
        else r.remedy_sought
    end as remedy_sought,
    case
        when map_contains(f.fields, 'legal_entity') then f.fields['legal_entity']
        else r.legal_entity
    end as legal_entity,
    case
        when map_contains(f.fields, 'org_unit') then f.fields['org_unit']
        else r.org_unit
    end as org_unit,
    case
        when map_contains(f.fields, 'kind') then f.fields['kind']
        else r.kind
    end as kind,
    case
        when map_contains(f.fields, 'incident_on') then as_date(f.fields['incident_on'])
        else r.incident_on
    end as incident_on,
    f.cause_found,
    case when f.is_one_currency then f.redress_paid_minor end as redress_paid_minor,
    case when f.is_one_currency then f.redress_currency end as currency,
    case
        when f.v_external > f.v_internal then 'external'
        when f.v_internal > 0 then 'internal_review'
        else 'first_answer'
    end as stage,
    greatest(coalesce(f.attention, 0), 0) as attention,
    r.coverage,
    l.version,
    case when f.is_closed_by_us then f.closed_on end as closed_on,
    f.acknowledged_on,
    f.assessed_on,
    f.decided_on,
    f.communicated_on,
    l.last_event_on,
    f.contacted_on as last_contact_on
from receipts as r
inner join scope as s on r.stream_no = s.stream_no
inner join scoped_facets as f on r.stream_no = f.stream_no
inner join latest as l on r.stream_no = l.stream_no
