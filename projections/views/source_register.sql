-- Rule 5 admits an event of a source that signs only with its signature, so what such a source
-- wrote while it signed is verified, and nothing else is.
create or replace view source_register as
select
    partition,
    source,
    state,
    signs,
    event_types,
    from_ordinal,
    lead(from_ordinal) over later as to_ordinal
from source_terms
window later as (partition by partition, source order by from_ordinal)
