-- What the projector keeps beside the events and the read models.
create table streams (
    stream_no bigint,
    stream_id varchar,
    partition integer,
    version bigint
);

create table record_verdicts (
    partition integer,
    ordinal bigint,
    event_id varchar,
    stream_id varchar,
    event_type varchar,
    outcome varchar,
    reason varchar,
    recorded_at timestamp,
    source varchar,
    occurred_on date,
    position bigint,
    version bigint
);

create table projection_state (
    partition integer,
    next_ordinal bigint,
    position bigint,
    records bigint,
    last_recorded_at timestamp,
    digest varchar,
    ledger_id varchar,
    state varchar
);

create table model_digests (
    name varchar,
    digest varchar
);

create table codes (
    list varchar,
    code varchar
);
