"""What was offered to put things right, and where does it stand?"""

from __future__ import annotations

from projections.event_tables import event_tables
from projections.read_model import Column, ReadModel

COLUMNS = (
    Column("complaint_id", "VARCHAR", "Stream id of the complaint."),
    Column("redress_id", "VARCHAR", "Id of the redress within its complaint."),
    Column("redress_kind", "VARCHAR", "Code R01 to R25."),
    Column("offered_on", "DATE", "Local date of the last offer."),
    Column("offered_at", "TIMESTAMP", "Its instant (UTC); null if only the date is known."),
    Column("amount_offered_minor", "BIGINT", "Amount offered in minor units; null if not money."),
    Column("currency", "VARCHAR", "ISO 4217 code of the offer, else of what was carried out."),
    Column("approved_on", "DATE", "Local date of the last approval by a second person."),
    Column("approved_by", "VARCHAR", "Opaque id of who approved it, or is named in the offer."),
    Column("accepted_on", "DATE", "Local date of acceptance."),
    Column(
        "amount_accepted_minor",
        "BIGINT",
        "Amount of the offer that stood at the last acceptance, in minor units.",
    ),
    Column("declined_on", "DATE", "Local date of refusal by the complainant."),
    Column("fulfilled_on", "DATE", "Local date on which it was last carried out."),
    Column(
        "amount_paid_minor",
        "BIGINT",
        "Sum carried out in minor units; null if no amount was recorded.",
    ),
    Column("verified_on", "DATE", "Local date on which another person verified it."),
    Column(
        "amount_verified_minor",
        "BIGINT",
        "Sum carried out before the last verification, in minor units.",
    ),
    Column("state", "VARCHAR", "offered, accepted, declined, part_paid, paid or verified."),
    Column("proposer", "VARCHAR", "Opaque id of who made the offer."),
    Column("legal_basis", "VARCHAR", "compensation or goodwill."),
    Column("without_liability", "BOOLEAN", "Whether it was offered without accepting liability."),
    Column("expires_on", "DATE", "Last local date for accepting."),
    Column("fulfil_by", "DATE", "Local date by which it is to be carried out."),
)

MODEL = ReadModel(
    name="redress",
    question="What was offered to put things right, and where does it stand?",
    key=("complaint_id", "redress_id"),
    rests_on=frozenset(table.what for table in event_tables() if table.what.startswith("redress_")),
    columns=COLUMNS,
)
