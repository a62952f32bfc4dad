"""The published pattern of opaque identifiers, which no e-mail address and no name fits.

Who acted, for whom, in which system and under which foreign reference is said by identifiers
alone (RULES 1). Checked before append; a violation that was admitted all the same is a
finding and is masked in every view. The patterns are plain enough for Python, RE2 and POSIX
alike, and match the whole text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pydantic import BaseModel

MAX_LENGTH: Final = 64
"""Longest identifier: a SHA-256 in hexadecimal just fits."""

SOURCE_PATTERN: Final = "^[a-z][a-z0-9]*([._-][a-z0-9]+)*$"
"""A registered system: words of small letters and digits."""

ID_PATTERN: Final = "^[A-Za-z0-9]+([._:/-][A-Za-z0-9]+)*$"
"""Any other identifier: words of letters and digits, joined by one mark each."""

ID_MARK_PATTERN: Final = "^(svc-|role:)|[0-9]"
"""What an identifier must contain beside: a digit, or the prefix of a service or a role."""

OPAQUE_FIELDS: Final = frozenset(
    {
        "actor",
        "on_behalf_of",
        "reference",
        "external_id",
        "claimed_external_id",
        "complainant_ref",
        "received_by",
        "kind_classified_by",
        "owner",
        "investigator",
        "reviewer",
        "told",
        "approved_by",
        "redress_id",
        "redress_ids",
        "payment_ref",
        "edr_ref",
        "cfpb_complaint_id",
        "representative_id",
        "need_id",
        "needed_by",
        "party_id",
        "told_by",
        "consent_id",
        "consent_from",
        "request_id",
        "enquiry_id",
        "hold_id",
        "issue_id",
        "issue_ids",
        "enclosed_letters",
        "issue_from",
        "subject_id",
        "cause_id",
        "action_id",
        "action_owner",
        "sample_id",
        "restriction_id",
        "charge_id",
        "external_case_id",
        "linked_stream_id",
        "into_stream_id",
        "part_stream_id",
    }
)
"""Names of the fields, in any event, that hold an identifier of the second pattern, or several."""

_SOURCE: Final = re.compile(SOURCE_PATTERN)
_ID: Final = re.compile(ID_PATTERN)
_ID_MARK: Final = re.compile(ID_MARK_PATTERN)


def is_opaque(text: str) -> bool:
    """Return whether `text` fits the pattern of identifiers."""
    return (
        len(text) <= MAX_LENGTH
        and _ID.fullmatch(text) is not None
        and _ID_MARK.search(text) is not None
    )


def is_source(text: str) -> bool:
    """Return whether `text` fits the pattern of source names."""
    return len(text) <= MAX_LENGTH and _SOURCE.fullmatch(text) is not None


def quoted(text: str) -> str:
    """Return how a message quotes an identifier: not at all if it might be a name."""
    return f"'{text}'" if is_opaque(text) else "'(not an opaque id)'"


@lru_cache(maxsize=1024)
def _opaque_fields(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(field for field in model.model_fields if field in OPAQUE_FIELDS)


def violations(event: BaseModel) -> tuple[str, ...]:
    """Return what is wrong with the identifiers of an event or command; never their text."""
    found = []
    source = getattr(event, "source", None)
    if isinstance(source, str) and not is_source(source):
        found.append(
            "field 'source' does not name a system; use small letters, digits and single marks, "
            f"at most {MAX_LENGTH} characters"
        )
    for field in _opaque_fields(type(event)):
        value = getattr(event, field)
        held = value if isinstance(value, list) else [value]
        if any(isinstance(each, str) and not is_opaque(each) for each in held):
            found.append(
                f"field '{field}' is not an opaque identifier; use letters and digits joined by "
                f"single marks, at least one digit or the prefix svc- or role:, at most "
                f"{MAX_LENGTH} characters"
            )
    return tuple(found)
