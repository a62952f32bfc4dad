-- What the projector keeps beside the events and the read models.
create table streams (
    stream_no bigint,
    stream_id varchar,
    partition integer,
    version bigint
);

-- Verdicts on records that are no admitted event. View record_verdicts shows all of them.
create table other_verdicts (
    partition integer,
    ordinal bigint,
    event_id varchar,
    stream_id varchar,
    event_type varchar,
    outcome varchar,
    reason varchar,
    recorded_at timestamp,
    source varchar,
    occurred_on date
);

-- Records whose own time of appending is before that of an earlier one of their partition.
create table clock_steps (
    partition integer,
    ordinal bigint,
    appended_at timestamp,
    recorded_at timestamp
);

-- The register of sources as it stood from a record of a partition on.
create table source_terms (
    partition integer,
    from_ordinal bigint,
    source varchar,
    state varchar,
    signs boolean,
    event_types varchar[]
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

-- One row: what the tables and texts were that made this file. Another shape is made anew.
create table projection_shape (
    shape varchar
);
