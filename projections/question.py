"""What a question in SQL may call: DuckDB has functions that write, or read files, in a SELECT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TABLE_FUNCTIONS = frozenset(
    {
        "duckdb_columns",
        "duckdb_constraints",
        "duckdb_databases",
        "duckdb_functions",
        "duckdb_indexes",
        "duckdb_keywords",
        "duckdb_memory",
        "duckdb_schemas",
        "duckdb_tables",
        "duckdb_types",
        "duckdb_views",
        "generate_series",
        "histogram",
        "histogram_values",
        "icu_calendar_names",
        "json_each",
        "json_tree",
        "pg_timezone_names",
        "pragma_database_size",
        "pragma_platform",
        "pragma_show",
        "pragma_storage_info",
        "pragma_table_info",
        "pragma_version",
        "range",
        "repeat",
        "repeat_row",
        "summary",
        "test_all_types",
        "unnest",
    }
)
"""Relations of DuckDB itself that only compute or describe; every other one is refused.

Not on the list are those that read files, those that run a text as SQL (`query`), and those that
change the process: `enable_profiling` and `enable_logging` write files, `checkpoint` writes.
"""

_OF_FILES = frozenset("/\\.:*?[")
"""No table of ours has one of these in its name."""

REFUSED_SCALARS = frozenset({"json_serialize_plan", "nextval", "write_log"})
"""Functions within an expression that bind a text as SQL, count, or write."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a file holds that a question may name beside DuckDB's own."""

    macros: frozenset[str]
    """Table macros; they are ours."""
    places: frozenset[str]
    """Databases and schemas."""


def refusal(tree: object, known: Known) -> str | None:
    """Return what in a question is not for questions, or None.

    Args:
        tree: the question as `json_serialize_sql` gives it.
        known: what the file holds.
    """
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += node.values()
            found = _refused_here(node, known)
            if found is not None:
                return found
    return None


def _refused_here(node: dict[str, Any], known: Known) -> str | None:
    kind = node.get("type")
    if kind == "TABLE_FUNCTION":
        name = str((node.get("function") or {}).get("function_name", "")).lower()
        is_known = name in TABLE_FUNCTIONS or name in known.macros
        return None if is_known else f"function '{name}'"
    if kind == "BASE_TABLE":
        name = str(node.get("table_name", ""))
        places = {str(node.get(part) or "").lower() for part in ("schema_name", "catalog_name")}
        # What is no table is looked for as a file, and so is `place.csv`.
        is_file = bool(_OF_FILES.intersection(name)) or not places <= known.places | {""}
        return f"relation '{name}'" if is_file else None
    name = str(node.get("function_name", "")).lower()
    return f"function '{name}'" if name in REFUSED_SCALARS else None
