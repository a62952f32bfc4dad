-- One row per breach of a rule that facts show; nothing is refused for it (DESIGN 2).
-- "Before" is by the days on which things happened, that day included, since a fact may be
-- recorded late; a step that the stream's source cannot report is never missed.
-- Each rule reads only the events that it is about, and what holds of any event is asked in one
-- pass, since a rebuild reads every event there is.
with receipts as (
    select
        stream_no,
        position,
        event_id,
        recorded_at,
        received_on,
        received_at,
        coverage
    from scoped_complaint_received
),

decisions as (
    select
        stream_no,
        position,
        event_id,
        occurred_on,
        actor,
        decision_basis
    from scoped_decision_made
),

closings as (
    select
        stream_no,
        position,
        event_id,
        occurred_on,
        closure_basis
    from scoped_complaint_closed
),

moved_receipts as (
    select
        c.stream_no,
        arg_max(as_date(c.new_value), c.position) as received_on
    from scoped_correction_recorded as c
    inner join receipts as r on c.stream_no = r.stream_no
    where
        c.corrected_field = 'received_on'
        and not coalesce(c.unknown, false)
        and (c.target_event_id is null or c.target_event_id = r.event_id)
    group by c.stream_no
),

-- The days before and after which few events of a stream lie; a union keeps it to one pass.
bounds as (
    select
        stream_no,
        coalesce(min(moved_on), min(received_on)) as received_on,
        min(closed_on) as closed_on
    from (
        select
            stream_no,
            received_on,
            null::date as moved_on,
            null::date as closed_on
        from receipts

        union all

        select
            stream_no,
            null as received_on,
            received_on as moved_on,
            null as closed_on
        from moved_receipts

        union all

        select
            stream_no,
            null as received_on,
            null as moved_on,
            occurred_on as closed_on
        from closings
    ) as days
    group by stream_no
),

-- The one pass over all events; it only picks those that a rule may be about.
noticed as (
    select
        e.stream_no,
        e.position,
        e.event_id,
        e.what,
        e.recorded_at,
        e.occurred_at,
        e.occurred_on,
        e.actor,
        e.on_behalf_of,
        e.source,
        b.received_on,
        b.closed_on,
        e.what not in ('complaint_received', 'cfpb_row_reported') as is_step
    from scoped_events as e
    left join bounds as b on e.stream_no = b.stream_no
    where
        e.occurred_on < b.received_on
        or e.occurred_on > b.closed_on
        or e.occurred_at > e.recorded_at
        or e.occurred_on > e.recorded_at
        or not (is_opaque(e.actor) and is_opaque(e.on_behalf_of) and is_source(e.source))
),

turns as (
    select
        stream_no,
        occurred_on,
        in_order(occurred_on, position) as place,
        true as is_closing
    from closings

    union all

    select
        stream_no,
        occurred_on,
        in_order(occurred_on, position) as place,
        false as is_closing
    from scoped_complaint_reopened
),

-- The turn is the last closing or reopening before, in the order of their days.
after_closing as (
    select
        e.stream_no,
        e.position,
        any_value(e.event_id) as event_id,
        any_value(e.what) as what
    from noticed as e
    inner join turns as t
        on e.stream_no = t.stream_no and in_order(e.occurred_on, e.position) > t.place
    where
        e.is_step
        and e.occurred_on > e.closed_on
        and not list_contains($possible_after_closing, e.what)
    group by e.stream_no, e.position
    having
        arg_max(t.is_closing, t.place)
        and any_value(e.occurred_on) > arg_max(t.occurred_on, t.place)
),

reopened_while_open as (
    select
        e.stream_no,
        e.position,
        any_value(e.event_id) as event_id
    from scoped_complaint_reopened as e
    left join turns as t
        on e.stream_no = t.stream_no and in_order(e.occurred_on, e.position) > t.place
    group by e.stream_no, e.position
    having not coalesce(arg_max(t.is_closing, t.place), false)
),

agreed_summaries as (
    select
        stream_no,
        occurred_on
    from scoped_summary_resolution_agreed
    where agreed_by_complainant
),

