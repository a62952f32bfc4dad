"""The views and macros over the stored answers, and what their columns mean."""

from __future__ import annotations

from projections.read_model import Column, View

_QUEUE_COLUMNS = (
    Column("queue", "VARCHAR", "Name of the queue."),
    Column("complaint_id", "VARCHAR", "Stream id of the complaint, or the one that was claimed."),
    Column("since", "DATE", "Local date since which it waits."),
    Column(
        "due_at", "TIMESTAMP", "Instant at which it is due (UTC); null if only a date is known."
    ),
    Column("owner", "VARCHAR", "Opaque id of who is responsible; null: nobody."),
    Column("severity", "BIGINT", "Severity 1 to 5 of the last assessment."),
    Column("why", "VARCHAR", "What it waits for."),
    Column("due_on", "DATE", "Local date by which it is due; null if none was named."),
)

_DOOR_COLUMNS = (
    Column(
        "id",
        "VARCHAR",
        "Place in the log, partition:ordinal: of the refused record, or of the one that says "
        "that a row was set aside.",
    ),
    Column("complaint_id", "VARCHAR", "Stream id that it claims; null if none can be read."),
    Column("since", "DATE", "Local date that it claims, else the date in UTC of its record."),
    Column("owner", "VARCHAR", "Opaque id of who is responsible; null: nobody."),
    Column("reason", "VARCHAR", "Code of why it was refused or set aside."),
    Column("source", "VARCHAR", "Source that it claims; masked if it is no system's name."),
    Column("partition", "INTEGER", "Partition of that record."),
    Column("ordinal", "BIGINT", "Number of that record in its partition."),
    Column("extract_digest", "VARCHAR", "SHA-256 of the extract that holds the row."),
    Column("extract_line", "BIGINT", "Line of the extract on which the row begins."),
    Column("set_aside_field", "VARCHAR", "Column at fault, by the importer's own name."),
    Column("external_id", "VARCHAR", "Id of the complaint in the source, if it can be read."),
    Column("claim", "VARCHAR", "What it claims: equal for records of one complaint."),
)

_STATUS_COLUMNS = (
    Column("position", "BIGINT", "Number of admitted events, over all partitions."),
    Column("records", "BIGINT", "Number of records judged, over all partitions."),
    Column("last_recorded_at", "TIMESTAMP", "Latest instant of record (UTC)."),
    Column("freshness", "INTERVAL", "Time from then until now; a quiet log grows old as well."),
    Column("digest", "VARCHAR", "One digest over the digests of all read models."),
)

