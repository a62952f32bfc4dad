create or replace view ledger_status as
select
    position,
    records,
    last_recorded_at,
    freshness,
    digest
from ledger_status_at(current_timestamp at time zone 'UTC')
