"""What the records after the last check come to, derived beside the live projection.

A scratch projection is given what that check had proved of the streams that new records
name: their events, numbers and answers up to there, and the fold over each partition. The
projector then takes the new records. The cost follows what is new, not the history.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl

from adapters.duckdb_store import DuckStore
from complaints_ledger.projector import Projector
from complaints_ledger.read_model_tables import ReadModelTables, create_tables
from projections.event_tables import event_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from complaints_ledger.checked import Checked
    from complaints_ledger.ledger import Ledger

FOLDER = "check"
PAGE = 50_000


@contextmanager
def derived_since(ledger: Ledger, live: DuckStore, known: Checked) -> Iterator[Path]:
    """Give out the path of a projection of the streams named since, derived from the log."""
    folder = live.path.parent.parent / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        path = folder / live.path.name
        with DuckStore.open(path) as anew:
            create_tables(anew)
            ends = dict(live.rows("select partition, next_ordinal from projection_state"))
            with anew.transaction():
                _give_proved(live, anew, _named_since(ledger, known, ends), known)
            projector = Projector(anew, ledger.log, around=ledger.around, world=ledger.world)
            projector.catch_up(upto=ends)
            anew.checkpoint()
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _named_since(ledger: Ledger, known: Checked, ends: dict[int, int]) -> pl.DataFrame:
    """Return the stream ids that are keys of the new records, or have a save that waits."""
    names: set[str] = set()
    for partition, end in ends.items():
        for start in range(known.upto(partition), end, PAGE):
            page = ledger.log.read(partition, start, min(PAGE, end - start))
            names.update(key.decode(errors="replace") for key in page.keys if key)
        state = known.states.get(partition)
        names.update(state.pending if state else ())
    return pl.DataFrame({"stream_id": sorted(names)}, schema={"stream_id": pl.String})


def _give_proved(live: DuckStore, anew: DuckStore, named: pl.DataFrame, known: Checked) -> None:
    ends = pl.DataFrame(
        [(p, s.position) for p, s in known.states.items()],
        schema={"partition": pl.Int32, "position": pl.Int64},
        orient="row",
    )
    with live.shown("named", named), live.shown("ends", ends):
        streams = live.frame(_STREAMS)
        with live.shown("proved", streams):
            events = {t.full_name: live.frame(_EVENTS.format(t.full_name)) for t in event_tables()}
    _insert(anew, "streams", streams.drop("upto"))
    for table, frame in events.items():
        _insert(anew, table, frame)
    tops = " union all ".join(
        f"select stream_no, version from {t.full_name}" for t in event_tables()
    )
    anew.run(
        "update streams set version = t.version from "
        f"(select stream_no, max(version) as version from ({tops}) group by stream_no) as t "
        "where streams.stream_no = t.stream_no"
    )
    anew.run(f"delete from streams where stream_no not in (select stream_no from ({tops}))")
    anew.run("create table touched (stream_id varchar)")
    _insert(anew, "touched", named)
    _insert(anew, "other_verdicts", _waiting(live, known))
    tables = ReadModelTables(anew)
    tables.touch(streams["stream_no"].to_list())
    tables.compute_touched()
    digests = pl.DataFrame({"name": list(known.digests), "digest": list(known.digests.values())})
    anew.run("delete from model_digests")
    _insert(anew, "model_digests", digests)
    for state in known.states.values():
        tables.take_state(state)


_STREAMS = (
    "select s.stream_no, s.stream_id, s.partition, s.version, n.position as upto from streams as s "
    "semi join named on s.stream_id = named.stream_id "
    "inner join ends as n on s.partition = n.partition"
)
_EVENTS = (
    "select e.* from {} as e inner join proved as p "
    "on e.stream_no = p.stream_no and e.position <= p.upto"
)


def _waiting(live: DuckStore, known: Checked) -> pl.DataFrame:
    """Return the verdicts as they stood on the members of saves that waited for their rest."""
    places = [
        (partition, member.ordinal)
        for partition, state in known.states.items()
        for saves in state.pending.values()
        for save in saves.values()
        for member in save.members.values()
    ]
    asked = pl.DataFrame(places, schema={"partition": pl.Int32, "ordinal": pl.Int64}, orient="row")
    with live.shown("waiting", asked):
        return live.frame(
            "select v.* exclude (position, version) replace ('pending' as outcome, null as reason) "
            "from record_verdicts as v semi join waiting using (partition, ordinal)"
        )


def _insert(store: DuckStore, table: str, frame: pl.DataFrame) -> None:
    if frame.height:
        with store.shown("given", frame):
            store.run(f"insert into {table} by name select * from given")
