-- A date clock is due at the end of its local day, whose zone the receipt need not name; so it
-- counts as overdue from the next date in UTC. Two weeks without news is silence (ISO 10002 7.3)
-- unless the caller says otherwise. What waits at the door is told by its last record.
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
