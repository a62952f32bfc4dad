-- A reference is unique for ever (INV-05); the log cannot refuse a second use in another stream.
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
