"""What was decided, who approved it, and when was it told?"""

from __future__ import annotations

from projections.read_model import Column, ReadModel

COLUMNS = (
    Column("complaint_id", "VARCHAR", "Stream id of the complaint."),
    Column("decision_event_id", "VARCHAR", "Id of the decision's event."),
    Column("position", "BIGINT", "Its position in its partition."),
    Column("decided_on", "DATE", "Local date of the decision."),
    Column("decided_at", "TIMESTAMP", "Its instant (UTC); null if only the date is known."),
    Column("decider", "VARCHAR", "Opaque id of who decided."),
    Column("outcome", "VARCHAR", "upheld, partly_upheld, not_upheld or not_determined."),
    Column("issues", "BIGINT", "Number of issues decided one by one."),
    Column("decision_basis", "VARCHAR", "investigation, summary or review."),
    Column("approval_required", "BOOLEAN", "Whether a second person must approve it."),
    Column("approved_by", "VARCHAR", "Opaque id of who last approved it."),
    Column("approved_on", "DATE", "Local date of that approval."),
    Column("redress_due", "BOOLEAN", "Whether redress is owed; false is an explicit none."),
    Column("no_redress_reason", "VARCHAR", "Code of why there is no redress."),
    Column("communicated_on", "DATE", "Local date on which it was last told to the complainant."),
    Column("communicated_at", "TIMESTAMP", "Its instant (UTC); null if only the date is known."),
    Column("medium", "VARCHAR", "Channel code by which it was told."),
    Column("reply_by", "DATE", "Last local date of the window for a reply."),
    Column("notices", "VARCHAR[]", "Codes of the notices attached."),
)

MODEL = ReadModel(
    name="decisions",
    question="What was decided, who approved it, and when was it told?",
    key=("complaint_id", "decision_event_id"),
    rests_on=frozenset({"decision_made"}),
    columns=COLUMNS,
)
