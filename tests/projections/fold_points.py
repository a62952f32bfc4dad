"""The points of a complaint and what their endings show, by the plain fold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.projections.fold import Row, Stream, masked

if TYPE_CHECKING:
    from collections.abc import Iterator

_ELSEWHERE = {"merged", "edr_settled", "edr_determined", "court"}
_UPHELD = {"upheld", "partly_upheld"}


def issues(stream: Stream) -> Iterator[Row]:
    """One row for each point."""
    for point in _points(stream):
        yield {name: value for name, value in point.items() if not name.startswith("_")}


def _points(stream: Stream) -> list[Row]:
    """Walk through the events once and keep for each point what was said of it last."""
    found: dict[str, Row] = {}
    for row in stream.rows:
        what = row["what"]
        if what == "complaint_received" and row["issue"] is not None:
            _put(_point(stream, found, "issue-0"), row, "raised")
        elif what == "issue_raised":
            _put(_point(stream, found, row["issue_id"]), row, "raised")
        elif what == "issue_amended":
            _put(_point(stream, found, row["issue_id"]), row, "amended")
        elif what == "issue_ended":
            _point(stream, found, row["issue_id"])
    for key, point in found.items():
        _end(stream, key, point)
        _answered(stream, key, point)
    return list(found.values())


def _point(stream: Stream, found: dict[str, Row], key: str) -> Row:
    names = (
        "issue sub_issue issue_from raised_on raised_by amended_on ending ended_on ended_by "
        "ended_how reason_code communicated_on redress_ids no_redress_reason cause_code "
        "action_ids no_action_reason"
    )
    fresh: Row = {"complaint_id": stream.stream_id, "issue_id": masked(key)}
    fresh |= dict.fromkeys(names.split()) | {"_texts": [], "_raised": 0, "_ended": 0}
    return found.setdefault(key, fresh)


def _put(point: Row, row: Row, how: str) -> None:
    point["issue"] = row["issue"]
    point["sub_issue"] = row["sub_issue"] or point["sub_issue"]
    point["_texts"].append(row["issue"])
    point[f"{how}_on"] = row["occurred_on"]
    if how == "raised":
        point["raised_by"] = masked(row["actor"])
        point["issue_from"] = masked(row.get("issue_from"))
        point["_raised"] = row["position"]


def _end(stream: Stream, key: str, point: Row) -> None:
    names = {key, *point["_texts"]}
    own: Row | None = None
    for row in stream.rows:
        if row["position"] <= point["_raised"]:
            continue
        if row["what"] == "issue_ended" and row["issue_id"] == key:
            own = row | {"how": "without_finding", "as": row["issue_ending"], "bare": None}
        if row["what"] == "decision_made":
            named = [each for each in row["issue_outcomes"] if each["issue"] in names]
            bare = {"how": "decision", "bare": row["no_redress_reason"]}
            if not row["issue_outcomes"]:
                own = row | bare | {"as": row["outcome"], "reason_code": None}
            elif named:
                last = named[-1]
                own = row | bare | {"as": last["outcome"], "reason_code": last["reason_code"]}
    if own is None:
        own = _course(stream, point["_raised"])
    if own is not None:
        point["ending"] = own["as"]
        point["ended_on"] = own["occurred_on"]
        point["ended_by"] = masked(own["actor"])
        point["ended_how"] = own["how"]
        point["reason_code"] = own["reason_code"]
        point["no_redress_reason"] = own["bare"]
        point["_ended"] = own["position"]


def _course(stream: Stream, raised: int) -> Row | None:
    reopened = stream.v("complaint_reopened")
    agreed = [e for e in stream.all("summary_resolution_agreed") if e["agreed_by_complainant"]]
    standing: list[tuple[str, Row | None]] = [
        ("resolved_by_agreement", agreed[-1] if agreed else None),
        ("withdrawn", stream.last("complaint_withdrawn")),
    ]
    standing = [(n, row) for n, row in standing if row and row["position"] > reopened]
    forwarded = stream.last("complaint_forwarded")
    if forwarded and forwarded["keeps_part"] is not True:
        standing.append(("forwarded", forwarded))
    eligible = stream.last("eligibility_determined")
    if eligible and not eligible["eligible"]:
        standing.append(("ineligible", eligible))
    after = [(name, row) for name, row in standing if row and row["position"] > raised]
    if not after:
        return None
    name, row = min(after, key=lambda each: each[1]["position"] if each[1] else 0)
    return (row or {}) | {"how": "complaint", "as": name, "reason_code": None, "bare": None}


def _answered(stream: Stream, key: str, point: Row) -> None:
    for row in stream.all("decision_communicated"):
        later = point["ended_how"] == "decision" and row["position"] > point["_ended"]
        if later and key in (row.get("issue_ids") or [key]):
            point["communicated_on"] = row["occurred_on"]
    offers: set[Any] = set()
    for row in stream.all("redress_offered"):
        of_all = not row.get("issue_ids") and point["ending"] in _UPHELD
        if of_all or key in (row.get("issue_ids") or []):
            offers.add(masked(row["redress_id"]))
    point["redress_ids"] = sorted(offers) or None
    causes = [r for r in stream.all("root_cause_recorded") if r["issue_id"] in {None, key}]
    ids = {row["cause_id"] for row in causes}
    acted = {masked(r["action_id"]) for r in stream.all("action_raised") if r["cause_id"] in ids}
    point["action_ids"] = sorted(str(each) for each in acted) or None
    for row in causes:
        point["cause_code"] = row["cause_code"]
        point["no_action_reason"] = row["no_action_reason"] or point["no_action_reason"]


def of_points(stream: Stream, row: Row) -> Iterator[tuple[str, str | None]]:
    """What the last closing shows of the points, if nothing reopened it."""
    last = stream.last("complaint_closed", "complaint_reopened")
    if row["what"] != "complaint_closed" or last is None or last["position"] != row["position"]:
        return
    points = _points(stream)
    has_own = any(point["issue_id"] != "issue-0" for point in points)
    ours = has_own and row["closure_basis"] not in _ELSEWHERE
    still = [p for p in points if p["ending"] is None]
    decided = [p for p in points if p["ended_how"] == "decision"]
    bare = [
        p
        for p in decided
        if p["ending"] in _UPHELD and not p["redress_ids"] and p["no_redress_reason"] is None
    ]
    untold = [p for p in decided if p["communicated_on"] is None]
    if ours and still and stream.sees("decided"):
        yield "closed_with_open_point", str(len(still))
    if ours and bare and stream.sees("redress"):
        yield "upheld_without_redress", str(len(bare))
    if untold and stream.all("decision_communicated") and stream.sees("communicated"):
        yield "communicated_without_answering", str(len(untold))
    idle = _idle_causes(stream)
    if idle:
        yield "cause_without_action", str(idle)


def _idle_causes(stream: Stream) -> int:
    causes = {row["cause_id"]: row for row in stream.all("root_cause_recorded")}
    acted = {row["cause_id"] for row in stream.all("action_raised")}
    return sum(
        1
        for cause, row in causes.items()
        if row["also_affects_others"] and row["no_action_reason"] is None and cause not in acted
    )
