create table reader (
    name text primary key,
    value text not null
) without rowid;

create table event (
    stream_id text not null,
    version integer not null,
    "partition" integer not null,
    ordinal integer not null,
    position integer not null,
    event_id text not null,
    topic text not null,
    fingerprint text not null,
    value blob not null,
    primary key (stream_id, version)
) without rowid;

create unique index event_position on event ("partition", position);

create table other_verdict (
    "partition" integer not null,
    ordinal integer not null,
    outcome text not null,
    reason text,
    stream_id text,
    event_id text,
    primary key ("partition", ordinal)
) without rowid;

create table alias (
    name text not null,
    stream_id text not null,
    primary key (name, stream_id)
) without rowid;
