"""What a question in SQL may call: DuckDB has functions that write, or read files, in a SELECT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

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

REFUSED_SCALARS = frozenset({"json_serialize_plan", "nextval", "write_log"})
"""Functions within an expression that bind a text as SQL, count, or write."""


def refused_calls(tree: object, macros: Collection[str]) -> list[str]:
    """Return the functions that a question calls and may not, by name.

    Args:
        tree: the question as `json_serialize_sql` gives it.
        macros: table macros of the file itself, which are ours.
    """
    found: set[str] = set()
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += node.values()
            if node.get("type") == "TABLE_FUNCTION":
                name = str((node.get("function") or {}).get("function_name", "")).lower()
                if name not in TABLE_FUNCTIONS and name not in macros:
                    found.add(name)
            elif str(node.get("function_name", "")).lower() in REFUSED_SCALARS:
                found.add(str(node["function_name"]).lower())
    return sorted(found)
