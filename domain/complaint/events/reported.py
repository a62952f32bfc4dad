"""What a source reports of a complaint's state, as at a date: a fact of that date, no history."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from pydantic import Field

from domain.event import Event
from domain.personal import Narrative


class CfpbRowReported(Event):
    """An extract of the CFPB complaint database showed this row, as at a date.

    Cells are the source's text: null means that the extract has no such column, an empty
    string that the cell was blank, and `N/A` that the source says not applicable.
    """

    TOPIC: ClassVar[str] = "complaints.cfpb_row_reported.v1"

    as_of_on: date = Field(description="Local date of the extract.")
    as_of_basis: str = Field(
        description="Code: given (the extract says so) or at_the_earliest (its latest date)."
    )
    cfpb_complaint_id: str = Field(description="Complaint ID.")
    cfpb_date_received: date | None = Field(default=None, description="Date received.")
    cfpb_date_sent: date | None = Field(default=None, description="Date sent to company.")
    cfpb_product: str | None = Field(default=None, description="Product.")
    cfpb_sub_product: str | None = Field(default=None, description="Sub-product.")
    cfpb_issue: str | None = Field(default=None, description="Issue.")
    cfpb_sub_issue: str | None = Field(default=None, description="Sub-issue.")
    cfpb_public_response: str | None = Field(default=None, description="Company public response.")
    cfpb_company: str | None = Field(default=None, description="Company.")
    cfpb_state: str | None = Field(default=None, description="State.")
    cfpb_zip_code: str | None = Field(default=None, description="ZIP code, as text.")
    cfpb_tags: str | None = Field(default=None, description="Tags.")
    cfpb_consent: str | None = Field(default=None, description="Consumer consent provided?")
    cfpb_submitted_via: str | None = Field(default=None, description="Submitted via.")
    cfpb_response: str | None = Field(default=None, description="Company response to consumer.")
    cfpb_timely: str | None = Field(
        default=None, description="Timely response? The source's verdict, never ours."
    )
    cfpb_disputed: str | None = Field(default=None, description="Consumer disputed?")
    cfpb_has_narrative: bool | None = Field(
        default=None, description="Whether the row has a narrative; null: no such column."
    )
    narrative: Narrative = Field(default=None, description="Consumer complaint narrative.")
    narrative_characters: int | None = Field(
        default=None, description="Characters of the narrative; null if there is none."
    )
    narrative_lines: int | None = Field(default=None, description="Lines of the narrative.")
    narrative_redactions: int | None = Field(
        default=None, description="Redaction marks (runs of XX or more) in the narrative."
    )
    narrative_mark: bytes | None = Field(
        default=None,
        description="Keyed digest of the narrative; equal text of one subject, equal mark.",
    )
