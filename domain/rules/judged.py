"""What judging a batch needs and gives: stream look-ups, and verdicts as columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from domain.errors import UnknownRuleSetError
    from domain.rules.admission import Verdict

VERDICT_SCHEMA = {
    "ordinal": pl.Int64,
    "outcome": pl.String,
    "reason": pl.String,
    "judged_ordinal": pl.Int64,
    "event_id": pl.String,
    "stream_id": pl.String,
    "event_type": pl.String,
    "source": pl.String,
    "occurred_on": pl.Int64,
    "version": pl.Int64,
    "save_index": pl.Int64,
    "position": pl.Int64,
}
"""Columns of the verdicts, one row per record that was decided; `occurred_on` in days."""


class Streams(Protocol):
    """Where a reader keeps what it knows of streams; asked once per batch."""

    def versions(self, partition: int, stream_ids: Sequence[str]) -> Mapping[str, int]:
        """Return the version of each of these streams that exists."""
        ...

    def admitted(self, partition: int, stream_ids: Sequence[str]) -> Mapping[str, dict[str, int]]:
        """Return event id to ordinal for each of these streams that exists."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What a batch came to."""

    verdicts: pl.DataFrame
    decoded: dict[str, pl.DataFrame] = field(default_factory=dict)
    """Raw values of the batch's well-formed records by fingerprint, with their `ordinal`."""
    stop: UnknownRuleSetError | None = None
    """To be raised once these verdicts are kept: an unknown rule set governs what follows."""


def verdict_frame(verdicts: Sequence[Verdict]) -> pl.DataFrame:
    """Return verdicts as rows of `VERDICT_SCHEMA`."""
    return pl.DataFrame(
        [
            (
                v.ordinal, v.outcome, v.reason, v.judged_ordinal, v.event_id, v.stream_id,
                v.event_type, v.source, v.occurred_on, v.version, v.index, v.position,
            )
            for v in verdicts
        ],
        schema=VERDICT_SCHEMA,
        orient="row",
    )  # fmt: skip
