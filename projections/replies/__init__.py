"""Who replied to which answer or offer, and what?"""

from __future__ import annotations

from projections.read_model import Column, ReadModel

COLUMNS = (
    Column("complaint_id", "VARCHAR", "Stream id of the complaint."),
    Column("position", "BIGINT", "Position of the event in its partition."),
    Column("event_id", "VARCHAR", "Id of the event."),
    Column("replied_to", "VARCHAR", "answer: what was communicated; offer: one redress."),
    Column("reply", "VARCHAR", "accepted, rejected or no_reply."),
    Column("party_id", "VARCHAR", "Joint complainant who replied; null: the complainant."),
    Column("redress_ids", "VARCHAR[]", "Opaque ids of the offers named; null: none was."),
    Column("issue_ids", "VARCHAR[]", "Opaque ids of the points named; null: none was."),
    Column("occurred_on", "DATE", "Local date of the reply, or on which the silence was noted."),
    Column("medium", "VARCHAR", "Channel code of the reply."),
    Column("reason_code", "VARCHAR", "Code of the reason."),
    Column(
        "is_last",
        "BOOLEAN",
        "Whether this person said nothing later to answers, or to this offer.",
    ),
)

MODEL = ReadModel(
    name="replies",
    question="Who replied to which answer or offer, and what?",
    key=("complaint_id", "position"),
    rests_on=frozenset(
        {
            "complainant_accepted",
            "complainant_rejected",
            "complainant_did_not_reply",
            "redress_accepted",
            "redress_declined",
        }
    ),
    columns=COLUMNS,
)
