"""What did each extract report of a CFPB complaint, and what had changed?"""

from __future__ import annotations

from projections.read_model import Column, ReadModel

COLUMNS = (
    Column("complaint_id", "VARCHAR", "Stream id of the complaint."),
    Column("seq", "BIGINT", "Number of the report in the order of the extracts, from 1."),
    Column("as_of_on", "DATE", "Date of the extract."),
    Column(
        "as_of_basis",
        "VARCHAR",
        "given (the extract says so) or at_the_earliest (its latest date).",
    ),
    Column(
        "changed",
        "VARCHAR[]",
        ("Columns that differ from the latest earlier report that has them; empty for the first."),
    ),
    Column("cfpb_complaint_id", "VARCHAR", "Complaint ID."),
    Column("date_received", "DATE", "Date received."),
    Column("date_sent", "DATE", "Date sent to company."),
    Column("product", "VARCHAR", "Product."),
    Column("sub_product", "VARCHAR", "Sub-product."),
    Column("issue", "VARCHAR", "Issue."),
    Column("sub_issue", "VARCHAR", "Sub-issue."),
    Column("public_response", "VARCHAR", "Company public response."),
    Column("company", "VARCHAR", "Company."),
    Column("state", "VARCHAR", "State."),
    Column("zip_code", "VARCHAR", "ZIP code, as text."),
    Column("tags", "VARCHAR", "Tags."),
    Column("consent", "VARCHAR", "Consumer consent provided?"),
    Column("submitted_via", "VARCHAR", "Submitted via."),
    Column("response", "VARCHAR", "Company response to consumer."),
    Column("timely", "VARCHAR", "Timely response? The source's verdict."),
    Column("disputed", "VARCHAR", "Consumer disputed?"),
    Column("has_narrative", "BOOLEAN", "Whether the row has a narrative; null: no such column."),
    Column("narrative_characters", "BIGINT", "Characters of the narrative; null if there is none."),
    Column("narrative_lines", "BIGINT", "Lines of the narrative; null if there is none."),
    Column(
        "narrative_redactions",
        "BIGINT",
        "Redaction marks (runs of XX or more) in the narrative; null if there is none.",
    ),
    Column("position", "BIGINT", "Position of the event in its partition."),
    Column("event_id", "VARCHAR", "Id of the event."),
    Column("recorded_at", "TIMESTAMP", "Instant at which the log recorded it (UTC)."),
)

MODEL = ReadModel(
    name="cfpb_reports",
    question="What did each extract report of a CFPB complaint, and what had changed?",
    key=("complaint_id", "seq"),
    rests_on=frozenset({"cfpb_row_reported"}),
    columns=COLUMNS,
)
