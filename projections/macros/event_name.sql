-- Name of an event between namespace and version; null for a type that is none of ours.
create or replace macro event_name(event_type) as
nullif(regexp_extract(event_type, '^complaints[.](.+)[.]v[0-9]+$', 1), '')
