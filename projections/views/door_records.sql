-- A refused record looks like a receipt if its frame names that type, whatever its body holds, or
-- if its frame names no type that is known and its key is that of no complaint. It is out of the
-- way once a complaint was admitted under its stream id after it; what a complaint that was there
-- before kept out may be another matter, and waits until somebody says.
create or replace view door_records as
with claimed as (
    select
        v.partition,
        v.ordinal,
        v.event_id,
        v.stream_id,
        v.event_type is not null as is_receipt,
        v.source,
        v.reason,
        v.recorded_at,
        v.occurred_on
    from other_verdicts as v
    where
        v.outcome = 'refused'
        and (
            v.event_type like 'complaints.complaint_received.v%'
            or (v.event_type is null and v.stream_id is not null)
        )
),

taken_up as (
    select
        refused_partition,
        refused_ordinal,
        arg_max(door_id, recorded_at) as door_id,
        arg_max(owner, recorded_at) as owner,
        max(dismissed_on) as dismissed_on,
        arg_max(dismissal_reason, dismissed_on) as dismissal_reason
    from refused_receipts
    where origin = 'refused'
    group by refused_partition, refused_ordinal
),

-- Few streams are named at the door, and many are known: the former are looked up.
named as materialized (
    select stream_id
    from claimed
    where stream_id is not null

    union

    select claimed_stream_id as stream_id
    from refused_receipts
    where claimed_stream_id is not null
),

known as materialized (
    select
        s.stream_id,
        c.recorded_at
    from streams as s
    semi join named as n on s.stream_id = n.stream_id
    left join complaints as c on s.stream_no = c.stream_no
),

refused as (
    select
        v.partition,
        v.ordinal,
        v.event_id,
        v.stream_id,
        v.source,
        v.reason,
        v.recorded_at,
        v.occurred_on as claimed_on,
        s.stream_id is not null as is_known,
        s.stream_id is not null and (
            v.reason in ('already-open', 'id-reused')
            or coalesce(s.recorded_at < v.recorded_at, false)
        ) as is_apart
    from claimed as v
    left join known as s on v.stream_id = s.stream_id
    where v.is_receipt or s.stream_id is null or s.recorded_at >= v.recorded_at
),

items as (
    select
        r.partition,
        r.ordinal,
        r.event_id,
        r.stream_id,
        r.claimed_on,
        r.recorded_at,
        r.source,
        r.reason,
        r.is_apart,
        r.is_known and not r.is_apart as is_admitted,
        null as extract_digest,
        null::bigint as extract_line,
        null as set_aside_field,
        null as external_id,
        t.door_id,
        t.owner,
        t.dismissed_on,
        t.dismissal_reason
    from refused as r
    left join taken_up as t on r.partition = t.refused_partition and r.ordinal = t.refused_ordinal

    union all

    select
        o.partition,
        d.ordinal,
        null as event_id,
        d.claimed_stream_id as stream_id,
        d.claimed_received_on as claimed_on,
        d.recorded_at,
        d.claimed_source as source,
        d.reason,
        false as is_apart,
        s.stream_id is not null as is_admitted,
        d.extract_digest,
        d.extract_line,
        d.set_aside_field,
        d.claimed_external_id as external_id,
        d.door_id,
        d.owner,
        d.dismissed_on,
        d.dismissal_reason
    from refused_receipts as d
    inner join streams as o on d.stream_no = o.stream_no
    left join known as s on d.claimed_stream_id = s.stream_id
    where d.origin = 'set_aside'
)

select
    partition || ':' || ordinal as id,
    masked(stream_id) as complaint_id,
    coalesce(claimed_on, recorded_at::date) as since,
    owner,
    reason,
    masked_source(source) as source,
    partition,
    ordinal,
    extract_digest,
    extract_line,
    set_aside_field,
    external_id,
    case
        when stream_id is null or not is_opaque(stream_id) then partition || ':' || ordinal
        when not is_apart then stream_id
        else stream_id || ' ' || coalesce(event_id, partition || ':' || ordinal)
    end as claim,
    case
        when dismissed_on is not null then 'dismissed'
        when is_admitted then 'admitted'
        else 'waiting'
    end as state,
    event_id,
    recorded_at,
    claimed_on,
    door_id,
    dismissed_on,
    dismissal_reason
from items
