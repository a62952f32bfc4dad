create table ledger (
    name text primary key,
    value text not null
) without rowid;

create table record (
    "partition" integer not null,
    ordinal integer not null,
    append_ms integer not null,
    "key" blob,
    value blob,
    signature blob,
    headers blob,
    entry_hash blob not null,
    primary key ("partition", ordinal)
) without rowid;

create table tracking (
    application text primary key,
    notification integer not null
) without rowid;
