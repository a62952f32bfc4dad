"""How what is kept is compared with what was derived anew, table by table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from projections.event_tables import event_tables, union_sql
from projections.registry import READ_MODELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.duckdb_store import DuckStore
    from complaints_ledger.checked import Checked
    from projections.read_model import ReadModel


@dataclass(frozen=True, slots=True)
class Compared:
    """A relation that is kept and derived: how to read it on one side, and what names a row."""

    name: str
    sql: str
    """Query with `{side}` before each table: empty for what is kept, `anew.` for the other."""
    key: tuple[str, ...]


def compared_relations(store: DuckStore, known: Checked | None) -> list[Compared]:
    """Return what a check compares: all of it, or what came after the last one that passed."""
    events = [
        Compared(
            "events", _EVENTS.format(table=table.full_name) + _after("e.position", known), _PLACE
        )
        for table in event_tables()
        if any(_has_rows(store, side + table.full_name) for side in SIDES)
    ]
    others = _OTHERS + _after("v.ordinal", known)
    models = [Compared(model.name, _model_sql(model, known), model.key) for model in READ_MODELS]
    return [*events, Compared("record_verdicts", others, ("partition", "ordinal")), *models]


SIDES = ("", "anew.")
_PLACE = ("partition", "position")
_EVENTS = (
    "select s.partition, s.stream_id, e.* exclude (stream_no) from {{side}}{table} as e "
    "inner join {{side}}streams as s on e.stream_no = s.stream_no"
)
_OTHERS = "select v.* from {side}other_verdicts as v"


def _after(place: str, known: Checked | None) -> str:
    if known is None:
        return ""
    table = "s" if place.startswith("e.") else "v"
    ends = {
        partition: state.position + 1 if table == "s" else state.next_ordinal
        for partition, state in known.states.items()
    }
    cases = " ".join(f"when {partition} then {end}" for partition, end in ends.items())
    return f" where {place} >= case {table}.partition {cases} else 0 end" if cases else ""


def _model_sql(model: ReadModel, known: Checked | None) -> str:
    columns = ", ".join(f'"{column.name}"' for column in model.columns)
    sql = f"select {columns} from {{side}}{model.name}"
    if known is None:
        return sql
    return (
        f"{sql} where stream_no in (select s.stream_no from {{side}}streams as s "
        "semi join anew.touched as t on s.stream_id = t.stream_id)"
    )


def _has_rows(store: DuckStore, table: str) -> bool:
    return bool(store.rows(f"select 1 from {table} limit 1"))


def differences(store: DuckStore, compared: Compared) -> list[str]:
    """Return the first difference between what is kept and what was derived anew, or nothing."""
    kept, derived = (compared.sql.format(side=side) for side in SIDES)
    key = ", ".join(compared.key)
    for one, other, is_missing in ((derived, kept, True), (kept, derived, False)):
        sql = f"select {key} from ({one} except all {other}) order by all limit 1"
        found = store.rows(sql)
        if found:
            place = " ".join(f"{k}={v}" for k, v in zip(compared.key, found[0], strict=True))
            what = _kind(store, (kept, derived), compared.key, found[0], is_missing=is_missing)
            return [f"table '{compared.name}': row {place} {what}; run: complaints rebuild"]
    return []


def _kind(
    store: DuckStore,
    sides: tuple[str, str],
    names: tuple[str, ...],
    values: tuple[object, ...],
    *,
    is_missing: bool,
) -> str:
    same = " and ".join(f"{name} is not distinct from $v{i}" for i, name in enumerate(names))
    parameters = {f"v{i}": value for i, value in enumerate(values)}
    counts = [
        store.rows(f"select count(*) from ({side}) where {same}", parameters)[0][0]
        for side in sides
    ]
    if counts[0] and counts[1]:
        return "is altered: it is not kept as it follows from the log"
    if is_missing:
        return "is missing: it is in the log but not kept"
    return "is extra: it is kept but does not follow from the log"


def stale_digest(store: DuckStore, name: str, derived: Mapping[str, str]) -> list[str]:
    """Return that a model's kept digest is not the derived one, or nothing."""
    kept = store.rows("select digest from model_digests where name = $name", {"name": name})
    if kept and kept[0][0] == derived.get(name):
        return []
    return [
        f"table '{name}': the digest kept at its commits is not that of the log; run: complaints rebuild"
    ]


def books(store: DuckStore) -> list[str]:
    """Return the partitions whose verdicts are not as many as their records."""
    counted = union_sql(("stream_no", "ordinal"), lambda table: table.full_name, event_tables())
    sql = (
        f"with verdicts as (select s.partition from ({counted}) as e "
        "inner join streams as s on e.stream_no = s.stream_no "
        "union all select partition from other_verdicts) "
        "select s.partition, s.records, count(v.partition) from projection_state as s "
        "left join verdicts as v on v.partition = s.partition group by 1, 2 "
        "having s.records <> count(v.partition)"
    )
    return [
        f"partition {partition}: {records} records but {verdicts} verdicts; run: complaints rebuild"
        for partition, records, verdicts in store.rows(sql)
    ]
