-- An identifier as it stands if it is opaque, else a mask: no name or address is ever shown.
create or replace macro masked(id) as
case when id is null or is_opaque(id) then id else '(masked)' end
