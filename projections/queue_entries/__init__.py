"""Who is waited for, whatever the time is now?"""

from __future__ import annotations

from projections.read_model import Column, ReadModel

COLUMNS = (
    Column("queue", "VARCHAR", "Name of the queue."),
    Column("complaint_id", "VARCHAR", "Stream id of the complaint."),
    Column("since", "DATE", "Local date since which it waits."),
    Column("due_on", "DATE", "Local date by which it is due; null if none was named."),
    Column("owner", "VARCHAR", "Opaque id of who is responsible; null: nobody."),
    Column("severity", "BIGINT", "Severity 1 to 5 of the last assessment."),
    Column("why", "VARCHAR", "What it waits for."),
)

MODEL = ReadModel(
    name="queue_entries",
    question="Who is waited for, whatever the time is now?",
    key=("complaint_id", "queue"),
    rests_on=frozenset({"complaint_received"}),
    columns=COLUMNS,
)
