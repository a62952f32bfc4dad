"""Which points does each complaint raise, and how did each end?"""

from __future__ import annotations

from projections.read_model import Column, ReadModel

COLUMNS = (
    Column("complaint_id", "VARCHAR", "Stream id of the complaint."),
    Column("issue_id", "VARCHAR", "Opaque id of the point; issue-0 is the receipt's own issue."),
    Column("issue", "VARCHAR", "The point in the source's taxonomy, as last put."),
    Column("sub_issue", "VARCHAR", "Finer issue, as last put."),
    Column("issue_from", "VARCHAR", "Opaque id of who raised it; null: the complainant."),
    Column("raised_on", "DATE", "Local date on which it was last raised."),
    Column("raised_by", "VARCHAR", "Opaque id of who recorded it."),
    Column("amended_on", "DATE", "Local date on which it was last put differently."),
    Column(
        "ending",
        "VARCHAR",
        "Outcome of the last decision on it, or code of its end without a finding; null: open.",
    ),
    Column("ended_on", "DATE", "Local date of its end."),
    Column("ended_by", "VARCHAR", "Opaque id of who ended it."),
    Column(
        "ended_how",
        "VARCHAR",
        "decision, without_finding, or complaint: it ended as the whole complaint did.",
    ),
    Column("reason_code", "VARCHAR", "Code of the reason for that end."),
    Column("communicated_on", "DATE", "Local date on which its decision was last told."),
    Column("redress_ids", "VARCHAR[]", "Opaque ids of the redress offered for it."),
    Column("no_redress_reason", "VARCHAR", "Code of why there is no redress."),
    Column("cause_code", "VARCHAR", "Code of the cause that was last found for it."),
    Column("action_ids", "VARCHAR[]", "Opaque ids of the actions on its causes."),
    Column("no_action_reason", "VARCHAR", "Code of why nothing is done about a cause of it."),
)

MODEL = ReadModel(
    name="issues",
    question="Which points does each complaint raise, and how did each end?",
    key=("complaint_id", "issue_id"),
    columns=COLUMNS,
)
