"""What is asked of the replica: admitted events by stream, position or name, and verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.sqlite_file import rows
from domain.rules.admission import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from adapters.sqlite_file import Reader

ASKED_AT_ONCE = 500
"""Streams named in one query: SQLite takes a limited number of parameters."""
ONE_BY_ONE_UP_TO = 24
"""So few verdicts are looked up one by one: a range would read the streams of others too."""


class ReplicaQueries:
    """Reads a replica's file; threads share it."""

    def __init__(self, reader: Reader, path: Path) -> None:
        self._reader = reader
        self._path = path

    def events(
        self, stream_id: str, *, gt: int | None = None, lte: int | None = None
    ) -> list[tuple[int, str, str, bytes]]:
        """Return (version, topic, fingerprint, value) of a stream's events, in order."""
        sql = (
            "select version, topic, fingerprint, value from event where stream_id = ? "
            "and version > ? and version <= ? order by version"
        )
        low, high = -1 if gt is None else gt, 2**62 if lte is None else lte
        return rows(self._reader, sql, (stream_id, low, high))

    def events_of(
        self, stream_ids: Sequence[str], topics: Sequence[str]
    ) -> Iterator[tuple[str, str, str, bytes]]:
        """Yield (stream, topic, fingerprint, value) of events of these types, stream by stream."""
        for start in range(0, len(stream_ids), ASKED_AT_ONCE):
            some = stream_ids[start : start + ASKED_AT_ONCE]
            sql = (
                "select stream_id, topic, fingerprint, value from event "
                f"where stream_id in ({_marks(some)}) and topic in ({_marks(topics)}) "
                "order by stream_id, version"
            )
            yield from rows(self._reader, sql, (*some, *topics))

    def notifications(
        self, partition: int, start: int, stop: int, *, limit: int
    ) -> list[tuple[int, str, int, str, bytes]]:
        """Return (position, stream, version, topic, value) by position."""
        sql = (
            "select position, stream_id, version, topic, value from event where partition = ? "
            "and position >= ? and position <= ? order by position limit ?"
        )
        return rows(self._reader, sql, (partition, start, stop, limit))

    def places(self, partition: int, after: int, limit: int) -> list[tuple[int, int, bytes]]:
        """Return (position, ordinal, value) of the events behind a position, in order."""
        sql = (
            "select position, ordinal, value from event where partition = ? and position > ? "
            "order by position limit ?"
        )
        return rows(self._reader, sql, (partition, after, limit))

    def verdict_of(self, partition: int, ordinal: int, stream_id: str) -> Verdict:
        """Return what became of a record that this replica has judged."""
        sql = (
            "select event_id, version, position, topic from event "
            "where stream_id = ? and ordinal = ? and partition = ?"
        )
        found = rows(self._reader, sql, (stream_id, ordinal, partition))
        if found:
            event_id, version, position, topic = found[0]
            return Verdict(
                ordinal, "accepted", None, ordinal, event_id=event_id, stream_id=stream_id,
                event_type=topic, version=version, position=position,
            )  # fmt: skip
        sql = "select outcome, reason, event_id from other_verdict where partition = ? and ordinal = ?"
        outcome, reason, event_id = rows(self._reader, sql, (partition, ordinal))[0]
        return Verdict(ordinal, outcome, reason, ordinal, event_id=event_id, stream_id=stream_id)

    def verdicts_of(
        self,
        places: Sequence[tuple[int, int]],
        stream_ids: Sequence[str],
        *,
        behind: Mapping[int, int],
    ) -> list[Verdict]:
        """Return what became of records that this replica has judged, in their order.

        Args:
            places: partition and ordinal of each record.
            stream_ids: the stream of each.
            behind: for each partition, a position that was given before any of them was judged.
        """
        if len(places) <= ONE_BY_ONE_UP_TO:
            return [
                self.verdict_of(partition, ordinal, stream_id)
                for (partition, ordinal), stream_id in zip(places, stream_ids, strict=True)
            ]
        found: dict[tuple[int, int], Verdict] = {}
        for partition in {partition for partition, _ in places}:
            ordinals = [ordinal for there, ordinal in places if there == partition]
            for verdict in self._verdicts(
                partition, min(ordinals), max(ordinals), behind.get(partition, 0)
            ):
                found[partition, verdict.ordinal] = verdict
        return [found[place] for place in places]

    def _verdicts(self, partition: int, first: int, last: int, behind: int) -> list[Verdict]:
        """Return the verdicts on a range of records; an admission comes after its pending."""
        where = "where partition = ? and ordinal between ? and ?"
        others = f"select ordinal, outcome, reason, event_id, stream_id from other_verdict {where}"
        admitted = (
            f"select ordinal, event_id, stream_id, topic, version, position from event {where} "
            "and position > ?"
        )
        left = rows(self._reader, others, (partition, first, last))
        taken = rows(self._reader, admitted, (partition, first, last, behind))
        verdicts = [
            Verdict(o, said, why, o, event_id, stream) for o, said, why, event_id, stream in left
        ]
        verdicts += [
            Verdict(
                ordinal, "accepted", None, ordinal, event_id, stream_id, topic,
                version=version, position=position,
            )
            for ordinal, event_id, stream_id, topic, version, position in taken
        ]  # fmt: skip
        return verdicts

    def streams_named(self, name: str) -> list[str]:
        """Return the streams that bear a reference, an external id, or this very id."""
        sql = (
            "select stream_id from alias where name = ? union "
            "select stream_id from event where stream_id = ? order by 1"
        )
        return [row[0] for row in rows(self._reader, sql, (name, name))]

    def top_position(self, partition: int) -> int | None:
        """Return the position of the last admitted event."""
        sql = "select max(position) from event where partition = ?"
        top: int | None = rows(self._reader, sql, (partition,))[0][0]
        return top


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
