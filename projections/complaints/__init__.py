"""What is known of each complaint?"""

from __future__ import annotations

from projections.read_model import Column, ReadModel

COLUMNS = (
    Column("complaint_id", "VARCHAR", "Stream id of the complaint."),
    Column("reference", "VARCHAR", "Human reference, unique for ever; masked if it is not opaque."),
    Column("source", "VARCHAR", "System that reported the receipt."),
    Column("external_id", "VARCHAR", "Id of the complaint in that system."),
    Column("received_on", "DATE", "Local date of first contact."),
    Column(
        "received_at",
        "TIMESTAMP",
        "Instant of first contact (UTC); null if only the date is known.",
    ),
    Column("recorded_at", "TIMESTAMP", "Instant at which the log recorded the receipt (UTC)."),
    Column("organisation", "VARCHAR", "Organisation complained about, as the source names it."),
    Column("product", "VARCHAR", "Product, in the source's taxonomy."),
    Column("sub_product", "VARCHAR", "Kind of product."),
    Column("issue", "VARCHAR", "Issue, in the source's taxonomy."),
    Column("sub_issue", "VARCHAR", "Finer issue."),
    Column("channel", "VARCHAR", "Channel code by which it came."),
    Column(
        "lifecycle",
        "VARCHAR",
        (
            "Label of the facets: received, acknowledged, assessed, investigating, deciding, "
            "decided, resolving, unresolved, in_review, in_edr or closed."
        ),
    ),
    Column(
        "is_open",
        "BOOLEAN",
        "Whether no closing holds, neither our own nor one that the source reports.",
    ),
    Column("eligibility", "VARCHAR", "undetermined, eligible or ineligible, as last determined."),
    Column("owner", "VARCHAR", "Opaque id of who is responsible, as last assigned."),
    Column("severity", "BIGINT", "Severity 1 to 5 of the last assessment."),
    Column("respond_by", "DATE", "Local date by which an answer was promised or is owed."),
    Column(
        "last_event_at",
        "TIMESTAMP",
        ("Instant of the latest event by its own date (UTC); null if only the date is known."),
    ),
    Column(
        "last_contact_at",
        "TIMESTAMP",
        (
            "Instant at which the complainant was last told something (UTC); null if only the"
            " date is known."
        ),
    ),
    Column("response", "VARCHAR", "Company's response, as the source last reported it."),
    Column(
        "timely",
        "VARCHAR",
        "The source's verdict on timeliness, as last reported; never ours.",
    ),
    Column("disputed", "VARCHAR", "Whether the consumer disputed, as the source last reported it."),
    Column(
        "redress_state",
        "VARCHAR",
        (
            "none, offered, accepted, declined, part_paid, paid or verified, over all that "
            "was not declined."
        ),
    ),
    Column("external_state", "VARCHAR", "none, signposted or in_edr."),
    Column("link_role", "VARCHAR", "standalone, merged into another, child or parent of a split."),
    Column("reopen_count", "BIGINT", "How often it was reopened."),
    Column(
        "closed_at",
        "TIMESTAMP",
        ("Instant of the closing that holds (UTC); null if only the date is known, or none."),
    ),
    Column(
        "closure_basis",
        "VARCHAR",
        (
            "Code of the basis of the closing that holds; reported: only the source says so, "
            "without a date."
        ),
    ),
    Column(
        "acknowledged_at",
        "TIMESTAMP",
        "Instant of the first acknowledgement (UTC); null if only the date is known.",
    ),
    Column(
        "assessed_at",
        "TIMESTAMP",
        "Instant of the first assessment (UTC); null if only the date is known.",
    ),
    Column(
        "decided_at",
        "TIMESTAMP",
        "Instant of the last decision (UTC); null if only the date is known.",
    ),
    Column(
        "communicated_at",
        "TIMESTAMP",
        ("Instant of the last communication of a decision (UTC); null if only the date is known."),
    ),
    Column("outcome", "VARCHAR", "Code of the outcome of the last decision."),
    Column(
        "remedy_sought",
        "VARCHAR[]",
        "Codes of what would put it right; empty: asked, nothing wanted.",
    ),
    Column("legal_entity", "VARCHAR", "Responsible legal entity."),
    Column("org_unit", "VARCHAR", "Unit or branch concerned."),
    Column("kind", "VARCHAR", "complaint, claim, service_request, query or feedback."),
    Column("incident_on", "DATE", "First local date of the matter complained about."),
    Column("cause_found", "VARCHAR", "Cause code of the last completed investigation."),
    Column(
        "redress_paid_minor",
        "BIGINT",
        "Sum carried out in minor units; null if none, or in several currencies.",
    ),
    Column("currency", "VARCHAR", "ISO 4217 code of the redress; null if none, or several."),
    Column("stage", "VARCHAR", "first_answer, internal_review or external: who decides now."),
    Column("attention", "BIGINT", "Highest level of the line that was told; 0: nobody."),
    Column("coverage", "VARCHAR[]", "Steps that the source can report; null: every step."),
    Column("version", "BIGINT", "Number of events of the stream."),
    Column(
        "closed_on",
        "DATE",
        ("Local date of the closing that holds; null if the source reports one without a date."),
    ),
    Column("acknowledged_on", "DATE", "Local date of the first acknowledgement."),
    Column("assessed_on", "DATE", "Local date of the first assessment."),
    Column("decided_on", "DATE", "Local date of the last decision."),
    Column("communicated_on", "DATE", "Local date of the last communication of a decision."),
    Column("last_event_on", "DATE", "Latest local date of any event."),
    Column(
        "last_contact_on",
        "DATE",
        "Local date on which the complainant was last told something.",
    ),
)

MODEL = ReadModel(
    name="complaints",
    question="What is known of each complaint?",
    key=("complaint_id",),
    rests_on=frozenset({"complaint_received"}),
    columns=COLUMNS,
)
