"""When did a complaint's label change, and through which event?"""

from __future__ import annotations

from projections.read_model import Column, ReadModel

COLUMNS = (
    Column("complaint_id", "VARCHAR", "Stream id of the complaint."),
    Column("seq", "BIGINT", "Number of the change within the complaint, from 1."),
    Column("from_state", "VARCHAR", "Label before; null for the first."),
    Column("to_state", "VARCHAR", "Label after."),
    Column("occurred_on", "DATE", "Local date of the event that changed it."),
    Column("occurred_at", "TIMESTAMP", "Its instant (UTC); null if only the date is known."),
    Column("recorded_at", "TIMESTAMP", "Instant at which the log recorded it (UTC)."),
    Column("position", "BIGINT", "Its position in its partition."),
    Column("event_type", "VARCHAR", "Its stored type."),
    Column("actor", "VARCHAR", "Opaque id of who did it."),
)

MODEL = ReadModel(
    name="complaint_transitions",
    question="When did a complaint's label change, and through which event?",
    key=("complaint_id", "seq"),
    rests_on=frozenset({"complaint_received"}),
    columns=COLUMNS,
)
