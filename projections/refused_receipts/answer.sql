-- One row per stream of the door: what opened it, its last assignment and its last dismissal.
with opened as (
    select
        stream_no,
        ordinal,
        recorded_at,
        'refused' as origin,
        refused_partition,
        refused_ordinal,
        null as extract_digest,
        null as extract_line,
        refused_reason as reason,
        null as set_aside_field,
        claimed_stream_id,
        null as claimed_source,
        null as claimed_external_id,
        claimed_received_on
    from scoped_refused_receipt_noted

    union all

    select
        stream_no,
        ordinal,
        recorded_at,
        'set_aside' as origin,
        null as refused_partition,
        null as refused_ordinal,
        extract_digest,
        extract_line,
        set_aside_reason as reason,
        set_aside_field,
        claimed_stream_id,
        claimed_source,
        claimed_external_id,
        claimed_received_on
    from scoped_receipt_set_aside
),

assigned as (
    select
        stream_no,
        arg_max(owner, position) as owner,
        arg_max(occurred_on, position) as assigned_on
    from scoped_refused_receipt_assigned
    group by stream_no
),

dismissed as (
    select
        stream_no,
        arg_max(occurred_on, position) as dismissed_on,
        arg_max(reason_code, position) as dismissal_reason
    from scoped_refused_receipt_dismissed
    group by stream_no
)

select
    o.stream_no,
    s.stream_id as door_id,
    o.origin,
    o.ordinal,
    o.recorded_at,
    o.refused_partition,
    o.refused_ordinal,
    masked(o.extract_digest) as extract_digest,
    o.extract_line,
    o.reason,
    o.set_aside_field,
    masked(o.claimed_stream_id) as claimed_stream_id,
    masked_source(o.claimed_source) as claimed_source,
    masked(o.claimed_external_id) as claimed_external_id,
    o.claimed_received_on,
    masked(a.owner) as owner,
    a.assigned_on,
    d.dismissed_on,
    d.dismissal_reason
from opened as o
inner join scope as s on o.stream_no = s.stream_no
left join assigned as a on o.stream_no = a.stream_no
left join dismissed as d on o.stream_no = d.stream_no
