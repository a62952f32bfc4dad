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
    Column("content_items", "VARCHAR[]", "Codes of what it contained; null: none was recorded."),
    Column("notices", "VARCHAR[]", "Codes of the notices attached; null: none was recorded."),
    Column("issue_ids", "VARCHAR[]", "Opaque ids of the points that it names; null: none."),
    Column("reply_by", "DATE", "Last local date of the window for a reply that it names."),
    Column(
        "enclosed_letters",
        "VARCHAR[]",
        "Digests of the filed letters that went with it; null: none was recorded.",
    ),
)

MODEL = ReadModel(
    name="communications",
    question="What passed between complainant and organisation?",
    key=("complaint_id", "position"),
    columns=COLUMNS,
)
