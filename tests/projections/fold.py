"""A second, independent answer to the same questions: plain Python over rows, one by one."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.codes import CODE_LISTS
from domain.complaint.corrections import CORRECTABLE
from domain.opaque import is_opaque, is_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Row = dict[str, Any]
REPLIES = {"complainant_accepted", "complainant_rejected", "complainant_did_not_reply"}
TOLD = {
    "complaint_acknowledged",
    "progress_update_sent",
    "summary_resolution_agreed",
    "decision_communicated",
    "signposted_to_edr",
}
_DATES = {"received_on", "aware_on", "incident_on", "incident_until", "respond_by"}
_UNREADABLE = object()
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d{1,6})?)(Z|[+-]\d\d:\d\d)")


def masked(text: str | None) -> str | None:
    """Mask what is no opaque identifier."""
    return text if text is None or is_opaque(text) else "(masked)"


def masked_source(text: str | None) -> str | None:
    """Mask what is no name of a system."""
    return text if text is None or is_source(text) else "(masked)"


def streams_of(rows: Iterable[Row]) -> list[Stream]:
    """Group rows by stream, in the order of their positions."""
    grouped: dict[int, list[Row]] = {}
    for row in sorted(rows, key=lambda each: each["position"]):
        grouped.setdefault(row["stream_no"], []).append(row)
    return [Stream(each) for each in grouped.values()]


class Stream:
    """The events of one complaint."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = [{"what": row["event_type"].split(".")[1], **row} for row in rows]
        self.receipt = next(row for row in self.rows if row["what"] == "complaint_received")
        self.coverage = self.receipt["coverage"]
        self.stream_id = self.receipt["stream_id"]

    def up_to(self, count: int) -> Stream:
        """The stream as its first events left it."""
        return Stream(self.rows[:count])

    def all(self, *names: str) -> list[Row]:
        """Events of these names, in order."""
        return [row for row in self.rows if row["what"] in names]

    def last(self, *names: str) -> Row | None:
        """Last event of these names."""
        return next(reversed(self.all(*names)), None)

    def v(self, *names: str) -> int:
        """Position of the last event of these names; 0: none."""
        row = self.last(*names)
        return 0 if row is None else row["position"]

    def sees(self, step: str) -> bool:
        """Whether the source can report a step."""
        return self.coverage is None or step in self.coverage

    def reads(self, correction: Row) -> Any:
        """Value of a correction of the receipt, or a mark that it has no effect."""
        field = correction["corrected_field"]
        text = None if correction["unknown"] else correction["new_value"]
        if text is None:
            return _UNREADABLE if field == "received_on" else None
        try:
            return _read(field, text)
        except ValueError:
            return _UNREADABLE

    def corrected(self, field: str) -> Any:
        """Value of a field of the receipt after all corrections."""
        value = self.receipt[field]
        if field not in CORRECTABLE:
            return value
        for row in self.all("correction_recorded"):
            aimed = row["target_event_id"] in {None, self.receipt["event_id"]}
            if aimed and row["corrected_field"] == field:
                read = self.reads(row)
                value = value if read is _UNREADABLE else read
        return value

    def is_effective(self, correction: Row) -> bool:
        """Whether the text of a correction can be read."""
        return self.reads(correction) is not _UNREADABLE

    def reported(self, column: str) -> Any:
        """Latest reported cell of a column."""
        reports = [r for r in self.all("cfpb_row_reported") if r[column] is not None]
        return max(reports, key=_by_extract)[column] if reports else None

    def closing(self) -> Row | None:
        """The closing of our own that holds."""
        turn = self.last("complaint_closed", "complaint_reopened")
        return turn if turn is not None and turn["what"] == "complaint_closed" else None

    def is_reported_closed(self) -> bool:
        """Whether only the source says that it is closed."""
        ours = self.all("complaint_closed", "complaint_reopened")
        return not ours and (self.reported("cfpb_response") or "").startswith("Closed")

    def standing_reply(self) -> Row | None:
        """The last reply, if no letter and no reopening came after it."""
        reply = self.last(*REPLIES)
        after = max(self.v("decision_communicated"), self.v("complaint_reopened"))
        return reply if reply is not None and reply["position"] > after else None

    def summary_position(self) -> int:
        """Position of the last summary resolution that the complainant agreed to."""
        agreed = [r for r in self.all("summary_resolution_agreed") if r["agreed_by_complainant"]]
        return agreed[-1]["position"] if agreed else 0

    def label(self) -> str:
        """The lifecycle label, as domain.complaint.state defines it."""
        reopened, told = self.v("complaint_reopened"), self.v("decision_communicated")
        if self.closing() is not None or self.is_reported_closed():
            return "closed"
        if self.v("escalated_externally") > self.v("escalated_internally"):
            return "in_edr"
        if self.v("escalated_internally") > told:
            return "in_review"
        reply = self.standing_reply()
        if reply is not None and reply["what"] == "complainant_rejected":
            return "unresolved"
        unsettled = any(item.is_unsettled() for item in self.redress_items())
        if reply is not None and reply["what"] == "complainant_accepted" and unsettled:
            return "resolving"
        if reply is not None or told > reopened or self.summary_position() > reopened:
            return "decided"
        opened, completed = self.v("investigation_opened"), self.v("investigation_completed")
        if self.v("decision_made") > reopened or (completed > reopened and completed > opened):
            return "deciding"
        if opened > reopened:
            return "investigating"
        if self.all("initial_assessment_made"):
            return "assessed"
        return "acknowledged" if self.all("complaint_acknowledged") else "received"

    def redress_items(self) -> list[Redress]:
        """Every redress of the stream."""
        steps = [row for row in self.rows if row["what"].startswith("redress_")]
        ids = dict.fromkeys(row["redress_id"] for row in steps)
        return [Redress([row for row in steps if row["redress_id"] == each]) for each in ids]


