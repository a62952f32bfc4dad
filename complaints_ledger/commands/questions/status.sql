-- How far the read models are, and how many complaints there are.
with totals as (
    select
        count(*) as complaints,
        count(*) filter (is_open) as open_complaints
    from complaints
)

select
    s.records,
    s.position,
    s.last_recorded_at,
    t.complaints,
    t.open_complaints,
    coalesce(s.digest, sha256('')) as digest
from ledger_status as s
cross join totals as t
