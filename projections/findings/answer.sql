-- One row per breach of a rule that facts show; nothing is refused for it (DESIGN 2).
-- "Before" is by the days on which things happened, that day included, since a fact may be
-- recorded late; a step that the stream's source cannot report is never missed.
with scoped as (
    select
        e.stream_no,
        e.stream_id,
        e.position,
        e.event_id,
        e.event_type,
        e.occurred_on,
        e.occurred_at,
        e.recorded_at,
        e.actor,
        e.reviewer,
        e.reply_by,
        e.window_ended_on,
        e.decision_basis,
        e.decision_event_id,
        e.agreed_by_complainant,
        e.eligible,
        e.withdrawn_by,
        e.closure_basis,
        e.redress_id,
        e.amount_minor,
        e.received_on,
        e.received_at,
        e.corrected_field,
        e.new_value,
        e.unknown,
        e.target_event_id,
        e.approved_by,
        e.coverage,
        event_name(e.event_type) as what
    from events as e
    inner join scope as s on e.stream_no = s.stream_no and e.position <= s.last_position
),

receipts as (
    select
        stream_no,
        event_id,
        received_on,
        coverage
    from scoped
    where what = 'complaint_received'
),

moved_receipts as (
    select
        c.stream_no,
        arg_max(as_date(c.new_value), c.position) as received_on
    from scoped as c
    inner join receipts as r on c.stream_no = r.stream_no
    where
        c.what = 'correction_recorded'
        and c.corrected_field = 'received_on'
        and not coalesce(c.unknown, false)
        and (c.target_event_id is null or c.target_event_id = r.event_id)
    group by c.stream_no
),

streams_judged as (
    select
        r.stream_no,
        r.event_id as receipt_id,
        r.coverage,
        coalesce(m.received_on, r.received_on) as received_on
    from receipts as r
    left join moved_receipts as m on r.stream_no = m.stream_no
),

steps as (
    select
        e.stream_no,
        e.position,
        e.event_id,
        e.what,
        e.occurred_on,
        e.actor,
        e.reviewer,
        e.reply_by,
        e.window_ended_on,
        e.decision_basis,
        e.decision_event_id,
        e.agreed_by_complainant,
        e.eligible,
        e.withdrawn_by,
        e.closure_basis,
        e.redress_id,
        e.amount_minor,
        e.corrected_field,
        e.new_value,
        e.unknown,
        e.target_event_id,
        e.approved_by,
        j.receipt_id,
        j.received_on as first_contact_on,
        j.coverage,
        in_order(e.occurred_on, e.position) as place
    from scoped as e
    inner join streams_judged as j on e.stream_no = j.stream_no
    where e.what not in ('complaint_received', 'cfpb_row_reported')
),

-- The first day of each step that later ones rest on.
firsts as (
    select
        stream_no,
        min(occurred_on) filter (what = 'initial_assessment_made') as assessed_on,
        min(occurred_on) filter (what = 'decision_made') as decided_on,
        min(occurred_on) filter (
            what = 'summary_resolution_agreed' and agreed_by_complainant
        ) as summary_on,
        min(occurred_on) filter (what = 'complaint_withdrawn') as withdrawn_on,
        min(occurred_on) filter (
            what = 'eligibility_determined' and not eligible
        ) as ineligible_on,
        min(occurred_on) filter (what = 'complaint_forwarded') as forwarded_on,
        min(occurred_on) filter (
            what in ('signposted_to_edr', 'escalated_externally')
        ) as shown_outside_on
    from steps
    group by stream_no
),

judged as (
    select
        s.*,
        coalesce(f.assessed_on <= s.occurred_on, false) as is_assessed,
        coalesce(f.decided_on <= s.occurred_on, false) as is_decided,
        coalesce(f.summary_on <= s.occurred_on, false) as is_summary,
        coalesce(f.withdrawn_on <= s.occurred_on, false) as is_withdrawn,
        coalesce(f.ineligible_on <= s.occurred_on, false) as is_ineligible,
        coalesce(f.forwarded_on <= s.occurred_on, false) as is_forwarded,
        coalesce(f.shown_outside_on <= s.occurred_on, false) as is_shown_outside
    from steps as s
    inner join firsts as f on s.stream_no = f.stream_no
),