class Redress:
    """The events of one redress."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.redress_id = rows[0]["redress_id"]

    def last(self, name: str) -> Row:
        """Last event of a name, or nothing known."""
        found = [row for row in self.rows if row["what"] == f"redress_{name}"]
        return found[-1] if found else {}

    def paid(self) -> int | None:
        """Sum carried out."""
        amounts = [row["amount_minor"] for row in self.rows if row["what"] == "redress_fulfilled"]
        known = [amount for amount in amounts if amount is not None]
        return sum(known) if known else None

    def is_unsettled(self) -> bool:
        """Accepted and not verified."""
        return bool(self.last("accepted")) and not self.last("verified")

    def is_paid_in_part(self) -> bool:
        """Less carried out than offered."""
        offered, paid = self.last("offered").get("amount_minor"), self.paid()
        return offered is not None and paid is not None and paid < offered

    def is_owed(self) -> bool:
        """Accepted and not carried out in full."""
        full = bool(self.last("fulfilled")) and not self.is_paid_in_part()
        return bool(self.last("accepted")) and not full

    def state(self) -> str:
        """Where it stands."""
        if self.last("verified"):
            return "verified"
        if self.last("fulfilled"):
            return "part_paid" if self.is_paid_in_part() else "paid"
        replies = [r["what"] for r in self.rows if r["what"].endswith(("accepted", "declined"))]
        return replies[-1].removeprefix("redress_") if replies else "offered"


def redress_state(items: list[Redress]) -> str:
    """Where the redress of a complaint stands as a whole."""
    states = {item.state() for item in items}
    live = states - {"declined"}
    if not states:
        return "none"
    if not live:
        return "declined"
    if live == {"verified"}:
        return "verified"
    if live <= {"verified", "paid"}:
        return "paid"
    if live & {"verified", "paid", "part_paid"}:
        return "part_paid"
    return "accepted" if "accepted" in live else "offered"


def codes_of(row: Row) -> list[tuple[str, str]]:
    """List and code of every code in an event."""
    reasons = {
        "eligibility_determined": "eligibility_reason",
        "attention_raised": "escalation_reason",
        "complaint_reopened": "reopen_reason",
        "correction_recorded": "correction_reason",
    }
    found = []
    for field, value in row.items():
        name = reasons.get(row["what"], "") if field == "reason_code" else field
        if name in CODE_LISTS:
            codes = value if isinstance(value, list) else [value]
            found += [(name, code) for code in codes if code is not None]
    return found


def by_day(row: Row) -> tuple[date, int]:
    """Order of days, and within a day of the log."""
    return row["occurred_on"], row["position"]


def first(rows: list[Row], key: Callable[[Row], Any]) -> Row:
    """Least row, or nothing known."""
    return min(rows, key=key) if rows else {}


def _by_extract(row: Row) -> tuple[date, int]:
    return row["as_of_on"], row["position"]


def _read(field: str, text: str) -> object:
    if field in _DATES:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text) is None:
            raise ValueError(text)
        return date.fromisoformat(text)
    if field == "received_at":
        return _instant(text)
    if field in {"recurring", "oral", "anonymous"}:
        if text not in {"true", "false"}:
            raise ValueError(text)
        return text == "true"
    return text.splitlines() if field == "remedy_sought" else text


def _instant(text: str) -> datetime:
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    with suppress(OverflowError):
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    raise ValueError(text)


DAY = timedelta(days=1)
