select
    channel,
    count(*) as complaints,
    count(*) filter (timely = 'No') as late
from complaints
where source = 'cfpb'
group by all
order by complaints desc
limit 3;

select
    lifecycle,
    count(*) as complaints
from complaints
group by all
order by complaints desc;

select
    outcome,
    count(*) as records
from record_verdicts
group by all
order by all
