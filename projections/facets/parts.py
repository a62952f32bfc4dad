"""What is folded of each kind of step, one part for each: left out where no stream has such a step."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One row per stream that has any of some events; its query is the file of its name."""

    name: str
    rests_on: frozenset[str]
    columns: tuple[tuple[str, str, str | None], ...]
    """Name, DuckDB type, and what stands for null, if anything does."""


PARTS: tuple[Part, ...] = (
    Part(
        "corrected",
        frozenset({"correction_recorded"}),
        (("fields", "MAP(VARCHAR, VARCHAR)", None),),
    ),
    Part(
        "eligibility",
        frozenset({"eligibility_determined"}),
        (
            ("eligible", "BOOLEAN", None),
            ("eligibility_on", "DATE", None),
            ("v_eligibility", "BIGINT", "0"),
        ),
    ),
    Part(
        "forwarding",
        frozenset({"complaint_forwarded"}),
        (
            ("keeps_part", "BOOLEAN", None),
            ("forwarded_on", "DATE", None),
            ("v_forwarded", "BIGINT", "0"),
        ),
    ),
    Part(
        "withdrawal",
        frozenset({"complaint_withdrawn"}),
        (
            ("withdrawn_on", "DATE", None),
            ("v_withdrawn", "BIGINT", "0"),
        ),
    ),
    Part(
        "assignment",
        frozenset({"complaint_assigned"}),
        (("owner", "VARCHAR", None),),
    ),
    Part(
        "acknowledgement",
        frozenset({"complaint_acknowledged"}),
        (
            ("acknowledged_on", "DATE", None),
            ("acknowledged_at", "TIMESTAMP", None),
            ("v_acknowledged", "BIGINT", "0"),
        ),
    ),
    Part(
        "assessment",
        frozenset({"initial_assessment_made"}),
        (
            ("severity", "BIGINT", None),
            ("last_assessed_on", "DATE", None),
            ("assessed_on", "DATE", None),
            ("assessed_at", "TIMESTAMP", None),
            ("v_assessed", "BIGINT", "0"),
        ),
    ),
    Part(
        "opening",
        frozenset({"investigation_opened"}),
        (
            ("opened_on", "DATE", None),
            ("v_opened", "BIGINT", "0"),
        ),
    ),
    Part(
        "completion",
        frozenset({"investigation_completed"}),
        (
            ("cause_found", "VARCHAR", None),
            ("completed_on", "DATE", None),
            ("v_completed", "BIGINT", "0"),
        ),
    ),
    Part(
        "summary",
        frozenset({"summary_resolution_agreed"}),
        (
            ("summary_on", "DATE", None),
            ("v_summary", "BIGINT", "0"),
        ),
    ),
    Part(
        "decision",
        frozenset({"decision_made"}),
        (
            ("outcome", "VARCHAR", None),
            ("decision", "VARCHAR", None),
            ("needs_approval", "BOOLEAN", None),
            ("redress_due", "BOOLEAN", None),
            ("decided_on", "DATE", None),
            ("decided_at", "TIMESTAMP", None),
            ("v_decided", "BIGINT", "0"),
        ),
    ),
    Part(
        "approval",
        frozenset({"decision_approved"}),
        (("approved", "VARCHAR[]", None),),
    ),
    Part(
        "communication",
        frozenset({"decision_communicated"}),
        (
            ("communicated_on", "DATE", None),
            ("communicated_at", "TIMESTAMP", None),
            ("v_told", "BIGINT", "0"),
        ),
    ),
    Part(
        "signposting",
        frozenset({"signposted_to_edr"}),
        (("v_signposted", "BIGINT", "0"),),
    ),
    Part(
        "attention",
        frozenset({"attention_raised"}),
        (
            ("attention", "BIGINT", None),
            ("attention_on", "DATE", None),
            ("v_attention", "BIGINT", "0"),
        ),
    ),
    Part(
        "review",
        frozenset({"escalated_internally"}),
        (
            ("internal_on", "DATE", None),
            ("v_internal", "BIGINT", "0"),
        ),
    ),
    Part(
        "outside",
        frozenset({"escalated_externally"}),
        (
            ("external_on", "DATE", None),
            ("v_external", "BIGINT", "0"),
        ),
    ),
    Part(
        "closing",
        frozenset({"complaint_closed"}),
        (
            ("closure_basis", "VARCHAR", None),
            ("closed_on", "DATE", None),
            ("closed_at", "TIMESTAMP", None),
            ("v_closed", "BIGINT", "0"),
        ),
    ),
    Part(
        "reopening",
        frozenset({"complaint_reopened"}),
        (
            ("reopen_count", "BIGINT", "0"),
            ("reopened_on", "DATE", None),
            ("v_reopened", "BIGINT", "0"),
        ),
    ),
    Part(
        "report",
        frozenset({"cfpb_row_reported"}),
        (
            ("response", "VARCHAR", None),
            ("timely", "VARCHAR", None),
            ("disputed", "VARCHAR", None),
        ),
    ),
    Part(
        "identification",
        frozenset({"complainant_identified"}),
        (("v_identified", "BIGINT", "0"),),
    ),
    Part(
        "relation",
        frozenset(
            {
                "complaint_linked",
                "complaint_merged",
                "complaint_split",
                "complaint_unlinked",
                "complaint_unmerged",
            }
        ),
        (("link_role", "VARCHAR", "'standalone'"),),
    ),
    Part(
        "reply",
        frozenset({"complainant_accepted", "complainant_did_not_reply", "complainant_rejected"}),
        (
            ("reply", "VARCHAR", None),
            ("replied_on", "DATE", None),
            ("v_replied", "BIGINT", "0"),
        ),
    ),
    Part(
        "contact",
        frozenset(
            {
                "complaint_acknowledged",
                "complaint_forwarded",
                "decision_communicated",
                "eligibility_determined",
                "progress_update_sent",
                "signposted_to_edr",
                "summary_resolution_agreed",
            }
        ),
        (
            ("contacted_on", "DATE", None),
            ("contacted_at", "TIMESTAMP", None),
        ),
    ),
    Part(
        "redress",
        frozenset(
            {
                "redress_accepted",
                "redress_approved",
                "redress_declined",
                "redress_fulfilled",
                "redress_offered",
                "redress_verified",
            }
        ),
        (
            ("is_unsettled", "BOOLEAN", "false"),
            ("has_offer", "BOOLEAN", "false"),
            ("owed_since", "DATE", None),
            ("fulfil_by", "DATE", None),
            ("is_one_currency", "BOOLEAN", None),
            ("redress_paid_minor", "BIGINT", None),
            ("redress_currency", "VARCHAR", None),
            ("redress_state", "VARCHAR", "'none'"),
        ),
    ),
)
