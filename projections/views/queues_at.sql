-- A date clock is due at the end of its local day, whose zone the receipt need not name; so it
-- counts as overdue from the next date in UTC. Two weeks without news is silence (ISO 10002 7.3)
-- unless the caller says otherwise. What waits at the door is told by its last record.
-- A wait whose own date has passed is in the queue of that name too, since that date.
create or replace macro queues_at(now_ts, silent_days := 14) as table
    with ended as (
        select stream_no
        from queue_entries
        where queue = 'awaiting closure'
    ),

    handled as (
        select
            c.complaint_id,
            c.received_on,
            c.respond_by,
            c.communicated_on,
            c.lifecycle,
            c.last_contact_on,
            c.owner,
            c.severity,
            c.coverage
        from complaints as c
        anti join ended as e on c.stream_no = e.stream_no
        where c.is_open
    ),

    past_due as (
        select
            unnest(
                [
                    { 'queue': 'awaiting reply', 'then': 'reply window ended' },
                    { 'queue': 'awaiting information', 'then': 'information overdue' },
                    { 'queue': 'awaiting redress', 'then': 'redress late' },
                    { 'queue': 'on hold', 'then': 'hold past review' },
                    { 'queue': 'contact restricted', 'then': 'restriction past review' },
                    { 'queue': 'authority expiring', 'then': 'authority expired' },
                    { 'queue': 'external notice to answer', 'then': 'external answer late' },
                    { 'queue': 'external remedy', 'then': 'external remedy late' },
                    { 'queue': 'referred back', 'then': 'referral late' },
                    { 'queue': 'action to carry out', 'then': 'action late' }
                ],
                recursive := true
            )
    )

    select
        queue,
        complaint_id,
        since,
        null::timestamp as due_at,
        owner,
        severity,
        why,
        due_on
    from queue_entries

    union all

    select
        p.then as queue,
        q.complaint_id,
        q.due_on as since,
        null::timestamp as due_at,
        q.owner,
        q.severity,
        q.why || ' and was due on ' || q.due_on as why,
        q.due_on
    from queue_entries as q
    inner join past_due as p on q.queue = p.queue
    where q.due_on < now_ts::date

    union all

    -- Somebody higher was told, or a body outside has it, and nobody here holds it.
    select
        'level without holder' as queue,
        complaint_id,
        since,
        null::timestamp as due_at,
        owner,
        severity,
        why || ' and nobody is responsible' as why,
        due_on
    from queue_entries
    where
        queue = 'escalated'
        and owner is null
        and why <> 'internal review'

    union all

    select
        'overdue' as queue,
        complaint_id,
        respond_by as since,
        null::timestamp as due_at,
        owner,
        severity,
        'answer due on ' || respond_by as why,
        respond_by as due_on
    from handled
    where
        respond_by < now_ts::date
        and communicated_on is null
        and lifecycle <> 'decided'
        and observable(coverage, 'responded')

    union all

    select
        'silent' as queue,
        complaint_id,
        coalesce(last_contact_on, received_on) as since,
        null::timestamp as due_at,
        owner,
        severity,
        'nothing heard for ' || (now_ts::date - coalesce(last_contact_on, received_on)) || ' days'
            as why,
        respond_by as due_on
    from handled
    where
        now_ts::date - coalesce(last_contact_on, received_on) > silent_days
        and observable(coverage, 'communicated')

    union all

    select
        'refused at the door' as queue,
        complaint_id,
        since,
        null::timestamp as due_at,
        owner,
        null::bigint as severity,
        reason
        || ' (' || id || case when records > 1 then ' and ' || (records - 1) || ' more' else '' end
        || '): ' || next_step as why,
        null::date as due_on
    from door
