-- One row per point that a complaint raises, with its ending if it has one.
with named as (
    select
        stream_no,
        position,
        'issue-0' as issue_id,
        issue,
        sub_issue,
        null as issue_from,
        occurred_on,
        actor,
        'raised' as step
    from scoped_complaint_received
    where issue is not null

    union all

    select
        c.stream_no,
        c.position,
        'issue-0' as issue_id,
        c.new_value as issue,
        null as sub_issue,
        null as issue_from,
        c.occurred_on,
        c.actor,
        'amended' as step
    from scoped_correction_recorded as c
    inner join scoped_complaint_received as r on c.stream_no = r.stream_no
    where
        c.corrected_field = 'issue'
        and r.issue is not null
        and c.new_value <> ''
        and not coalesce(c.unknown, false)
        and (c.target_event_id is null or c.target_event_id = r.event_id)

    union all

    select
        stream_no,
        position,
        issue_id,
        issue,
        sub_issue,
        issue_from,
        occurred_on,
        actor,
        'raised' as step
    from scoped_issue_raised

    union all

    select
        stream_no,
        position,
        issue_id,
        issue,
        sub_issue,
        null as issue_from,
        occurred_on,
        actor,
        'amended' as step
    from scoped_issue_amended

    union all

    select
        stream_no,
        position,
        issue_id,
        null as issue,
        null as sub_issue,
        null as issue_from,
        occurred_on,
        actor,
        'ended' as step
    from scoped_issue_ended
),

raised as (
    select
        stream_no,
        issue_id,
        arg_max(issue, position) as issue,
        arg_max(sub_issue, position) as sub_issue,
        list(issue) filter (issue is not null) as texts,
        coalesce(max(position) filter (step = 'raised'), 0) as v_raised,
        arg_max_null(occurred_on, position) filter (step = 'raised') as raised_on,
        arg_max_null(actor, position) filter (step = 'raised') as raised_by,
        arg_max_null(issue_from, position) filter (step = 'raised') as issue_from,
        arg_max_null(occurred_on, position) filter (step = 'amended') as amended_on
    from named
    group by stream_no, issue_id
),

judged as (
    select
        r.stream_no,
        r.issue_id,
        d.position,
        d.occurred_on,
        d.actor,
        d.outcome,
        d.no_redress_reason,
        len(d.issue_outcomes) as answers,
        list_filter(
            d.issue_outcomes,
            lambda each: struct_extract(each, 'issue') = r.issue_id
            or coalesce(list_contains(r.texts, struct_extract(each, 'issue')), false)
        )[-1] as answer
    from raised as r
    inner join scoped_decision_made as d
        on r.stream_no = d.stream_no and r.v_raised < d.position
),

ends as (
    select
        j.stream_no,
        j.issue_id,
        j.position,
        j.occurred_on,
        j.actor,
        'decision' as ended_how,
        case when j.answers > 0 then j.answer.outcome else j.outcome end as ending,
        case when j.answers > 0 then j.answer.reason_code end as reason_code,
        j.no_redress_reason
    from judged as j
    where j.answers = 0 or j.answer is not null

    union all

    select
        e.stream_no,
        e.issue_id,
        e.position,
        e.occurred_on,
        e.actor,
        'without_finding' as ended_how,
        e.issue_ending as ending,
        e.reason_code,
        null as no_redress_reason
    from scoped_issue_ended as e
    inner join raised as r
        on e.stream_no = r.stream_no and e.issue_id = r.issue_id and e.position > r.v_raised
),

last_end as (
    select
        stream_no,
        issue_id,
        max(position) as v_ended,
        arg_max_null(occurred_on, position) as ended_on,
        arg_max_null(actor, position) as ended_by,
        arg_max_null(ended_how, position) as ended_how,
        arg_max_null(ending, position) as ending,
        arg_max_null(reason_code, position) as reason_code,
        arg_max_null(no_redress_reason, position) as no_redress_reason
    from ends
    group by stream_no, issue_id
),