-- The turn is the last closing or reopening before, in the order of their days.
after_turns as (
    select
        j.stream_no,
        j.position,
        j.what,
        j.occurred_on,
        j.coverage,
        last_value(case when is_turn(j.what) then j.what end ignore nulls) over before as turn,
        last_value(case when is_turn(j.what) then j.occurred_on end ignore nulls)
            over before as turn_on
    from judged as j
    semi join steps as t on j.stream_no = t.stream_no and is_turn(t.what)
    window before as (
        partition by j.stream_no
        order by j.place
        rows between unbounded preceding and 1 preceding
    )
),

-- Replies and letters up to the end of the day of a closing or of a silence.
answers as (
    select
        stream_no,
        position,
        what,
        occurred_on,
        coverage,
        closure_basis,
        window_ended_on,
        is_shown_outside,
        max(case when what = 'complainant_rejected' then place end) over by_day as rejected,
        max(case when is_reply(what) then place end) over by_day as replied,
        max(case when what = 'decision_communicated' then place end) over by_day as told
    from judged
    where is_reply(what) or what in ('complaint_closed', 'decision_communicated')
    window by_day as (partition by stream_no order by occurred_on)
),

-- The stage of a decision is that of the stream when it was recorded.
staged as (
    select
        stream_no,
        position,
        what,
        actor,
        reviewer,
        last_value(case when what <> 'decision_made' then what end ignore nulls) over (
            partition by stream_no
            order by position
            rows between unbounded preceding and 1 preceding
        ) as stage
    from steps
    where what in ('decision_made', 'escalated_internally', 'escalated_externally')
),

reviewers as (
    select
        stream_no,
        position,
        what,
        actor as reviewer
    from staged
    where what = 'decision_made' and stage = 'escalated_internally'

    union all

    select
        stream_no,
        position,
        what,
        reviewer
    from staged
    where what = 'escalated_internally' and reviewer is not null
),

redress_at_closing as (
    select
        c.stream_no,
        c.position,
        r.redress_id
    from judged as c
    inner join judged as r
        on
            c.stream_no = r.stream_no
            and starts_with(r.what, 'redress_')
            and c.occurred_on >= r.occurred_on
    where c.what = 'complaint_closed' and observable(c.coverage, 'redress')
    group by c.stream_no, c.position, r.redress_id
    having
        bool_or(r.what = 'redress_accepted')
        and (
            not bool_or(r.what = 'redress_fulfilled')
            or coalesce(
                sum(r.amount_minor) filter (r.what = 'redress_fulfilled')
                < arg_max_null(r.amount_minor, r.position) filter (r.what = 'redress_offered'),
                false
            )
        )
),

first_deciders as (
    select distinct
        stream_no,
        actor
    from staged
    where what = 'decision_made' and stage is null
),

named as (
    select
        e.stream_no,
        e.position,
        list_filter($opaque_violations, lambda field: field is not null) as violations
    from events as e
    inner join scope as s on e.stream_no = s.stream_no and e.position <= s.last_position
    where $is_not_opaque
),

codes_used as (
    select
        e.stream_no,
        e.position,
        unnest($codes_used) as used
    from events as e
    inner join scope as s on e.stream_no = s.stream_no and e.position <= s.last_position
),

