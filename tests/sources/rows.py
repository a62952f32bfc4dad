"""Makes rows and marks for the tests of the CFPB's facts."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from domain.sources.cfpb_row import CfpbRow


def marks(stream_id: str, text: str) -> bytes:
    """Stand in for the keyed digest of the sealer."""
    return hashlib.sha256(f"{stream_id}/{text}".encode()).digest()


def a_row(**changes: Any) -> CfpbRow:
    """Return a row with every column, changed as told."""
    cells: dict[str, Any] = {
        "line": 2,
        "record": 1,
        "complaint_id": "3571115",
        "date_received": date(2020, 3, 18),
        "date_sent": date(2020, 3, 19),
        "product": "Debt collection",
        "sub_product": "",
        "issue": "Attempts to collect debt not owed",
        "sub_issue": "N/A",
        "narrative": "",
        "public_response": "",
        "company": "TRANSWORLD SYSTEMS INC",
        "state": "FL",
        "zip_code": "335XX",
        "tags": "",
        "consent": "N/A",
        "submitted_via": "Postal mail",
        "response": "In progress",
        "timely": "Yes",
        "disputed": "N/A",
    }
    return CfpbRow(**(cells | changes))
