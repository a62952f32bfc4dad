"""Code lists of what surrounds an answer: people, holds, causes, links, bodies outside (3.5 to 3.10)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

CodeList = MappingProxyType[str, str]
"""Labels by code, in the order in which people read them."""

REPRESENTATIVE_KIND: Final = CodeList(
    {
        "family_friend": "Family or friend",
        "lawyer": "Lawyer",
        "claims_company": "Claims management company",
        "executor": "Executor or administrator of an estate",
        "guardian": "Guardian or parent",
        "power_of_attorney": "Holder of a power of attorney",
        "consumer_body": "Consumer body",
        "elected_member": "Elected member",
        "union": "Trade union",
        "other": "Other",
    }
)
AUTHORITY_SCOPE: Final = CodeList(
    {
        "full": "Everything, acceptance included",
        "correspondence": "Letters and calls, not acceptance",
        "information_only": "To be told only",
    }
)
AUTHORITY_EVIDENCE: Final = CodeList(
    {
        "signed_authority": "Signed authority",
        "court_order": "Order of a court",
        "power_of_attorney": "Power of attorney",
        "grant_of_probate": "Grant of probate",
        "statutory": "By law, as for a parent",
        "verbal": "Said by the complainant",
        "other": "Other",
    }
)
SUPPORT_NEED: Final = CodeList(
    {
        "language": "Another language",
        "interpreter": "Interpreter",
        "large_print": "Large print",
        "braille": "Braille",
        "easy_read": "Easy read",
        "sign_language": "Sign language",
        "relay": "Relay service",
        "phone_only": "Phone only",
        "email_only": "E-mail only",
        "call_back_times": "Calls at certain times",
        "literacy_help": "Help with reading and writing",
        "help_to_complain": "Help to put the complaint in words",
        "other": "Other",
    }
)
VULNERABILITY_KNOWN_BY: Final = CodeList(
    {
        "complainant": "The complainant said so",
        "representative": "A representative said so",
        "observed": "Noticed in contact",
        "record": "On record before",
    }
)
PARTY_ROLE: Final = CodeList(
    {
        "joint_complainant": "Joint complainant",
        "affected_person": "Person affected",
    }
)
CONSENT_PURPOSE: Final = CodeList(
    {
        "disclosure": "Telling somebody outside",
        "external_referral": "Going to a body outside",
        "special_data": "Use of special-category data",
        "recording": "Recording of calls",
        "other": "Other",
    }
)
DISCLOSURE_BASIS: Final = CodeList(
    {
        "consent": "Consent",
        "authority": "To a representative with authority",
        "legal_obligation": "Legal obligation",
        "legal_claims": "Legal claims",
        "vital_interests": "Vital interests",
        "public_task": "Public task",
        "contract": "Contract",
        "other": "Other",
    }
)
ASKED_OF: Final = CodeList(
    {
        "complainant": "Complainant",
        "representative": "Representative",
        "staff": "Staff",
        "third_party": "Third party",
        "expert": "Expert",
    }
)
DELAY_REASON: Final = CodeList(
    {
        "complexity": "Complexity",
        "third_party": "Waiting for a third party",
        "outside_control": "Outside our control",
        "complainant": "Waiting for the complainant",
        "volume": "Too many complaints",
        "other": "Other",
    }
)
HOLD_KIND: Final = CodeList(
    {
        "awaiting_complainant": "Waiting for the complainant",
        "third_party": "Waiting for a third party",
        "expert": "Waiting for an expert",
        "legal_proceedings": "Before a court",
        "police": "Police inquiry",
        "regulator_suspension": "Suspended by a regulator for its class",
        "redress_scheme": "Part of a redress scheme",
        "legal_hold": "To be kept for legal reasons",
        "other": "Other",
    }
)
FAILURE: Final = CodeList(
    {
        "bounced": "Bounced",
        "returned": "Returned by post",
        "refused": "Refused by the receiver",
        "no_answer": "No answer",
        "wrong_address": "Wrong address",
        "other": "Other",
    }
)
ROOT_CAUSE: Final = CodeList(
    {
        "people.error": "People: error",
        "people.instruction": "People: instruction not followed",
        "people.conduct": "People: conduct",
        "people.knowledge": "People: knowledge",
        "people.workload": "People: workload",
        "process.missing": "Process: missing",
        "process.unclear": "Process: unclear",
        "process.not_followed": "Process: not followed",
        "process.delay": "Process: delay or hand-off",
        "process.control": "Process: control failed",
        "system.defect": "System: defect",
        "system.outage": "System: outage",
        "system.data": "System: data quality",
        "system.access": "System: access",
        "product.terms": "Product: terms",
        "product.pricing": "Product: pricing",
        "product.features": "Product: features",
        "product.fitness": "Product: fitness",
        "information.misleading": "Information: misleading",
        "information.unclear": "Information: unclear",
        "information.missing": "Information: missing",
        "information.wrong": "Information: wrong",
        "sales.unsuitable": "Sales: unsuitable",
        "sales.pressure": "Sales: pressure",
        "sales.arrangement": "Sales: arrangement",
        "third_party": "Third party or supplier",
        "fraud": "Fraud or scam",
        "policy": "Policy or legal decision",
        "hardship": "Treatment of hardship or arrears",
        "vulnerability": "Vulnerability not considered",
        "complaint_handling": "Handling of the complaint itself",
        "external_event": "External event",
        "no_fault": "Misunderstanding, no fault",
        "not_determined": "Not determined",
    }
)
CONFIDENCE: Final = CodeList(
    {
        "low": "Low",
        "medium": "Medium",
        "high": "High",
    }
)
ACTION_KIND: Final = CodeList(
    {
        "correct": "Put right",
        "process": "Change a process",
        "product": "Change a product",
        "information": "Change what is told",
        "train": "Train staff",
        "system": "Change a system",
        "supplier": "Change a supplier",
        "tell_others": "Put it right for others affected",
        "other": "Other",
    }
)
LINK_KIND: Final = CodeList(
    {
        "same_cause": "Same cause",
        "related": "Related",
        "successor": "Follows it",
        "handling_complaint": "About the handling of the other",
        "mass_event": "Part of the same mass event",
        "absorbed": "The other was merged into this one",
        "split_from": "This one is a part of the other",
    }
)
RESTRICTION_KIND: Final = CodeList(
    {
        "sole_contact": "One person to talk to",
        "written_only": "In writing only",
        "topic_limits": "Certain topics only",
        "frequency_limits": "At certain times only",
        "access_ended": "No contact but by law",
    }
)
CONDUCT_KIND: Final = CodeList(
    {
        "persistence": "Unreasonable persistence",
        "demands": "Unreasonable demands",
        "lack_of_cooperation": "Unreasonable lack of co-operation",
        "arguments": "Unreasonable arguments",
        "behaviours": "Unreasonable behaviour",
    }
)
SIGNIFICANCE: Final = CodeList(
    {
        "safety": "Safety",
        "systemic": "Systemic",
        "legal": "Legal risk",
        "media": "Media or politics",
        "value": "Large value",
        "vulnerable": "Harm to vulnerable people",
        "conduct": "Serious misconduct",
        "other": "Other",
    }
)
EXTERNAL_OUTCOME: Final = CodeList(
    {
        "settled": "Settled",
        "upheld": "Upheld",
        "partly_upheld": "Partly upheld",
        "not_upheld": "Not upheld",
        "out_of_scope": "Not within its scope",
        "withdrawn": "Withdrawn there",
        "other": "Other",
    }
)
BINDING_ON: Final = CodeList(
    {
        "organisation": "The organisation",
        "complainant": "The complainant",
        "both": "Both",
        "nobody": "Nobody",
    }
)

ISSUE_ENDING: Final = CodeList(
    {
        "resolved_by_agreement": "Resolved by agreement",
        "settled_with_goodwill": "Settled with a gesture of goodwill",
        "withdrawn": "Withdrawn",
        "ineligible": "Not ours to decide",
        "forwarded": "Passed on to whom it concerns",
    }
)
"""How a point ends without a finding on it."""

HANDLING_LISTS: Final[dict[str, CodeList]] = {
    "representative_kind": REPRESENTATIVE_KIND,
    "authority_scope": AUTHORITY_SCOPE,
    "authority_evidence": AUTHORITY_EVIDENCE,
    "need_code": SUPPORT_NEED,
    "vulnerability_known_by": VULNERABILITY_KNOWN_BY,
    "party_role": PARTY_ROLE,
    "consent_purpose": CONSENT_PURPOSE,
    "disclosure_basis": DISCLOSURE_BASIS,
    "asked_of": ASKED_OF,
    "delay_reason": DELAY_REASON,
    "hold_kind": HOLD_KIND,
    "failure_code": FAILURE,
    "cause_code": ROOT_CAUSE,
    "cause_confidence": CONFIDENCE,
    "action_kind": ACTION_KIND,
    "issue_ending": ISSUE_ENDING,
    "link_kind": LINK_KIND,
    "restriction_kind": RESTRICTION_KIND,
    "conduct_kind": CONDUCT_KIND,
    "significance_code": SIGNIFICANCE,
    "external_outcome": EXTERNAL_OUTCOME,
    "binding_on": BINDING_ON,
    "adjustment_code": SUPPORT_NEED,
}
"""Each list by the name of the field that uses it."""
