"""The queues around the answer, by the plain fold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from projections.waits import WAITS
from tests.projections.fold_replies import waiting_since

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from projections.waits import Wait
    from tests.projections.fold import Row, Stream

_CONDITIONS: dict[str | None, Callable[[Row], bool]] = {
    None: lambda _row: True,
    "safety": lambda row: row["safety"] is True,
    "expires_on is not null": lambda row: row["expires_on"] is not None,
    "reply_by is not null": lambda row: row["reply_by"] is not None,
    "comply_by is not null": lambda row: row["comply_by"] is not None,
}


def waits(stream: Stream) -> Iterator[tuple[str, object, str, object]]:
    """Queue, since, why and due date of each wait that stands."""
    for wait in WAITS:
        standing = list(_standing(wait, stream))
        if standing and (wait.after_closing or stream.label() != "closed"):
            dues = [due for _, due in standing if due is not None]
            since = min(day for day, _ in standing)
            yield wait.queue, since, wait.why, min(dues, default=None)
    waiting = waiting_since(stream)
    if waiting is not None and stream.label() != "closed":
        why = "a joint complainant who must accept has not answered"
        yield "offer waits for another", waiting, why, None


def _standing(wait: Wait, stream: Stream) -> Iterator[tuple[date, date | None]]:
    begun = stream.all(_what(wait.begun_by))
    for key in dict.fromkeys(_key(wait, row) for row in begun):
        last = [row for row in begun if _key(wait, row) == key][-1]
        later = [row for row in stream.rows if row["position"] > last["position"]]
        same = {_what(each) for each in wait.ended_by}
        any_ = {_what(each) for each in wait.ended_by_any}
        if (
            not _CONDITIONS[wait.only_if](last)
            or any(row["what"] in same and _key(wait, row) == key for row in later)
            or any(row["what"] in any_ for row in later)
            or stream.all(*(_what(each) for each in wait.undone_ever_by))
        ):
            continue
        yield last["occurred_on"], _due(wait, stream, last, key)


def _due(wait: Wait, stream: Stream, last: Row, key: object) -> Any:
    if wait.due is None:
        return None
    moves = stream.all(*(_what(each) for each in wait.moved_by)) if wait.moved_by else []
    own = [row for row in moves if _key(wait, row) == key]
    said = [row[wait.due] for row in own if row[wait.due] is not None]
    is_moved = bool(own) and own[-1]["position"] > last["position"]
    return said[-1] if said and is_moved else last[wait.due]


def _what(event_type: object) -> str:
    topic: str = event_type.TOPIC  # type: ignore[attr-defined]
    return topic.split(".")[1]


def _key(wait: Wait, row: Row) -> object:
    return None if wait.key is None else row[wait.key]
