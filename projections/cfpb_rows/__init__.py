"""What does the CFPB database last say of each complaint?"""

from __future__ import annotations

from projections.read_model import Column, ReadModel

COLUMNS = (
    Column("complaint_id", "VARCHAR", "Stream id of the complaint."),
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
    Column("as_of_on", "DATE", "Date of the latest extract with a report."),
    Column("reports", "BIGINT", "Number of reports."),
)

MODEL = ReadModel(
    name="cfpb_rows",
    question="What does the CFPB database last say of each complaint?",
    key=("complaint_id",),
    rests_on=frozenset({"cfpb_row_reported"}),
    columns=COLUMNS,
)
