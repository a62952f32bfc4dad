"""What an extract holds, once by SQL over the ledger and once by the csv module alone."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from adapters.duckdb_store import DuckStore

Answers = dict[str, Any]

_COUNTS: Final = {
    "rows": "select count(*) from cfpb_rows",
    "unique_ids": "select count(distinct cfpb_complaint_id) from cfpb_rows",
    "narratives": "select count(*) from cfpb_rows where has_narrative",
    "narratives_multiline": "select count(*) from cfpb_rows where narrative_lines > 1",
    "narratives_with_XX_redaction": "select count(*) from cfpb_rows where narrative_redactions > 0",
    "narrative_max_chars": "select max(narrative_characters) from cfpb_rows",
    "sent_before_received": "select count(*) from cfpb_rows where date_sent < date_received",
    "sent_same_day": "select count(*) from cfpb_rows where date_sent = date_received",
    "sent_more_than_15_days_later": (
        "select count(*) from cfpb_rows where date_sent - date_received > 15"
    ),
    "sent_max_lag_days": "select max(date_sent - date_received) from cfpb_rows",
    "open_in_progress": "select count(*) from complaints where is_open and response = 'In progress'",
    "sha256_of_sorted_ids": (
        "select sha256(string_agg(cfpb_complaint_id, chr(10) order by cfpb_complaint_id)) "
        "from cfpb_rows"
    ),
}
"""Answers of one value."""
_GROUPS: Final = {
    "by_received_year": ("year(received_on)::varchar", "complaints"),
    "by_product": ("product", "complaints"),
    "by_company_response": ("response", "complaints"),
    "by_timely": ("timely", "complaints"),
    "by_submitted_via": ("submitted_via", "cfpb_rows"),
    "by_consent": ("consent", "cfpb_rows"),
    "by_tags": ("tags", "cfpb_rows"),
    "by_disputed": ("disputed", "cfpb_rows"),
    "untimely_by_year": (
        "year(received_on)::varchar",
        "(select received_on from complaints where timely = 'No')",
    ),
}
"""Answers of a count for each value."""
_TOPS: Final = {
    "by_state_top10": ("state", "cfpb_rows"),
    "by_company_top10": ("organisation", "complaints"),
}
TWICE: Final = {
    "by_received_year": ("year(date_received)::varchar", "cfpb_rows"),
    "by_product": ("product", "cfpb_rows"),
    "by_company_response": ("response", "cfpb_rows"),
    "by_timely": ("timely", "cfpb_rows"),
    "by_company_top10": ("company", "cfpb_rows"),
}
"""Answers that both tables give."""


def counted(store: DuckStore, value: str, table: str, *, limit: int = 10_000) -> dict[str, int]:
    """Return how often each value occurs, most frequent first."""
    sql = f"select {value}, count(*) from {table} group by 1 order by 2 desc, 1 limit {limit}"
    return dict(store.rows(sql))


def by_sql(store: DuckStore) -> Answers:
    """Return what the ledger answers."""
    answers: Answers = {name: store.rows(sql)[0][0] for name, sql in _COUNTS.items()}
    answers |= {name: counted(store, *asked) for name, asked in _GROUPS.items()}
    answers |= {name: counted(store, *asked, limit=10) for name, asked in _TOPS.items()}
    ((first, last),) = store.rows("select min(received_on), max(received_on) from complaints")
    return answers | {"date_received": [first.isoformat(), last.isoformat()]}


def text_of(path: Path) -> str:
    """Return an extract's text."""
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


def table_of(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of an extract."""
    header, *rows = csv.reader(io.StringIO(text_of(path), newline=""))
    return header, rows


def records_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of an extract by column."""
    header, rows = table_of(path)
    return [dict(zip(header, row, strict=True)) for row in rows]


def by_csv(path: Path) -> Answers:
    """Return what the csv module finds in an extract."""
    rows = records_of(path)
    ids = sorted(row["Complaint ID"] for row in rows)
    received = [row["Date received"] for row in rows]
    stories = [story for row in rows if (story := row["Consumer complaint narrative"])]
    lags = [
        (date.fromisoformat(sent) - date.fromisoformat(row["Date received"])).days
        for row in rows
        if (sent := row["Date sent to company"])
    ]
    return {
        "rows": len(rows),
        "unique_ids": len(set(ids)),
        "date_received": [min(received), max(received)],
        "by_received_year": _years(received),
        "by_product": _of(rows, "Product"),
        "by_company_response": _of(rows, "Company response to consumer"),
        "by_timely": _of(rows, "Timely response?"),
        "by_submitted_via": _of(rows, "Submitted via"),
        "by_consent": _of(rows, "Consumer consent provided?"),
        "by_tags": _of(rows, "Tags"),
        "by_disputed": _of(rows, "Consumer disputed?"),
        "by_state_top10": _top(_of(rows, "State")),
        "by_company_top10": _top(_of(rows, "Company")),
        "narratives": len(stories),
        "narratives_multiline": sum("\n" in story for story in stories),
        "narratives_with_XX_redaction": sum("XX" in story for story in stories),
        "narrative_max_chars": max(map(len, stories)),
        "sent_before_received": sum(lag < 0 for lag in lags),
        "sent_same_day": lags.count(0),
        "sent_more_than_15_days_later": sum(lag > 15 for lag in lags),
        "sent_max_lag_days": max(lags),
        "untimely_by_year": _years(
            [row["Date received"] for row in rows if row["Timely response?"] == "No"]
        ),
        "open_in_progress": sum(
            row["Company response to consumer"] == "In progress" for row in rows
        ),
        "sha256_of_sorted_ids": hashlib.sha256("\n".join(ids).encode()).hexdigest(),
    }


def _of(rows: Sequence[dict[str, str]], column: str) -> dict[str, int]:
    return dict(Counter(row[column] for row in rows))


def _years(days: Sequence[str]) -> dict[str, int]:
    return dict(Counter(day[:4] for day in days))


def _top(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:10])
