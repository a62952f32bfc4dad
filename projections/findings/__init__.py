"""Which facts break a rule?"""

from __future__ import annotations

from projections.read_model import Column, ReadModel

COLUMNS = (
    Column("complaint_id", "VARCHAR", "Stream that the fact is in."),
    Column("position", "BIGINT", "Position of the event in its partition."),
    Column("event_id", "VARCHAR", "Id of the event."),
    Column("finding", "VARCHAR", "Code of what was found, for example closed_without_decision."),
    Column(
        "invariant",
        "VARCHAR",
        "Rule that it breaks: INV-01 to INV-30, or the section of the domain reference.",
    ),
    Column("severity", "VARCHAR", "breach: a rule was broken; doubt: the record does not add up."),
    Column(
        "detail",
        "VARCHAR",
        "Field, step, date or number concerned; never a value that could name a person.",
    ),
)

MODEL = ReadModel(
    name="findings",
    question="Which facts break a rule?",
    key=("complaint_id", "position", "finding", "detail"),
    columns=COLUMNS,
)
