"""The code lists of the ledger, as data: each code with its label.

A code on the wire is a plain string. A command refuses a code that its list does not know;
a fact keeps it, and it becomes a finding.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from domain.errors import InputError
from domain.handling_codes import HANDLING_LISTS, CodeList

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANNEL: Final = CodeList(
    {
        "web": "Web form",
        "web_referral": "Web form of a body that referred it",
        "email": "E-mail",
        "phone": "Phone",
        "post": "Post",
        "fax": "Fax",
        "in_person": "In person",
        "chat": "Chat",
        "app": "App",
        "sms": "Text message",
        "social_media": "Social media",
        "referral": "Referral by another body",
        "representative": "Through a representative",
        "other": "Other",
    }
)
KIND: Final = CodeList(
    {
        "complaint": "Complaint",
        "claim": "Claim",
        "service_request": "Service request",
        "query": "Query",
        "feedback": "Feedback",
    }
)
COMPLAINANT_CATEGORY: Final = CodeList(
    {
        "consumer": "Consumer",
        "micro_enterprise": "Micro-enterprise",
        "small_business": "Small business",
        "charity": "Charity",
        "professional": "Professional",
        "prospect": "Prospect",
        "non_customer": "Non-customer",
    }
)
ELIGIBILITY_REASON: Final = CodeList(
    {
        "in_scope": "Must be handled as a complaint",
        "not_a_complaint": "Not a complaint",
        "not_our_activity": "Not about our activity",
        "not_an_eligible_complainant": "Complainant not eligible",
        "already_answered": "Answered finally before",
        "in_court": "Before a court",
        "time_barred": "Out of time",
        "other": "Other",
    }
)
IMMEDIATE_ACTION: Final = CodeList(
    {
        "none_needed": "None needed",
        "refused": "Refused, with reasons",
        "made_safe": "Danger removed",
        "stopped_use": "Product or service stopped",
        "stopped_charge": "Charge or collection stopped",
        "restored_service": "Service restored",
        "protected_account": "Account protected",
        "told_authority": "Authority or emergency service told",
        "other": "Other",
    }
)
FINDING: Final = CodeList(
    {
        "substantiated": "Substantiated",
        "partly_substantiated": "Partly substantiated",
        "not_substantiated": "Not substantiated",
        "not_determinable": "Not determinable",
    }
)
OUTCOME: Final = CodeList(
    {
        "upheld": "Upheld",
        "partly_upheld": "Partly upheld",
        "not_upheld": "Not upheld",
        "not_determined": "Not determined",
    }
)
DECISION_BASIS: Final = CodeList(
    {
        "investigation": "After an investigation",
        "summary": "Put right at first contact",
        "review": "After internal review",
    }
)
REDRESS_KIND: Final = CodeList(
    {
        "R01": "Apology",
        "R02": "Explanation",
        "R03": "Correction of a record or error",
        "R04": "Refund",
        "R05": "Fee or interest waiver",
        "R06": "Compensation for financial loss",
        "R07": "Compensation for distress and inconvenience",
        "R08": "Goodwill payment, no liability accepted",
        "R09": "Gift or token",
        "R10": "Replacement",
        "R11": "Repair or rework",
        "R12": "Re-performance",
        "R13": "Contract variation or reinstatement",
        "R14": "Contract cancellation or rescission",
        "R15": "Debt reduction or write-off",
        "R16": "Payment plan or hardship arrangement",
        "R17": "Credit file amendment",
        "R18": "Interest on redress",
        "R19": "Consequential cost",
        "R20": "Process or policy change promised",
        "R21": "Staff training or feedback",
        "R22": "Referral to another body",
        "R23": "Remedy to others affected",
        "R24": "Other, not money",
        "R25": "None",
    }
)
MONEY_REDRESS: Final = frozenset({"R04", "R05", "R06", "R07", "R08", "R15", "R18", "R19"})
"""Kinds of redress that are an amount of money."""
LEGAL_BASIS: Final = CodeList(
    {
        "compensation": "Compensation, liability accepted",
        "goodwill": "Goodwill, liability not accepted",
    }
)
REQUESTED_BY: Final = CodeList(
    {
        "complainant": "Complainant",
        "representative": "Authorised representative",
        "procedure": "Procedure of the organisation",
    }
)
WITHDRAWN_BY: Final = CodeList(
    {
        "complainant": "Complainant",
        "representative": "Authorised representative",
    }
)
ESCALATION_REASON: Final = CodeList(
    {
        "complainant_request": "Complainant's request",
        "deadline_risk": "Deadline at risk",
        "severity": "Severity",
        "safety": "Safety",
        "value": "Value over a limit",
        "legal": "Legal risk",
        "media": "Media or politics",
        "repeat": "Repeat",
        "systemic": "Systemic",
    }
)
CLOSURE_BASIS: Final = CodeList(
    {
        "summary_resolved": "Put right at first contact",
        "accepted": "Accepted",
        "no_reply_after_final": "No reply after the final answer",
        "edr_settled": "Settled outside",
        "edr_determined": "Determined outside",
        "withdrawn": "Withdrawn",
        "ineligible": "Ineligible",
        "forwarded": "Forwarded",
        "merged": "Merged",
        "not_a_complaint": "Not a complaint",
        "court": "Before a court",
        "time_barred": "Out of time",
    }
)
REOPEN_REASON: Final = CodeList(
    {
        "new_evidence": "New evidence",
        "redress_failed": "Redress failed",
        "complainant_disputes": "Complainant disputes the closing",
        "closed_in_error": "Closed in error",
        "edr_referral": "Referred back from outside",
        "regulator_order": "Regulator's order",
    }
)
CORRECTION_REASON: Final = CodeList(
    {
        "typing_error": "Typing error",
        "misunderstood": "Misunderstood at receipt",
        "learned_later": "Learned later",
        "reclassified": "Classified anew",
        "source_corrected": "Corrected by the source",
        "other": "Other",
    }
)
DISMISSAL_REASON: Final = CodeList(
    {
        "duplicate": "The complaint is in the ledger already",
        "not_a_complaint": "Not a complaint",
        "test_data": "Test data",
        "admitted_elsewhere": "Admitted under another id, or in another ledger",
        "other": "Other",
    }
)
SET_ASIDE: Final = CodeList(
    {
        "row_unreadable": "The row cannot be read",
        "cell_unfit": "A cell cannot be used",
    }
)

EVIDENCE_KIND: Final = CodeList(
    {
        "document": "Document",
        "correspondence": "Correspondence",
        "contract": "Contract",
        "statement": "Statement of account or bill",
        "photo": "Photo",
        "screenshot": "Screenshot",
        "audio": "Recording of sound, such as a call",
        "video": "Video",
        "narrative": "Account of what happened that is too long for a record",
        "other": "Other",
    }
)
LETTER_KIND: Final = CodeList(
    {
        "incoming": "Came from the complainant or for them",
        "acknowledgement": "Acknowledgement",
        "progress_update": "News of how far it is",
        "information_request": "Request for information",
        "decision": "Decision",
        "redress": "Offer or fulfilment of redress",
        "closing": "Closing",
        "outside_body": "To or from a body outside",
        "other": "Other",
    }
)
ERASURE_BASIS: Final = CodeList(
    {
        "consent_withdrawn": "Consent was withdrawn and nothing else allows keeping it",
        "no_longer_needed": "No longer needed for what it was collected for",
        "objection": "The person objected and nothing outweighs it",
        "unlawful": "It should not have been processed",
        "legal_obligation": "The law asks for its erasure",
        "retention_ended": "The time for which it may be kept has ended",
    }
)
"""Grounds on which personal data is erased (GDPR 17.1 and 5.1.e)."""

FILE_CLASS: Final = CodeList(
    {
        "identity": "Who somebody is",
        "narrative": "What was told",
        "special": "Special-category data",
    }
)
"""The classes of data that have a key each (docs/reference/sealing.md)."""

CODE_LISTS: Final[Mapping[str, CodeList]] = MappingProxyType(
    {
        "channel": CHANNEL,
        "medium": CHANNEL,
        "kind": KIND,
        "complainant_category": COMPLAINANT_CATEGORY,
        "eligibility_reason": ELIGIBILITY_REASON,
        "action_code": IMMEDIATE_ACTION,
        "finding": FINDING,
        "outcome": OUTCOME,
        "decision_basis": DECISION_BASIS,
        "resolution_code": REDRESS_KIND,
        "redress_kind": REDRESS_KIND,
        "remedy_sought": REDRESS_KIND,
        "legal_basis": LEGAL_BASIS,
        "requested_by": REQUESTED_BY,
        "withdrawn_by": WITHDRAWN_BY,
        "escalation_reason": ESCALATION_REASON,
        "closure_basis": CLOSURE_BASIS,
        "reopen_reason": REOPEN_REASON,
        "correction_reason": CORRECTION_REASON,
        "dismissal_reason": DISMISSAL_REASON,
        "set_aside": SET_ASIDE,
        "evidence_kind": EVIDENCE_KIND,
        "letter_kind": LETTER_KIND,
        "file_class": FILE_CLASS,
        "erasure_basis": ERASURE_BASIS,
        **HANDLING_LISTS,
    }
)
"""Every code list by its name; most are named after the field that uses them."""


def label(code_list: str, code: str) -> str:
    """Return what people call `code`; a code that the list does not know is its own label."""
    try:
        labels = CODE_LISTS[code_list]
    except KeyError as exc:
        msg = f"code list {code_list!r} does not exist; choose one of {', '.join(CODE_LISTS)}"
        raise InputError(msg) from exc
    return labels.get(code, code)
