"""A row of a CFPB extract, and the names that its columns have had over the years.

A row is a state, not a history: two dates, and what the extract showed on its own date.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

TEXT_COLUMNS: Final = (
    "product",
    "sub_product",
    "issue",
    "sub_issue",
    "narrative",
    "public_response",
    "company",
    "state",
    "zip_code",
    "tags",
    "consent",
    "submitted_via",
    "response",
    "timely",
    "disputed",
)
"""Columns that are text, in the order of `CfpbRow`."""

REQUIRED: Final = {"complaint_id": "Complaint ID", "date_received": "Date received"}
"""Columns without which a row says nothing of any complaint."""

_ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "complaint_id": (
        "complaintid",
        "cfpbcomplaintid",
        "complaintidentifier",
        "complaintnumber",
        "complaintno",
        "complaintnum",
    ),
    "date_received": ("datereceived", "receiveddate", "receivedon", "dateofreceipt"),
    "date_sent": ("datesenttocompany", "datesent", "senttocompany", "sentdate", "senton"),
    "product": ("product", "productname"),
    "sub_product": ("subproduct",),
    "issue": ("issue",),
    "sub_issue": ("subissue",),
    "narrative": (
        "consumercomplaintnarrative",
        "complaintnarrative",
        "consumernarrative",
        "narrative",
        "complaintwhathappened",
    ),
    "public_response": ("companypublicresponse", "publicresponse"),
    "company": ("company", "companyname"),
    "state": ("state", "statecode"),
    "zip_code": ("zipcode", "zip", "zip5", "postalcode"),
    "tags": ("tags", "tag"),
    "consent": ("consumerconsentprovided", "consentprovided", "consumerconsent", "consent"),
    "submitted_via": ("submittedvia", "submissionchannel", "submissionmethod"),
    "response": (
        "companyresponsetoconsumer",
        "companyresponsetoconsumers",
        "companyresponse",
        "responsetoconsumer",
    ),
    "timely": ("timelyresponse", "timely"),
    "disputed": ("consumerdisputed", "disputed"),
    "as_of": ("extractdateapprox", "extractdate", "extractedon", "asof", "asofdate"),
    "extract": ("extract", "extractname"),
}
_WEAK_ALIASES: Final = {"id": "complaint_id"}  # an `id` counts only where nothing names itself so
_FIELD_OF: Final = {alias: name for name, names in _ALIASES.items() for alias in names}
_SHOWN_NAMES: Final = 20  # the standard layout has 18 columns
_SHOWN_CHARACTERS: Final = 40  # the longest known name has 28


@dataclass(frozen=True, slots=True)
class CfpbRow:
    """One row: None is a column that the extract does not have, '' a blank cell."""

    line: int
    record: int
    complaint_id: str
    date_received: date
    date_sent: date | None
    product: str | None = None
    sub_product: str | None = None
    issue: str | None = None
    sub_issue: str | None = None
    narrative: str | None = dataclasses.field(default=None, repr=False)
    public_response: str | None = None
    company: str | None = None
    state: str | None = None
    zip_code: str | None = None
    tags: str | None = None
    consent: str | None = None
    submitted_via: str | None = None
    response: str | None = None
    timely: str | None = None
    disputed: str | None = None
    as_of: date | None = None
    raw: tuple[str, ...] = dataclasses.field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that does not go in: where it stands, which field is at fault, and why.

    `raw` holds its cells as they were, but for dates that could be read: these are in ISO
    form, so that they mean the same in a file where fewer rows say which part is the month.
    """

    line: int
    record: int
    field: str | None
    reason: str
    raw: tuple[str, ...] = dataclasses.field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which cell holds which column of an extract."""

    header: tuple[str, ...]
    places: dict[str, int]
    ignored: tuple[str, ...]


def canonical_name(name: str) -> str:
    """Return a column name without case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", name).casefold()


def recognised(header: Sequence[str]) -> int:
    """Return how many cells of a header name a column of the CFPB."""
    return sum(canonical_name(name) in _FIELD_OF for name in header)


def layout_of(header: Sequence[str], *, file: str) -> Layout:
    """Return which cell holds which column.

    Raises:
        InputError: a required column is missing, or two columns claim the same place.
    """
    places: dict[str, int] = {}
    ignored: list[int] = []
    for place, name in enumerate(header):
        known = _FIELD_OF.get(canonical_name(name))
        if known is None:
            if name.strip():
                ignored.append(place)
        elif known in places:
            msg = (
                f"file '{file}' has two columns for '{known}': '{header[places[known]]}' and "
                f"'{name}'; remove or rename one of them"
            )
            raise InputError(msg)
        else:
            places[known] = place
    for place in tuple(ignored):
        weak = _WEAK_ALIASES.get(canonical_name(header[place]))
        if weak is not None and weak not in places:
            places[weak] = place
            ignored.remove(place)
    missing = [title for name, title in REQUIRED.items() if name not in places]
    if missing:
        raise InputError(_missing(header, missing, file))
    return Layout(tuple(header), places, tuple(header[place] for place in ignored))


def _missing(header: Sequence[str], missing: list[str], file: str) -> str:
    # A file without a header shows its first row here: long cells and figures stay out.
    names = [
        f"'{name.strip()}'"
        if len(name) <= _SHOWN_CHARACTERS and not re.search(r"\d", name)
        else "'…'"
        for name in header[:_SHOWN_NAMES]
    ]
    if len(header) > _SHOWN_NAMES:
        names.append("…")
    wanted = " and ".join(f"'{title}'" for title in missing)
    return (
        f"file '{file}' has no column {wanted} in its header; found {', '.join(names)}; "
        "every CFPB extract needs 'Complaint ID' and 'Date received' in its first line"
    )
