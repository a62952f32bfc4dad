-- A date clock is due at the end of its local day, whose zone the receipt need not name; so it
-- counts as overdue from the next date in UTC. Two weeks without news is silence (ISO 10002 7.3)
-- unless the caller says otherwise. A refused receipt waits until its complaint is admitted.
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

    claimed as (
        select
            v.stream_id,
            min(coalesce(v.occurred_on, v.recorded_at::date)) as since,
            arg_max(v.reason, v.recorded_at) as reason
        from record_verdicts as v
        anti join streams as s on v.stream_id = s.stream_id
        where v.outcome = 'refused' and v.event_type like 'complaints.complaint_received.v%'
        group by v.stream_id, case when v.stream_id is null then v.ordinal end, v.partition
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
        masked(stream_id) as complaint_id,
        since,
        null::timestamp as due_at,
        null as owner,
        null::bigint as severity,
        reason as why,
        null::date as due_on
    from claimed