-- What ends every point that is open then: the last of each kind, if it stands.
courses as (
    select
        stream_no,
        position,
        occurred_on,
        actor,
        'resolved_by_agreement' as ending,
        true as until_reopened,
        true as stands
    from scoped_summary_resolution_agreed
    where agreed_by_complainant

    union all

    select
        stream_no,
        position,
        occurred_on,
        actor,
        'withdrawn' as ending,
        true as until_reopened,
        true as stands
    from scoped_complaint_withdrawn

    union all

    select
        stream_no,
        position,
        occurred_on,
        actor,
        'forwarded' as ending,
        false as until_reopened,
        keeps_part is not true as stands
    from scoped_complaint_forwarded

    union all

    select
        stream_no,
        position,
        occurred_on,
        actor,
        'ineligible' as ending,
        false as until_reopened,
        not eligible as stands
    from scoped_eligibility_determined
),

reopenings as (
    select
        stream_no,
        max(position) as v_reopened
    from scoped_complaint_reopened
    group by stream_no
),

last_courses as (
    select
        stream_no,
        ending,
        max(position) as position,
        arg_max_null(occurred_on, position) as occurred_on,
        arg_max_null(actor, position) as actor,
        arg_max(stands, position) as stands,
        any_value(until_reopened) as until_reopened
    from courses
    group by stream_no, ending
),

by_course as (
    select
        r.stream_no,
        r.issue_id,
        min(c.position) as v_ended,
        arg_min_null(c.occurred_on, c.position) as ended_on,
        arg_min_null(c.actor, c.position) as ended_by,
        arg_min_null(c.ending, c.position) as ending
    from raised as r
    inner join last_courses as c on r.stream_no = c.stream_no and r.v_raised < c.position
    left join reopenings as o on c.stream_no = o.stream_no
    where
        c.stands
        and not (c.until_reopened and c.position < coalesce(o.v_reopened, 0))
    group by r.stream_no, r.issue_id
),

ended as (
    select
        r.*,
        coalesce(l.v_ended, c.v_ended) as v_ended,
        coalesce(l.ended_on, c.ended_on) as ended_on,
        coalesce(l.ended_by, c.ended_by) as ended_by,
        coalesce(l.ended_how, case when c.v_ended is not null then 'complaint' end) as ended_how,
        coalesce(l.ending, c.ending) as ending,
        l.reason_code,
        l.no_redress_reason,
        bool_or(r.issue_id <> 'issue-0') over (partition by r.stream_no) as has_own_points
    from raised as r
    left join last_end as l on r.stream_no = l.stream_no and r.issue_id = l.issue_id
    left join by_course as c on r.stream_no = c.stream_no and r.issue_id = c.issue_id
),

told as (
    select
        e.stream_no,
        e.issue_id,
        arg_max(t.occurred_on, t.position) as communicated_on
    from ended as e
    inner join scoped_decision_communicated as t
        on e.stream_no = t.stream_no and e.v_ended < t.position
    where
        e.ended_how = 'decision'
        and (coalesce(len(t.issue_ids), 0) = 0 or list_contains(t.issue_ids, e.issue_id))
    group by e.stream_no, e.issue_id
),

offered as (
    select
        e.stream_no,
        e.issue_id,
        list_sort(list_distinct(list(masked(o.redress_id)))) as redress_ids
    from ended as e
    inner join scoped_redress_offered as o on e.stream_no = o.stream_no
    where
        list_contains(o.issue_ids, e.issue_id)
        or (
            coalesce(len(o.issue_ids), 0) = 0
            and e.ending in ('upheld', 'partly_upheld')
        )
    group by e.stream_no, e.issue_id
),

causes as (
    select
        e.stream_no,
        e.issue_id,
        arg_max_null(c.cause_code, c.position) as cause_code,
        arg_max(c.no_action_reason, c.position) as no_action_reason,
        list_sort(list_distinct(list(masked(a.action_id)) filter (a.action_id is not null)))
            as action_ids
    from ended as e
    inner join scoped_root_cause_recorded as c
        on e.stream_no = c.stream_no and coalesce(c.issue_id, e.issue_id) = e.issue_id
    left join scoped_action_raised as a
        on c.stream_no = a.stream_no and c.cause_id = a.cause_id
    group by e.stream_no, e.issue_id
)

select
    e.*,
    t.communicated_on,
    o.redress_ids,
    c.cause_code,
    c.action_ids,
    c.no_action_reason
from ended as e
left join told as t on e.stream_no = t.stream_no and e.issue_id = t.issue_id
left join offered as o on e.stream_no = o.stream_no and e.issue_id = o.issue_id
left join causes as c on e.stream_no = c.stream_no and e.issue_id = c.issue_id
