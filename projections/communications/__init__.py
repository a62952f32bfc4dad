"""What passed between complainant and organisation?"""

from __future__ import annotations

from projections.read_model import Column, ReadModel

COLUMNS = (
    Column("complaint_id", "VARCHAR", "Stream id of the complaint."),
    Column("position", "BIGINT", "Position of the event in its partition."),
    Column("event_id", "VARCHAR", "Id of the event."),
    Column(
        "direction",
        "VARCHAR",
        "outbound: the complainant was told; inbound: the complainant said.",
    ),
    Column("what", "VARCHAR", "Name of the event, for example decision_communicated."),
    Column("medium", "VARCHAR", "Channel code; null if not recorded."),
    Column("occurred_on", "DATE", "Local date of the contact."),
    Column("occurred_at", "TIMESTAMP", "Its instant (UTC); null if only the date is known."),
    Column("recorded_at", "TIMESTAMP", "Instant at which the log recorded it (UTC)."),
    Column("actor", "VARCHAR", "Opaque id of who acted."),
    Column("actor_role", "VARCHAR", "Role in which the actor acted."),
)

MODEL = ReadModel(
    name="communications",
    question="What passed between complainant and organisation?",
    key=("complaint_id", "position"),
    columns=COLUMNS,
)
