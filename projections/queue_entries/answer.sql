-- One row per reason for which a complaint waits for somebody, apart from what depends on now.
-- A step that the stream's source cannot report is not observable, so nobody is waited for.
with labelled as (
    select
        r.stream_no,
        r.coverage,
        f.owner,
        f.severity,
        f.decision,
        f.needs_approval,
        f.redress_due,
        f.approved,
        f.attention,
        f.reply,
        f.replied_on,
        f.reopened_on,
        f.external_on,
        f.internal_on,
        f.attention_on,
        f.summary_on,
        f.decided_on,
        f.completed_on,
        f.opened_on,
        f.last_assessed_on as assessed_on,
        f.owed_since,
        f.fulfil_by,
        f.has_offer,
        f.response,
        f.lifecycle,
        f.v_signposted,
        f.v_reopened,
        f.v_external,
        f.v_internal,
        f.v_attention,
        f.v_told,
        f.v_replied,
        f.v_summary,
        f.v_decided,
        f.v_acknowledged,
        case
            when map_contains(f.fields, 'received_on') then as_date(f.fields['received_on'])
            else r.received_on
        end as received_on,
        case
            when map_contains(f.fields, 'respond_by') then as_date(f.fields['respond_by'])
            else r.respond_by
        end as respond_by,
        f.v_identified = 0
        and coalesce(
            case
                when map_contains(f.fields, 'anonymous') then f.fields['anonymous'] = 'true'
                else r.anonymous
            end,
            false
        ) as is_anonymous,
        -- Nothing is left to do but to close it: why, and since when.
        case
            when f.v_withdrawn > f.v_reopened
                then { 'why': 'withdrawn', 'since': f.withdrawn_on }
            when f.v_eligibility > f.v_reopened and not f.eligible
                then { 'why': 'ineligible', 'since': f.eligibility_on }
            when
                f.v_forwarded > f.v_reopened
                and not coalesce(f.keeps_part, false)
                and observable(r.coverage, 'decided')
                then { 'why': 'forwarded', 'since': f.forwarded_on }
        end as ended
    from scoped_complaint_received as r
    inner join scoped_facets as f on r.stream_no = f.stream_no
),

waiting as (
    select
        stream_no,
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
                and not has_offer
            )
        )

    union all

    select
        stream_no,
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
        and v_signposted = 0
        and observable(coverage, 'signposting')

    union all

    select
        stream_no,
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

    union all

    select
        w.stream_no,
        w.queue,
        w.since,
        w.due_on,
        l.owner,
        l.severity,
        w.why
    from scoped_waits as w
    inner join labelled as l on w.stream_no = l.stream_no
    where w.after_closing or l.lifecycle <> 'closed'
)

select
    w.stream_no,
    w.queue,
    s.stream_id as complaint_id,
    w.since,
    w.due_on,
    masked(w.owner) as owner,
    w.severity,
    w.why
from waiting as w
inner join scope as s on w.stream_no = s.stream_no
