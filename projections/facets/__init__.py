"""Where does each complaint in scope stand? What several read models ask, answered once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projections.facets.parts import PARTS
from projections.read_model import Shared, sql_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from projections.facets.parts import Part


def _sql(present: Collection[str] | None) -> str:
    """Query over the events in scope; parts without events are nulls, which cost no planning."""
    used = [part for part in PARTS if present is None or not part.rests_on.isdisjoint(present)]
    ctes = [f"{part.name} as (\n{sql_text(f'facets/{part.name}.sql')})" for part in used]
    columns = [
        f"    {_value(part, name, kind, default, is_used=part in used)} as {name}"
        for part in PARTS
        for name, kind, default in part.columns
    ]
    joins = [f"left join {p.name} on r.stream_no = {p.name}.stream_no" for p in used]
    chosen = ",\n".join(("r.stream_no", *columns))
    rows = "\n".join(("select", chosen, "from scoped_complaint_received as r", *joins))
    parts = "with " + ",\n\n".join(ctes) + "\n" if ctes else ""
    return sql_text("facets/answer.sql").replace("$folded", f"{parts}{rows}")


def _value(part: Part, name: str, kind: str, default: str | None, *, is_used: bool) -> str:
    if not is_used:
        return f"{default or 'null'}::{kind}"
    return f"coalesce({part.name}.{name}, {default})" if default else f"{part.name}.{name}"


RELATION = Shared("scoped_facets", "complaint_received", _sql)
