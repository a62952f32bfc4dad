-- Every file that an event names, with the event that names it, in the order of the log.
select
    stream_id,
    event_id,
    event_type,
    occurred_on,
    media_type,
    file_size,
    file_class,
    coalesce(evidence_kind, letter_kind) as file_kind,
    file_digest
from events
where
    file_digest is not null
    and ($stream_id is null or stream_id = $stream_id)
order by partition, ordinal
