-- The name of a source as it stands if it is one that can be registered, else a mask.
create or replace macro masked_source(source_name) as
case when source_name is null or is_source(source_name) then source_name else '(masked)' end
