create or replace view sources as
with placed as (
    from ($placed_events) as e
),

verdicts as (
    select
        coalesce(masked_source(source), '(unknown)') as source,
        count(*) filter (outcome = 'accepted') as admitted,
        count(*) filter (outcome = 'duplicate') as duplicate,
        count(*) filter (outcome = 'refused') as refused,
        count(*) filter (outcome = 'pending') as pending,
        max(recorded_at) as last_recorded_at
    from record_verdicts
    where outcome <> 'control'
    group by all
),

arrivals as (
    select
        masked_source(source) as source,
        max(recorded_at::date - occurred_on) as latest_days,
        avg(recorded_at::date - occurred_on) as average_days,
        max(recorded_at - occurred_at) as latest_by,
        count(*) filter (occurred_at > recorded_at) as ahead,
        max(occurred_at - recorded_at) filter (occurred_at > recorded_at) as ahead_by
    from placed
    group by all
),

signing as (
    select
        source,
        bool_and(signs) as signs
    from source_register
    where to_ordinal is null
    group by source
)

select
    v.source,
    v.admitted,
    v.duplicate,
    v.refused,
    v.pending,
    v.last_recorded_at,
    a.latest_days,
    a.average_days,
    a.latest_by,
    coalesce(a.ahead, 0) as ahead,
    a.ahead_by,
    coalesce(s.signs, false) as verified
from verdicts as v
left join arrivals as a on v.source = a.source
left join signing as s on v.source = s.source
order by v.source