DERIVED: tuple[View, ...] = (
    View(
        name="record_verdicts",
        question="What became of each record of the log?",
        columns=(
            Column("partition", "INTEGER", "Partition of the log."),
            Column("ordinal", "BIGINT", "Number of the record in its partition, from 0."),
            Column("event_id", "VARCHAR", "Event id that the record claims; null if it has none."),
            Column("stream_id", "VARCHAR", "Stream that the record claims."),
            Column("event_type", "VARCHAR", "Stored type that the record claims."),
            Column("outcome", "VARCHAR", "accepted, duplicate, refused, pending or control."),
            Column("reason", "VARCHAR", "Why it was refused; null otherwise."),
            Column("recorded_at", "TIMESTAMP", "Instant at which the log recorded it (UTC)."),
            Column("source", "VARCHAR", "Source that the record claims."),
            Column("occurred_on", "DATE", "Local date that the record claims."),
            Column("position", "BIGINT", "Position in the partition, if accepted."),
            Column("version", "BIGINT", "Version in the stream, if accepted."),
        ),
    ),
    View(
        name="source_register",
        question="Which source might publish what, from when on, and did it sign?",
        columns=(
            Column("partition", "INTEGER", "Partition of the log; each has its own copy."),
            Column("source", "VARCHAR", "Name of the source."),
            Column("state", "VARCHAR", "active, suspended or revoked."),
            Column("signs", "BOOLEAN", "Whether its events are admitted only with its signature."),
            Column("event_types", "VARCHAR[]", "Stored types that it may write; * is every type."),
            Column("from_ordinal", "BIGINT", "Record from which this holds."),
            Column("to_ordinal", "BIGINT", "Record before which it ends; null: it holds now."),
        ),
    ),
    View(
        name="complaint_events",
        question="What happened, in the order of the ledger?",
        columns=(
            Column("partition", "INTEGER", "Partition of the log."),
            Column("position", "BIGINT", "Position in the partition, from 1, without holes."),
            Column("stream_id", "VARCHAR", "Stream that the event belongs to."),
            Column("version", "BIGINT", "Number of the event in its stream, without holes."),
            Column("event_id", "VARCHAR", "Id of the event."),
            Column("event_type", "VARCHAR", "Stored type of the event."),
            Column("occurred_at", "TIMESTAMP", "Instant (UTC); null if only the date is known."),
            Column("recorded_at", "TIMESTAMP", "Instant at which the log recorded it (UTC)."),
            Column("actor", "VARCHAR", "Opaque id of who did it; masked if it is not opaque."),
            Column("actor_role", "VARCHAR", "Role in which the actor did it."),
            Column("source", "VARCHAR", "System that says so; masked if it is no system's name."),
            Column("payload", "VARCHAR", "What the event says, as JSON; sealed fields by key."),
            Column("occurred_on", "DATE", "Local date on which it happened."),
            Column("judged_at", "TIMESTAMP", "Instant of the record that decided it (UTC)."),
            Column("on_behalf_of", "VARCHAR", "Opaque id of the person for whom it was done."),
            Column("ordinal", "BIGINT", "Number of the record in its partition, from 0."),
            Column("stream_no", "BIGINT", "Internal number of the stream."),
            Column(
                "verified", "BOOLEAN", "Whether the source signed it; false: anyone could say so."
            ),
        ),
    ),
    View(
        name="sources",
        question="What does each source send, how late, and how well set is its clock?",
        columns=(
            Column("source", "VARCHAR", "Source as claimed; masked if it is no system's name."),
            Column("admitted", "BIGINT", "Records accepted."),
            Column("duplicate", "BIGINT", "Records that repeated an admitted one."),
            Column("refused", "BIGINT", "Records refused."),
            Column("pending", "BIGINT", "Records of saves that are not complete."),
            Column("last_recorded_at", "TIMESTAMP", "Latest instant of record (UTC)."),
            Column("latest_days", "BIGINT", "Most days from occurrence to record."),
            Column("average_days", "DOUBLE", "Average days from occurrence to record."),
            Column("latest_by", "INTERVAL", "Longest time to record, of events with an instant."),
            Column("ahead", "BIGINT", "Events whose instant is after that of their record."),
            Column("ahead_by", "INTERVAL", "The most by which one is ahead: clock skew."),
            Column("verified", "BOOLEAN", "Whether what it says is signed now; false: unverified."),
        ),
    ),
    View(
        name="incomplete_models",
        question="Which read models may lack something that this version cannot read?",
        columns=(
            Column("model", "VARCHAR", "Name of the read model."),
            Column("partition", "INTEGER", "Partition of the log."),
            Column("from_position", "BIGINT", "Position from which it may lack something."),
            Column("event_types", "VARCHAR[]", "Stored types without a class in this version."),
            Column("events", "BIGINT", "Admitted events of these types; kept as they came."),
        ),
    ),
    View(
        name="findings_across",
        question="Which rules are broken by several complaints, or by the record itself?",
        columns=(
            Column("complaint_id", "VARCHAR", "Stream id that the complaint or record has."),
            Column(
                "finding",
                "VARCHAR",
                "reference_used_twice, appended_before_earlier or half_missing.",
            ),
            Column("invariant", "VARCHAR", "Rule that it breaks."),
            Column("severity", "VARCHAR", "breach or doubt."),
            Column(
                "detail",
                "VARCHAR",
                "What was used by how many, which record and times, or which other complaint.",
            ),
        ),
    ),
    View(
        name="door_records",
        question="Which refused records and rows set aside look like a receipt?",
        columns=(
            *_DOOR_COLUMNS,
            Column("state", "VARCHAR", "waiting, admitted or dismissed."),
            Column("event_id", "VARCHAR", "Event id that the record claims."),
            Column("recorded_at", "TIMESTAMP", "Instant at which the log recorded it (UTC)."),
            Column("claimed_on", "DATE", "Local date that it claims; null if none can be read."),
            Column("door_id", "VARCHAR", "Stream of the door that is about it; null: none yet."),
            Column("dismissed_on", "DATE", "Local date of its dismissal."),
            Column("dismissal_reason", "VARCHAR", "Code of the reason of its dismissal."),
        ),
    ),
    View(
        name="door",
        question="Which complaints wait at the door?",
        columns=(
            *_DOOR_COLUMNS,
            Column("next_step", "VARCHAR", "What to do about it."),
            Column("records", "BIGINT", "Records that claim it, of which the last is shown."),
        ),
    ),
    View(
        name="queues_at",
        question="Who is waited for, as at a moment?",
        columns=_QUEUE_COLUMNS,
        kind="macro",
        parameters=("now_ts", "silent_days"),
    ),
    View(name="queues", question="Who is waited for, now?", columns=_QUEUE_COLUMNS),
    View(
        name="ledger_status_at",
        question="How far has the ledger been read, as at a moment?",
        columns=_STATUS_COLUMNS,
        kind="macro",
        parameters=("now_ts",),
    ),
    View(
        name="ledger_status", question="How far has the ledger been read?", columns=_STATUS_COLUMNS
    ),
)
"""Derived answers, in an order in which each knows the ones that it uses."""
