"""One read model for each kind of strand, made from its declaration (domain/complaint/strands.py).

A row is a strand of a complaint: what its beginning said, then of each later kind of event
the last one's day, author and fields. An event that comes again replaces the earlier one of
its kind; an event without a beginning has a row all the same, since facts come in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from domain.complaint.strands import ISSUE, STRANDS
from domain.opaque import OPAQUE_FIELDS
from projections.columns import payload_fields
from projections.event_tables import event_name
from projections.read_model import Column, ReadModel

if TYPE_CHECKING:
    from domain.complaint.strands import Strand
    from domain.event import Event


LATEST = frozenset(
    {"authority_evidence", "expires_on", "review_by", "issue", "sub_issue", "respond_by"}
)
"""Fields that a later event of the strand says anew: one column has the last one said."""


@dataclass(frozen=True)
class _Cell:
    """A column of a strand's row, and what fills it."""

    column: Column
    source: str
    """Column of the events."""
    whats: tuple[str, ...]
    """Names of the events; of several the last one that says it counts."""

    @property
    def sql(self) -> str:
        """Expression over the strand's steps."""
        kinds = ", ".join(f"'{what}'" for what in self.whats)
        last = "arg_max" if self.source in LATEST else "arg_max_null"
        found = f"{last}({self.source}, position) filter (what in ({kinds}))"
        is_id = self.source in OPAQUE_FIELDS
        return f"{f'masked({found})' if is_id else found} as {self.column.name}"


@dataclass(frozen=True)
class StrandModel(ReadModel):
    """A read model whose text is made from a declaration."""

    strand: Strand | None = None

    @cached_property
    def answer_sql(self) -> str:
        """The one SQL text."""
        return _answer(self.strand, _cells(self.strand)) if self.strand else ""


def _cells(strand: Strand) -> tuple[_Cell, ...]:
    cells: dict[str, _Cell] = {}
    for event_type, verb in strand.steps:
        what = event_name(event_type)
        kinds = {"occurred_on": "DATE", "actor": "VARCHAR"} | {
            field.column: field.duckdb_type
            for field in payload_fields(event_type)
            if not field.sealed and field.name != strand.key
        }
        for source, kind in kinds.items():
            name = _column_name(source, verb, cells)
            known = cells.get(name)
            column = known.column if known else Column(name, kind, _doc(event_type, source))
            cells[name] = _Cell(column, source, (*(known.whats if known else ()), what))
    return tuple(cells.values())


def _column_name(source: str, verb: str, cells: dict[str, _Cell]) -> str:
    if source == "occurred_on":
        return f"{verb}_on"
    if source == "actor":
        return f"{verb}_by"
    return f"{verb}_{source}" if source in cells and source not in LATEST else source


def _doc(event_type: type[Event], source: str) -> str:
    what = event_name(event_type)
    if source == "occurred_on":
        return f"Local date of the last {what}."
    if source == "actor":
        return f"Opaque id of who did it, of the last {what}."
    return event_type.model_fields[source].description or ""


def _answer(strand: Strand, cells: tuple[_Cell, ...]) -> str:
    wanted = tuple(dict.fromkeys(cell.source for cell in cells))
    names = ", ".join(f"e.{name}" for name in ("stream_no", "position", "what", *wanted))
    kinds = ", ".join(f"'{event_name(event_type)}'" for event_type, _ in strand.steps)
    verbs = " ".join(
        f"when '{event_name(event_type)}' then '{verb}'" for event_type, verb in strand.steps
    )
    steps = (
        f"select {names}, e.{strand.key} as strand_key from scoped_events as e "
        f"where e.what in ({kinds})"
    )
    told = ", ".join(cell.sql for cell in cells)
    chosen = ", ".join(f"f.{cell.column.name}" for cell in cells)
    folded = (
        f"select stream_no, strand_key, case arg_max(what, position) {verbs} end as state, {told} "
        "from steps group by stream_no, strand_key"
    )
    return (
        f"with steps as ({steps}), folded as ({folded}) select f.stream_no, "
        f"s.stream_id as complaint_id, masked(f.strand_key) as {strand.key}, f.state, {chosen} "
        "from folded as f inner join scope as s on f.stream_no = s.stream_no"
    )


def _model(strand: Strand) -> StrandModel:
    last = ", ".join(verb for _, verb in strand.steps)
    key = strand.opened_by.model_fields[strand.key].description or ""
    return StrandModel(
        name=strand.table,
        question=strand.question,
        key=("complaint_id", strand.key),
        rests_on=frozenset(event_name(event_type) for event_type, _ in strand.steps),
        columns=(
            Column("complaint_id", "VARCHAR", "Stream id of the complaint."),
            Column(strand.key, "VARCHAR", key),
            Column("state", "VARCHAR", f"What happened last: {last}."),
            *(cell.column for cell in _cells(strand)),
        ),
        strand=strand,
    )


MODELS: tuple[StrandModel, ...] = tuple(_model(strand) for strand in STRANDS if strand is not ISSUE)
"""One for each kind of strand but issues, whose ends come from decisions (projections/issues)."""
