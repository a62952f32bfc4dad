-- How far every partition goes and what was tracked: one statement, so all of one moment.
select
    'head' as kind,
    cast("partition" as text) as name,
    max(ordinal) + 1 as number
from record
group by "partition"
union all
select
    'tracking' as kind,
    application as name,
    notification as number
from tracking
