-- Whether a text fits the published pattern of the names of sources.
create or replace macro is_source(source_name) as
length(source_name) <= $opaque_length
and regexp_full_match(source_name, $source_pattern)
