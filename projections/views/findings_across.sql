-- What no stream alone can show. A reference is unique for ever (INV-05); the log cannot refuse a
-- second use in another stream. A record that is appended before an earlier one, by the log's own
-- clock, takes the earlier one's time (RULES 4); its own is kept beside it.
create or replace view findings_across as
with shared as (
    select
        reference,
        count(*) as uses
    from complaints
    where reference <> '(masked)'
    group by reference
    having count(*) > 1
),

-- What joins two complaints has a half in each.
halves as (
    select
        complaint_id,
        linked_stream_id as other_id,
        'link' as half
    from links
    where state = 'linked'

    union all

    select
        complaint_id,
        into_stream_id as other_id,
        'merge' as half
    from merged_complaints
    where state = 'merged'

    union all

    select
        complaint_id,
        part_stream_id as other_id,
        'split' as half
    from parts
)

select
    c.complaint_id,
    'reference_used_twice' as finding,
    'INV-05' as invariant,
    'breach' as severity,
    s.reference || ' is used by ' || s.uses || ' complaints' as detail
from complaints as c
inner join shared as s on c.reference = s.reference

union all

select
    v.stream_id as complaint_id,
    'appended_before_earlier' as finding,
    'RULES 4' as invariant,
    'doubt' as severity,
    'partition ' || c.partition || ', record ' || c.ordinal || ': appended at '
    || strftime(c.appended_at, '%Y-%m-%dT%H:%M:%S.%gZ') || ', recorded at '
    || strftime(c.recorded_at, '%Y-%m-%dT%H:%M:%S.%gZ') as detail
from clock_steps as c
inner join record_verdicts as v on c.partition = v.partition and c.ordinal = v.ordinal

union all

select
    h.complaint_id,
    'half_missing' as finding,
    'domain 3.5' as invariant,
    'doubt' as severity,
    h.half || ' with ' || h.other_id || ', which knows nothing of it' as detail
from halves as h
anti join halves as o on h.complaint_id = o.other_id and h.other_id = o.complaint_id
