-- One row per complaint that waits at the door, or per record that names none: its last record
-- stands for all of them, and whoever was assigned last is responsible.
create or replace view door as
with waiting as (
    select
        id,
        complaint_id,
        since,
        owner,
        reason,
        source,
        claim,
        partition,
        ordinal,
        extract_digest,
        extract_line,
        set_aside_field,
        external_id,
        row(recorded_at, partition, ordinal) as place
    from door_records
    where state = 'waiting'
),

claims as (
    select
        arg_max(id, place) as id,
        any_value(complaint_id) as complaint_id,
        min(since) as since,
        arg_max(owner, place) as owner,
        arg_max(reason, place) as reason,
        arg_max(source, place) as source,
        arg_max(partition, place) as partition,
        arg_max(ordinal, place) as ordinal,
        count(*) as records,
        arg_max_null(extract_digest, place) as extract_digest,
        arg_max_null(extract_line, place) as extract_line,
        arg_max_null(set_aside_field, place) as set_aside_field,
        max(external_id) as external_id,
        claim
    from waiting
    group by claim
)

select
    id,
    complaint_id,
    since,
    owner,
    reason,
    source,
    partition,
    ordinal,
    extract_digest,
    extract_line,
    set_aside_field,
    external_id,
    claim,
    case
        when extract_line is not null then 'mend the row and import it'
        when reason = 'not-authorised' and is_source(source)
            then 'let in its source ' || source || ' and have it published again'
        when reason in ('already-open', 'id-reused') then 'compare it with the complaint'
        when reason = 'unknown-schema' then 'register its schema and have it published again'
        else 'have it published again'
    end || ', or dismiss it' as next_step,
    records
from claims
