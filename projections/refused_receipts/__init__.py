"""Which receipts at the door were taken up, by whom, and how did each end?"""

from __future__ import annotations

from projections.read_model import Column, ReadModel

COLUMNS = (
    Column("door_id", "VARCHAR", "Stream id of its own, not that of the complaint."),
    Column("origin", "VARCHAR", "refused: a record of the log; set_aside: a row of an extract."),
    Column("ordinal", "BIGINT", "Number of the record that opened this stream."),
    Column("recorded_at", "TIMESTAMP", "Instant at which the log recorded that (UTC)."),
    Column("refused_partition", "BIGINT", "Partition of the refused record."),
    Column("refused_ordinal", "BIGINT", "Number of the refused record in its partition."),
    Column("extract_digest", "VARCHAR", "SHA-256 of the extract, in hexadecimal."),
    Column("extract_line", "BIGINT", "Line of the extract on which the row begins."),
    Column("reason", "VARCHAR", "Code of why it was refused or set aside."),
    Column("set_aside_field", "VARCHAR", "Column at fault, by the importer's own name."),
    Column("claimed_stream_id", "VARCHAR", "Stream id of the complaint that it claims."),
    Column("claimed_source", "VARCHAR", "Source whose extract it is."),
    Column("claimed_external_id", "VARCHAR", "Id of the complaint in that source."),
    Column("claimed_received_on", "DATE", "Local date of first contact that it claims."),
    Column("owner", "VARCHAR", "Opaque id of who is responsible, as last assigned."),
    Column("assigned_on", "DATE", "Local date of the last assignment."),
    Column("dismissed_on", "DATE", "Local date of the last dismissal; null: it stands."),
    Column("dismissal_reason", "VARCHAR", "Code of the reason of that dismissal."),
)

MODEL = ReadModel(
    name="refused_receipts",
    question="Which receipts at the door were taken up, by whom, and how did each end?",
    key=("door_id",),
    rests_on=frozenset({"receipt_set_aside", "refused_receipt_noted"}),
    columns=COLUMNS,
)
