-- The digest is that of all read models: SHA-256 over a line `name digest` for each, by name.
create or replace macro ledger_status_at(now_ts) as table
    with digests as (
        select sha256(string_agg(name || ' ' || digest, chr(10) order by name)) as digest
        from model_digests
    ),

    read_so_far as (
        select
            sum(position)::bigint as position,
            sum(records)::bigint as records,
            max(last_recorded_at) as last_recorded_at
        from projection_state
    )

    select
        r.position,
        r.records,
        r.last_recorded_at,
        now_ts::timestamp - r.last_recorded_at as freshness,
        d.digest
    from read_so_far as r
    cross join digests as d
