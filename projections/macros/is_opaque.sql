-- Whether a text fits the published pattern of identifiers, which no name or address fits.
create or replace macro is_opaque(id) as
length(id) <= $opaque_length
and regexp_full_match(id, $id_pattern)
and regexp_matches(id, $id_mark_pattern)
