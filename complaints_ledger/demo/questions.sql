select
    product,
    count(*) as complaints,
    count(*) filter (timely = 'No') as late
from complaints
where source = 'cfpb'
group by all
order by complaints desc
limit 5;

select
    channel,
    count(*) as complaints,
    count(*) filter (is_open) as still_open
from complaints
group by all
order by complaints desc;

select
    outcome,
    reason,
    count(*) as records
from record_verdicts
group by all
order by all
