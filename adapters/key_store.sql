create table key_store (
    name text primary key,
    value blob not null
);

create table data_key (
    key_id text primary key,
    subject text not null,
    data_class text not null,
    wrapped blob,
    created_ms integer not null,
    destroyed_ms integer,
    unique (subject, data_class)
);
