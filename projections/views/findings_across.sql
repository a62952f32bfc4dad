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
