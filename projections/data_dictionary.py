"""The data dictionary: every table and view that answers a question, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from projections.columns import event_columns
from projections.registry import DERIVED, READ_MODELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from projections.read_model import Column, View

_OPENING = """# Data dictionary

Generated from `projections/`; a test fails when the two differ.

Every question that `complaints sql` answers is a table or a view with a stable name. Dates are
local dates of who recorded them; instants are UTC. Where only a date is known, the column that
ends in `_at` is null and its twin that ends in `_on` holds the date: a date is never turned
into an instant. A null is "not known" or "not asked". An identifier that does not fit the
published pattern is shown as `(masked)`; personal data is in no column.

Read models are stored, depend on nothing but the events, and are part of the digest. Views
and macros are derived; only those whose name ends in `_at`, and the views of the same name
without it, depend on the present moment.
"""


def data_dictionary() -> str:
    """Text of docs/reference/data-dictionary.md."""
    sections = [_OPENING, "## Read models\n"]
    for model in READ_MODELS:
        key = ", ".join(f"`{name}`" for name in model.key)
        sections.append(_section(model.name, f"{model.question} Key: {key}.", model.columns))
    sections.append("## Views and macros\n")
    sections.extend(_section(_called(view), view.question, view.columns) for view in DERIVED)
    sections.append(_events())
    return "\n".join(sections)


def _called(view: View) -> str:
    return f"{view.name}({', '.join(view.parameters)})" if view.parameters else view.name


def _section(name: str, question: str, columns: Iterable[Column]) -> str:
    rows = "".join(f"| `{each.name}` | {each.duckdb_type} | {each.doc} |\n" for each in columns)
    return f"### {name}\n\n{question}\n\n| column | type | meaning |\n| --- | --- | --- |\n{rows}"


def _events() -> str:
    rows = "".join(f"| `{name}` | {kind} |\n" for name, kind in event_columns())
    return (
        "## Events\n\nOne row per admitted event, one column per field of any event type; "
        "`<field>_key_id` names the data key of a sealed field. The event reference says what "
        f"each field means.\n\n| column | type |\n| --- | --- |\n{rows}"
    )
