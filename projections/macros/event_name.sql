-- Name of an event between namespace and version; null for a type that these models do not read.
create or replace macro event_name(event_type) as
case when event_type like 'complaints.%.v1' then event_type[12:-4] end