-- The first day of what a decision, a letter or a closing must rest on.
assessed as (
    select
        stream_no,
        min(occurred_on) as since
    from (
        select
            stream_no,
            occurred_on
        from scoped_initial_assessment_made

        union all

        select
            stream_no,
            occurred_on
        from agreed_summaries
    ) as grounds
    group by stream_no
),

decided as (
    select
        stream_no,
        min(occurred_on) as since
    from decisions
    group by stream_no
),

settled as (
    select
        stream_no,
        min(occurred_on) as since
    from (
        select
            stream_no,
            occurred_on
        from decisions

        union all

        select
            stream_no,
            occurred_on
        from agreed_summaries

        union all

        select
            stream_no,
            occurred_on
        from scoped_complaint_withdrawn

        union all

        select
            stream_no,
            occurred_on
        from scoped_eligibility_determined
        where not eligible

        union all

        select
            stream_no,
            occurred_on
        from scoped_complaint_forwarded

        union all

        select
            stream_no,
            occurred_on
        from scoped_complaint_merged
    ) as grounds
    group by stream_no
),

replies as (
    select
        stream_no,
        position,
        occurred_on,
        false as is_rejection
    from scoped_complainant_accepted

    union all

    select
        stream_no,
        position,
        occurred_on,
        true as is_rejection
    from scoped_complainant_rejected

    union all

    select
        stream_no,
        position,
        occurred_on,
        false as is_rejection
    from scoped_complainant_did_not_reply
),

shown_outside as (
    select
        stream_no,
        min(occurred_on) as since
    from (
        select
            stream_no,
            occurred_on
        from scoped_signposted_to_edr

        union all

        select
            stream_no,
            occurred_on
        from scoped_escalated_externally
    ) as ways
    group by stream_no
),

-- Replies count up to the end of the day of the closing, as letters do for a silence.
closed_on_rejection as (
    select
        c.stream_no,
        c.position,
        any_value(c.event_id) as event_id,
        any_value(c.occurred_on) as occurred_on
    from closings as c
    semi join scoped_complainant_rejected as n on c.stream_no = n.stream_no
    inner join replies as r on c.stream_no = r.stream_no and c.occurred_on >= r.occurred_on
    group by c.stream_no, c.position
    having arg_max(r.is_rejection, in_order(r.occurred_on, r.position))
),

silences as (
    select
        stream_no,
        position,
        event_id,
        occurred_on,
        window_ended_on
    from scoped_complainant_did_not_reply

    union all

    select
        stream_no,
        position,
        event_id,
        occurred_on,
        null as window_ended_on
    from closings
    where closure_basis = 'no_reply_after_final'
),

too_early as (
    select
        s.stream_no,
        s.position,
        any_value(s.event_id) as event_id,
        any_value(s.occurred_on) as occurred_on,
        greatest(
            any_value(s.window_ended_on),
            arg_max_null(d.reply_by, in_order(d.occurred_on, d.position))
        ) as open_until
    from silences as s
    left join scoped_decision_communicated as d
        on s.stream_no = d.stream_no and s.occurred_on >= d.occurred_on
    group by s.stream_no, s.position
),

-- The stage of a decision is that of the stream when it was recorded; only a stream that was
-- escalated has a reviewer.
staged as (
    select
        stream_no,
        position,
        event_id,
        what,
        person,
        last_value(case when what <> 'decision_made' then what end ignore nulls) over (
            partition by stream_no
            order by position
            rows between unbounded preceding and 1 preceding
        ) as stage
    from (
        select
            d.stream_no,
            d.position,
            d.event_id,
            'decision_made' as what,
            d.actor as person
        from decisions as d
        semi join scoped_escalated_internally as i on d.stream_no = i.stream_no

        union all

        select
            stream_no,
            position,
            event_id,
            'escalated_internally' as what,
            reviewer as person
        from scoped_escalated_internally

        union all

        select
            x.stream_no,
            x.position,
            x.event_id,
            'escalated_externally' as what,
            null as person
        from scoped_escalated_externally as x
        semi join scoped_escalated_internally as i on x.stream_no = i.stream_no
    ) as steps
),