found as (
    select
        stream_no,
        position,
        'before_receipt' as finding,
        'INV-06' as invariant,
        'breach' as severity,
        what as detail
    from judged
    where occurred_on < first_contact_on and what <> 'correction_recorded'

    union all

    select
        stream_no,
        position,
        'decided_before_assessment' as finding,
        'INV-06' as invariant,
        'breach' as severity,
        coalesce(decision_basis, 'no basis named') as detail
    from judged
    where
        what = 'decision_made'
        and not is_assessed
        and not is_summary
        and observable(coverage, 'assessed')

    union all

    select
        stream_no,
        position,
        'communicated_before_decision' as finding,
        'INV-06' as invariant,
        'breach' as severity,
        'no decision by that day' as detail
    from judged
    where
        what = 'decision_communicated'
        and not is_decided
        and observable(coverage, 'decided')

    union all

    select
        stream_no,
        position,
        'closed_without_decision' as finding,
        'INV-06' as invariant,
        'breach' as severity,
        'no decision, withdrawal, forwarding, refusal or summary resolution by that day' as detail
    from judged
    where
        what = 'complaint_closed'
        and not (is_decided or is_summary or is_withdrawn or is_ineligible or is_forwarded)
        and observable(coverage, 'decided')

    union all

    select
        stream_no,
        position,
        'closed_without_signposting' as finding,
        'INV-08' as invariant,
        'breach' as severity,
        'rejected and not told where to go outside' as detail
    from answers
    where
        what = 'complaint_closed'
        and rejected = replied
        and not is_shown_outside
        and observable(coverage, 'signposting')

    union all

    select
        stream_no,
        position,
        'closed_with_redress_owed' as finding,
        'INV-09' as invariant,
        'breach' as severity,
        count(*) || ' accepted and not carried out' as detail
    from redress_at_closing
    group by stream_no, position

    union all

    select
        a.stream_no,
        a.position,
        'approved_by_decider' as finding,
        'domain 3.3' as invariant,
        'breach' as severity,
        d.event_id as detail
    from judged as a
    inner join judged as d
        on a.stream_no = d.stream_no and a.decision_event_id = d.event_id and a.actor = d.actor
    where a.what = 'decision_approved' and d.what = 'decision_made'

    union all

    select
        a.stream_no,
        a.position,
        'decision_not_found' as finding,
        'domain 3.3' as invariant,
        'doubt' as severity,
        a.what as detail
    from judged as a
    anti join judged as d
        on
            a.stream_no = d.stream_no
            and a.decision_event_id = d.event_id
            and d.what = 'decision_made'
    where
        a.what in ('decision_approved', 'decision_communicated') and a.decision_event_id is not null

    union all

    select
        stream_no,
        position,
        'redress_approved_by_proposer' as finding,
        'INV-10' as invariant,
        'breach' as severity,
        null as detail
    from judged
    where what = 'redress_offered' and approved_by = actor

    union all

    select
        j.stream_no,
        j.position,
        'reviewed_by_first_decider' as finding,
        'INV-11' as invariant,
        'breach' as severity,
        j.what as detail
    from reviewers as j
    semi join first_deciders as f on j.stream_no = f.stream_no and j.reviewer = f.actor

    union all

    select
        stream_no,
        position,
        'summary_without_agreement' as finding,
        'INV-20' as invariant,
        'breach' as severity,
        what as detail
    from judged
    where
        (what = 'complaint_closed' and closure_basis = 'summary_resolved' and not is_summary)
        or (what = 'summary_resolution_agreed' and not agreed_by_complainant)

    union all

    select
        a.stream_no,
        a.position,
        'no_reply_too_early' as finding,
        'INV-21' as invariant,
        'breach' as severity,
        'the window runs until ' || greatest(a.window_ended_on, t.reply_by)::varchar as detail
    from answers as a
    left join steps as t on a.stream_no = t.stream_no and a.told = t.place
    where
        (a.what = 'complainant_did_not_reply' and a.occurred_on <= a.window_ended_on)
        or (
            (
                a.what = 'complainant_did_not_reply'
                or (a.what = 'complaint_closed' and a.closure_basis = 'no_reply_after_final')
            )
            and a.occurred_on <= t.reply_by
        )

    union all

    select
        stream_no,
        position,
        'withdrawn_by_another' as finding,
        'INV-22' as invariant,
        'breach' as severity,
        what as detail
    from judged
    where
        (what = 'complaint_withdrawn' and withdrawn_by not in ('complainant', 'representative'))
        or (what = 'complaint_closed' and closure_basis = 'withdrawn' and not is_withdrawn)

    union all

    select
        stream_no,
        position,
        'merged_without_survivor' as finding,
        'INV-23' as invariant,
        'breach' as severity,
        null as detail
    from judged
    where what = 'complaint_closed' and closure_basis = 'merged'

    union all

    select
        stream_no,
        position,
        'closed_to_restrict_contact' as finding,
        'INV-24' as invariant,
        'breach' as severity,
        null as detail
    from judged
    where what = 'complaint_closed' and closure_basis = 'contact_restriction'

    union all

    select
        stream_no,
        position,
        'after_closing' as finding,
        'domain 3.2' as invariant,
        'doubt' as severity,
        what as detail
    from after_turns
    where
        turn = 'complaint_closed'
        and occurred_on > turn_on
        and what not in (
            'complaint_reopened',
            'correction_recorded',
            'redress_fulfilled',
            'redress_verified',
            'signposted_to_edr',
            'escalated_externally'
        )

    union all

    select
        stream_no,
        position,
        'reopened_while_open' as finding,
        'domain 3.3' as invariant,
        'doubt' as severity,
        null as detail
    from after_turns
    where
        what = 'complaint_reopened'
        and turn is distinct from 'complaint_closed'
        and observable(coverage, 'decided')

    union all

    select distinct
        v.stream_no,
        v.position,
        'verified_by_payer' as finding,
        'domain 3.3' as invariant,
        'breach' as severity,
        null as detail
    from judged as v
    inner join judged as p
        on v.stream_no = p.stream_no and v.redress_id = p.redress_id and v.actor = p.actor
    where v.what = 'redress_verified' and p.what = 'redress_fulfilled'

    union all

    select
        r.stream_no,
        r.position,
        'redress_not_offered' as finding,
        'domain 3.3' as invariant,
        'doubt' as severity,
        r.what as detail
    from judged as r
    anti join judged as o
        on r.stream_no = o.stream_no and r.redress_id = o.redress_id and o.what = 'redress_offered'
    where starts_with(r.what, 'redress_') and observable(r.coverage, 'redress')

    union all

    select
        stream_no,
        position,
        'correction_without_effect' as finding,
        'INV-01' as invariant,
        'doubt' as severity,
        case
            when target_event_id <> receipt_id then 'aims at another event'
            when
                corrected_field not in (
                    select c.code from codes as c
                    where c.list = 'correctable_field'
                )
                then 'field cannot be corrected'
            else 'value cannot be read'
        end as detail
    from judged
    where
        what = 'correction_recorded'
        and (
            target_event_id <> receipt_id
            or corrected_field not in (
                select c.code from codes as c
                where c.list = 'correctable_field'
            )
            or not is_readable(
                corrected_field, case when not coalesce(unknown, false) then new_value end
            )
        )

    union all

    select
        stream_no,
        position,
        'receipt_moved_alone' as finding,
        'INV-04' as invariant,
        'breach' as severity,
        corrected_field as detail
    from judged
    where
        what = 'correction_recorded'
        and corrected_field in ('received_on', 'received_at')
        and (approved_by is null or approved_by = actor)

    union all

    select
        stream_no,
        position,
        'received_after_recorded' as finding,
        'INV-04' as invariant,
        'breach' as severity,
        null as detail
    from scoped
    where
        what = 'complaint_received'
        and (
            received_at > recorded_at + interval 5 minutes
            or received_on > recorded_at::date + 1
        )

    union all

    -- a clock that is minutes ahead is no forward-dating, nor is a zone a day ahead of UTC
    select
        stream_no,
        position,
        'dated_in_future' as finding,
        'INV-04' as invariant,
        'doubt' as severity,
        null as detail
    from scoped
    where
        occurred_at > recorded_at + interval 5 minutes
        or occurred_on > recorded_at::date + 1

    union all

    select
        stream_no,
        position,
        'not_opaque' as finding,
        'INV-13' as invariant,
        'breach' as severity,
        unnest(violations) as detail
    from named

    union all

    select
        u.stream_no,
        u.position,
        'unknown_code' as finding,
        'domain 3.3' as invariant,
        'doubt' as severity,
        u.used.list as detail
    from codes_used as u
    anti join codes as c on u.used.list = c.list and u.used.code = c.code
    where u.used.code is not null
)

select
    f.stream_no,
    e.stream_id as complaint_id,
    f.position,
    e.event_id,
    f.finding,
    f.invariant,
    f.severity,
    f.detail
from found as f
inner join scoped as e on f.stream_no = e.stream_no and f.position = e.position
