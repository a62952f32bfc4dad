"""The history that an auditor reads: every record about a stream, with all that it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from complaints_ledger.commands.telling import event_words, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from complaints_ledger.output import Output

Pair = tuple[str, object]


def tell_full_history(
    output: Output, records: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]
) -> None:
    """Print each record as a block of names and values, then what no record alone shows."""
    for record in records:
        output.text(heading(record))
        output.pairs([(f"  {name}", value) for name, value in _pairs(record, findings)])
        output.text()
    for each in findings:
        if each["event_id"] is None:
            output.text(_finding(each))
    admitted = sum(record["outcome"] == "accepted" for record in records)
    kept_out = len(records) - admitted
    output.note(
        f"{len(records):,} record{plural(len(records))}: {admitted:,} accepted, {kept_out:,} not"
    )


def heading(record: Mapping[str, Any]) -> str:
    """Return where a record stands, and what became of it."""
    what = event_words(record["event_type"] or "") or "no event"
    place = f"{record['partition']}:{record['ordinal']}"
    if record["outcome"] == "accepted":
        return f"{place}  {what}; version {record['version']}, position {record['position']}"
    reason = f" ({record['reason']})" if record["reason"] else ""
    return f"{place}  {what}; {record['outcome']}{reason}"


def _pairs(record: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> Iterator[Pair]:
    yield "type", record["event_type"]
    yield "event id", record["event_id"]
    yield "occurred", _occurred(record)
    yield "recorded", record["recorded_at"]
    if record["judged_at"] != record["recorded_at"]:
        yield "judged", record["judged_at"]
    yield "by", _author(record)
    verified = {True: " (signed)", False: " (unverified)", None: ""}[record["verified"]]
    yield "source", None if record["source"] is None else f"{record['source']}{verified}"
    yield "saw version", record["expected_version"]
    if record["command_id"] is not None:
        place = f"{record['command_index'] + 1} of {record['command_count']}"
        yield "command", f"{record['command_id']}, event {place}"
    yield "correlation", record["correlation_id"]
    yield "caused by", record["causation_id"]
    for name, value in json.loads(record["payload"] or "{}").items():
        yield name.replace("_", " "), _value(value)
    for each in findings:
        if each["event_id"] is not None and each["event_id"] == record["event_id"]:
            yield "finding", _finding(each)


def _occurred(record: Mapping[str, Any]) -> object:
    zone = f" ({record['occurred_zone']})" if record["occurred_zone"] else ""
    at = record["occurred_at"]
    return f"{record['occurred_on']}{zone}" if at is None else f"{at:%Y-%m-%d %H:%M:%S}Z{zone}"


def _author(record: Mapping[str, Any]) -> str | None:
    if record["actor"] is None:
        return None
    behalf = f" for {record['on_behalf_of']}" if record["on_behalf_of"] else ""
    return f"{record['actor']} ({record['actor_role']}){behalf}"


def _value(value: object) -> object:
    if isinstance(value, dict) and set(value) == {"sealed"}:
        return f"sealed with key {value['sealed']}"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value


def _finding(each: Mapping[str, Any]) -> str:
    detail = f": {each['detail']}" if each["detail"] else ""
    return f"{each['severity']}: {each['finding']} ({each['invariant']}){detail}"