redress_steps as (
    select
        stream_no,
        position,
        event_id,
        'redress_accepted' as what,
        occurred_on,
        redress_id,
        null as amount_minor
    from scoped_redress_accepted

    union all

    select
        stream_no,
        position,
        event_id,
        'redress_declined' as what,
        occurred_on,
        redress_id,
        null as amount_minor
    from scoped_redress_declined

    union all

    select
        stream_no,
        position,
        event_id,
        'redress_fulfilled' as what,
        occurred_on,
        redress_id,
        amount_minor
    from scoped_redress_fulfilled

    union all

    select
        stream_no,
        position,
        event_id,
        'redress_verified' as what,
        occurred_on,
        redress_id,
        null as amount_minor
    from scoped_redress_verified

    union all

    select
        stream_no,
        position,
        event_id,
        'redress_offered' as what,
        occurred_on,
        redress_id,
        amount_minor
    from scoped_redress_offered
),

redress_at_closing as (
    select
        c.stream_no,
        c.position,
        any_value(c.event_id) as event_id
    from closings as c
    semi join scoped_redress_accepted as a on c.stream_no = a.stream_no
    inner join redress_steps as r on c.stream_no = r.stream_no and c.occurred_on >= r.occurred_on
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

named_decisions as (
    select
        stream_no,
        position,
        event_id,
        'decision_approved' as what,
        decision_event_id
    from scoped_decision_approved

    union all

    select
        stream_no,
        position,
        event_id,
        'decision_communicated' as what,
        decision_event_id
    from scoped_decision_communicated
),

corrections as (
    select
        c.stream_no,
        c.position,
        c.event_id,
        c.corrected_field,
        c.actor,
        c.approved_by,
        c.target_event_id <> r.event_id as is_astray,
        c.corrected_field not in (
            select k.code from codes as k
            where k.list = 'correctable_field'
        ) as is_fixed,
        is_readable(
            c.corrected_field, case when not coalesce(c.unknown, false) then c.new_value end
        ) as is_readable
    from scoped_correction_recorded as c
    inner join receipts as r on c.stream_no = r.stream_no
),

named_envelopes as (
    select
        stream_no,
        position,
        event_id,
        unnest([
            case when not is_opaque(actor) then 'actor' end,
            case when not is_opaque(on_behalf_of) then 'on_behalf_of' end,
            case when not is_source(source) then 'source' end
        ]) as field
    from noticed
),

-- Events with an identifier or a code to be looked at, each with all of its own.
odd as (
    select
        o.stream_no,
        o.position,
        o.event_id,
        o.ids,
        o.codes
    from scoped_odd_values as o
),

named as (
    select
        stream_no,
        position,
        event_id,
        unnest(ids) as pair
    from odd
),

codes_used as (
    select
        stream_no,
        position,
        event_id,
        unnest(codes) as pair
    from odd
),

-- What is found in a complaint's steps, and the step that its source must be able to report.
in_steps as (
    select
        stream_no,
        position,
        event_id,
        'before_receipt' as finding,
        'INV-06' as invariant,
        'breach' as severity,
        null as observed,
        what as detail
    from noticed
    where occurred_on < received_on and is_step and what <> 'correction_recorded'

    union all

    select
        d.stream_no,
        d.position,
        d.event_id,
        'decided_before_assessment' as finding,
        'INV-06' as invariant,
        'breach' as severity,
        'assessed' as observed,
        coalesce(d.decision_basis, 'no basis named') as detail
    from decisions as d
    left join assessed as a on d.stream_no = a.stream_no
    where coalesce(d.occurred_on < a.since, true)

    union all

    select
        c.stream_no,
        c.position,
        c.event_id,
        'communicated_before_decision' as finding,
        'INV-06' as invariant,
        'breach' as severity,
        'decided' as observed,
        'no decision by that day' as detail
    from scoped_decision_communicated as c
    left join decided as d on c.stream_no = d.stream_no
    where coalesce(c.occurred_on < d.since, true)

    union all

    select
        c.stream_no,
        c.position,
        c.event_id,
        'closed_without_decision' as finding,
        'INV-06' as invariant,
        'breach' as severity,
        'decided' as observed,
        'no decision, withdrawal, forwarding, merge, refusal or summary by that day' as detail
    from closings as c
    left join settled as s on c.stream_no = s.stream_no
    where coalesce(c.occurred_on < s.since, true)

    union all

    select
        c.stream_no,
        c.position,
        c.event_id,
        'closed_without_signposting' as finding,
        'INV-08' as invariant,
        'breach' as severity,
        'signposting' as observed,
        'rejected and not told where to go outside' as detail
    from closed_on_rejection as c
    left join shown_outside as s on c.stream_no = s.stream_no
    where coalesce(c.occurred_on < s.since, true)

    union all

    select
        stream_no,
        position,
        any_value(event_id) as event_id,
        'closed_with_redress_owed' as finding,
        'INV-09' as invariant,
        'breach' as severity,
        'redress' as observed,
        count(*) || ' accepted and not carried out' as detail
    from redress_at_closing
    group by stream_no, position

    union all

    select
        a.stream_no,
        a.position,
        a.event_id,
        'approved_by_decider' as finding,
        'domain 3.3' as invariant,
        'breach' as severity,
        null as observed,
        d.event_id as detail
    from scoped_decision_approved as a
    inner join decisions as d
        on a.stream_no = d.stream_no and a.decision_event_id = d.event_id and a.actor = d.actor

    union all

    select
        n.stream_no,
        n.position,
        n.event_id,
        'decision_not_found' as finding,
        'domain 3.3' as invariant,
        'doubt' as severity,
        null as observed,
        n.what as detail
    from named_decisions as n
    anti join decisions as d
        on n.stream_no = d.stream_no and n.decision_event_id = d.event_id
    where n.decision_event_id is not null

    union all

    select
        stream_no,
        position,
        event_id,
        'redress_approved_by_proposer' as finding,
        'INV-10' as invariant,
        'breach' as severity,
        null as observed,
        null as detail
    from scoped_redress_offered
    where approved_by = actor

    union all

    select
        r.stream_no,
        r.position,
        r.event_id,
        'reviewed_by_first_decider' as finding,
        'INV-11' as invariant,
        'breach' as severity,
        null as observed,
        r.what as detail
    from staged as r
    semi join staged as f
        on
            r.stream_no = f.stream_no
            and r.person = f.person
            and f.what = 'decision_made'
            and f.stage is null
    where
        r.what = 'escalated_internally'
        or (r.what = 'decision_made' and r.stage = 'escalated_internally')

    union all

    select
        stream_no,
        position,
        event_id,
        'summary_without_agreement' as finding,
        'INV-20' as invariant,
        'breach' as severity,
        null as observed,
        'summary_resolution_agreed' as detail
    from scoped_summary_resolution_agreed
    where not agreed_by_complainant

    union all

    select
        c.stream_no,
        c.position,
        c.event_id,
        'summary_without_agreement' as finding,
        'INV-20' as invariant,
        'breach' as severity,
        null as observed,
        'complaint_closed' as detail
    from closings as c
    anti join agreed_summaries as a
        on c.stream_no = a.stream_no and c.occurred_on >= a.occurred_on
    where c.closure_basis = 'summary_resolved'

    union all

    select
        stream_no,
        position,
        event_id,
        'no_reply_too_early' as finding,
        'INV-21' as invariant,
        'breach' as severity,
        null as observed,
        'the window runs until ' || open_until::varchar as detail
    from too_early
    where occurred_on <= open_until

    union all

    select
        stream_no,
        position,
        event_id,
        'withdrawn_by_another' as finding,
        'INV-22' as invariant,
        'breach' as severity,
        null as observed,
        'complaint_withdrawn' as detail
    from scoped_complaint_withdrawn
    where withdrawn_by not in ('complainant', 'representative')

    union all

    select
        c.stream_no,
        c.position,
        c.event_id,
        'withdrawn_by_another' as finding,
        'INV-22' as invariant,
        'breach' as severity,
        null as observed,
        'complaint_closed' as detail
    from closings as c
    anti join scoped_complaint_withdrawn as w
        on c.stream_no = w.stream_no and c.occurred_on >= w.occurred_on
    where c.closure_basis = 'withdrawn'

    union all

    select
        stream_no,
        position,
        event_id,
        'closed_to_restrict_contact' as finding,
        'INV-24' as invariant,
        'breach' as severity,
        null as observed,
        null as detail
    from closings
    where closure_basis = 'contact_restriction'

    union all

    select
        stream_no,
        position,
        event_id,
        finding,
        invariant,
        severity,
        observed,
        detail
    from scoped_strand_findings

    union all

    select
        stream_no,
        position,
        event_id,
        'after_closing' as finding,
        'domain 3.2' as invariant,
        'doubt' as severity,
        null as observed,
        what as detail
    from after_closing

    union all

    select
        stream_no,
        position,
        event_id,
        'reopened_while_open' as finding,
        'domain 3.3' as invariant,
        'doubt' as severity,
        'decided' as observed,
        null as detail
    from reopened_while_open

    union all

    select
        v.stream_no,
        v.position,
        v.event_id,
        'verified_by_payer' as finding,
        'domain 3.3' as invariant,
        'breach' as severity,
        null as observed,
        null as detail
    from scoped_redress_verified as v
    semi join scoped_redress_fulfilled as p
        on v.stream_no = p.stream_no and v.redress_id = p.redress_id and v.actor = p.actor

    union all

    select
        r.stream_no,
        r.position,
        r.event_id,
        'redress_not_offered' as finding,
        'domain 3.3' as invariant,
        'doubt' as severity,
        'redress' as observed,
        r.what as detail
    from redress_steps as r
    anti join scoped_redress_offered as o
        on r.stream_no = o.stream_no and r.redress_id = o.redress_id

    union all

    select
        stream_no,
        position,
        event_id,
        'correction_without_effect' as finding,
        'INV-01' as invariant,
        'doubt' as severity,
        null as observed,
        case
            when is_astray then 'aims at another event'
            when is_fixed then 'field cannot be corrected'
            else 'value cannot be read'
        end as detail
    from corrections
    where is_astray or is_fixed or not is_readable

    union all

    select
        stream_no,
        position,
        event_id,
        'receipt_moved_alone' as finding,
        'INV-04' as invariant,
        'breach' as severity,
        null as observed,
        corrected_field as detail
    from corrections
    where
        corrected_field in ('received_on', 'received_at')
        and (approved_by is null or approved_by = actor)
),

found as (
    select
        f.stream_no,
        f.position,
        f.event_id,
        f.finding,
        f.invariant,
        f.severity,
        f.detail
    from in_steps as f
    inner join receipts as r on f.stream_no = r.stream_no
    where f.observed is null or observable(r.coverage, f.observed)

    union all

    select
        stream_no,
        position,
        event_id,
        'received_after_recorded' as finding,
        'INV-04' as invariant,
        'breach' as severity,
        null as detail
    from receipts
    where
        received_at > recorded_at + interval 5 minutes
        or received_on > recorded_at::date + 1

    union all

    -- a clock that is minutes ahead is no forward-dating, nor is a zone a day ahead of UTC
    select
        stream_no,
        position,
        event_id,
        'dated_in_future' as finding,
        'INV-04' as invariant,
        'doubt' as severity,
        null as detail
    from noticed
    where
        occurred_at > recorded_at + interval 5 minutes
        or occurred_on > recorded_at::date + 1

    union all

    select
        stream_no,
        position,
        event_id,
        'not_opaque' as finding,
        'INV-13' as invariant,
        'breach' as severity,
        field as detail
    from named_envelopes
    where field is not null

    union all

    select
        stream_no,
        position,
        event_id,
        'not_opaque' as finding,
        'INV-13' as invariant,
        'breach' as severity,
        pair['name'] as detail
    from named
    where not is_opaque(pair['value'])

    union all

    select
        u.stream_no,
        u.position,
        u.event_id,
        'unknown_code' as finding,
        'domain 3.3' as invariant,
        'doubt' as severity,
        u.pair['name'] as detail
    from codes_used as u
    anti join codes as c on u.pair['name'] = c.list and u.pair['value'] = c.code
    where u.pair['value'] is not null
)

select
    f.stream_no,
    s.stream_id as complaint_id,
    f.position,
    f.event_id,
    f.finding,
    f.invariant,
    f.severity,
    f.detail
from found as f
inner join scope as s on f.stream_no = s.stream_no
