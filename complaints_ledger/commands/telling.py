"""Complaints in words for people: the state in pairs, the history in lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from complaints_ledger.commands.session import Session

_WANTED: Final = frozenset({"owner", "severity", "respond_by"})
"""What an open complaint ought to have: its absence is shown."""
_LATER: Final = frozenset({"waits", "findings", "sealed", "coverage"})
_UNTOUCHED: Final = {
    "redress_state": "none",
    "external_state": "none",
    "link_role": "standalone",
    "reopen_count": 0,
    "eligibility": "undetermined",
    "stage": "first_answer",
    "attention": 0,
    "redress_paid_minor": 0,
}
"""Values that say that nothing happened yet; a page of them hides what did."""

_FIRST: Final = (
    "outcome",
    "closure_basis",
    "organisation",
    "product",
    "issue",
    "cfpb_response",
    "cfpb_timely",
    "cfpb_disputed",
)
"""What a reader looks for; the rest follows in the event's own order."""

_NOTED: Final = 3
"""So many of an event's values fit into a line."""

_SECOND_HAND: Final = frozenset(
    {
        "as_of_basis",
        "coverage",
        "decision_event_id",
        "formula_version",
        "kind_classified_by",
        "narrative_characters",
        "narrative_lines",
        "narrative_mark",
        "narrative_redactions",
        "external_id",
        "reference",
        "received_at",
        "received_on",
        "received_zone",
        "target_event_id",
        "unknown_fields",
    }
)
"""What an event also says, and nobody looks for in a line of history."""


def state_pairs(found: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Return what is known of a complaint as names and values, what was never touched left out."""
    pairs: list[tuple[str, object]] = []
    for name, value in found.items():
        said_better = name.endswith("_on") and found.get(f"{name[:-3]}_at") is not None
        if name in _LATER or said_better:
            continue
        if value is None or value == []:
            if name in _WANTED and found["is_open"]:
                pairs.append((_words(name), "-"))
        elif name not in _UNTOUCHED or value != _UNTOUCHED[name]:
            pairs.append((_words(name), value))
    return pairs


def event_lines(
    events: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]
) -> list[tuple[object, ...]]:
    """Return a line for each event: when, what, who, and what it says in short."""
    broken: dict[str, list[str]] = {}
    for each in findings:
        text = f"{each['severity']}: {each['finding']} ({each['invariant']})"
        broken.setdefault(str(each["event_id"]), []).append(text)
    return [
        (
            _when(event),
            event_words(event["event_type"]),
            _who(event),
            "; ".join([*_said(event["payload"]), *broken.get(str(event["event_id"]), ())]),
        )
        for event in events
    ]


def event_words(event_type: str) -> str:
    """Return a stored type as words: `complaints.decision_made.v1` is 'decision made'."""
    return event_type.removeprefix("complaints.").rpartition(".v")[0].replace("_", " ")


def _when(event: Mapping[str, Any]) -> str:
    at: datetime | None = event["occurred_at"]
    return str(event["occurred_on"]) if at is None else f"{at:%Y-%m-%d %H:%M}Z"


def _who(event: Mapping[str, Any]) -> str:
    behalf = event.get("on_behalf_of")
    return f"{event['actor']}" + (f" for {behalf}" if behalf else "")


def _said(payload: str | None) -> list[str]:
    """Return the first values of an event, and that the rest is there."""
    if not payload:
        return []
    values = {
        name: value
        for name, value in json.loads(payload).items()
        if name not in _SECOND_HAND and value not in (None, [], "")
    }
    order = sorted(values, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
    plain = {name: values[name] for name in order if not isinstance(values[name], dict)}
    sealed = [n for n, v in values.items() if isinstance(v, dict) and "sealed" in v]
    said = [f"{_words(name)} {_short(value)}" for name, value in list(plain.items())[:_NOTED]]
    if len(plain) > _NOTED:
        said.append(f"{len(plain) - _NOTED} more")
    return said + ([f"sealed: {', '.join(_words(name) for name in sealed)}"] if sealed else [])


def _words(name: str) -> str:
    return name.replace("_", " ")


def _short(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)


def plural(count: int) -> str:
    """Return the ending of a noun after a count."""
    return "" if count == 1 else "s"


def tell_count(session: Session, verb: str, count: int) -> None:
    """Say how many records something was done to."""
    if session.output.json:
        session.output.result({verb: count})
    else:
        session.output.text(f"{verb} {count:,} record{plural(count)}")
