"""Rules of the house that no linter knows, read off the sources."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PACKAGES = ("domain", "projections", "adapters", "schemas", "complaints_ledger")
PURE = ("domain", "projections")

HOME_OF_DRIVER = {
    "duckdb": "adapters/duckdb_store.py",
    "fastavro": "adapters/avro_codec.py",
    "kafka": "adapters/kafka_log.py",
    "sqlite3": "adapters/sqlite_file.py",
}

CLOCKS_AND_CHANCE = {
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "os.getpid",
    "os.urandom",
    "random",
    "secrets",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.perf_counter_ns",
    "time.sleep",
    "time.time",
    "time.time_ns",
    "uuid.getnode",
    "uuid.uuid1",
    "uuid.uuid4",
    "uuid.uuid6",
    "uuid.uuid7",
}

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
LONGEST_BOOTSTRAP = 60

SQL_OVER_SEVERAL_LINES = re.compile(
    r"\s*(select|insert|update|delete|create|with|drop|alter|merge|copy)\b.*\n", re.IGNORECASE
)
SELECT_STAR = re.compile(
    r"\bselect\s+(?:distinct\s+)?\*(?:,.*?)?(?:\s+from\s+(\w+))", re.IGNORECASE | re.DOTALL
)


def _sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def _full_names(tree: ast.Module) -> dict[str, str]:
    """Map each name that a module imports to what it stands for."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.split(".")[0]] = alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                names[alias.asname or alias.name] = full.removeprefix("datetime.")
    return names


def _used(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the dotted names that a module uses, each with its line, imports resolved."""
    full_names = _full_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            full = full_names.get(first)
            if full:
                dotted = f"{full}.{rest}" if rest else full
                yield node.lineno, dotted.removeprefix("datetime.")


def _doc_lines(tree: ast.Module) -> set[int]:
    """Return the lines on which a string stands as a statement: docstrings."""
    return {
        node.value.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


@pytest.mark.parametrize(("driver", "home"), HOME_OF_DRIVER.items())
def test_each_driver_is_imported_by_one_module(driver: str, home: str) -> None:
    """A technology is met in one place, so that leaving it costs one module."""
    importers = {
        path
        for path, tree in _sources(*PACKAGES)
        if driver in {name.split(".")[0] for name in _imports(tree)}
    }
    assert importers <= {home}


def test_the_domain_imports_only_what_it_may() -> None:
    """The domain knows the standard library, pydantic, eventsourcing.domain; its rules polars."""
    everywhere = sys.stdlib_module_names | {"domain", "pydantic", "pydantic_core"}
    in_rules = everywhere | {"polars", "rfc8785"}
    strangers = [
        f"{path} imports {name}"
        for path, tree in _sources("domain")
        for name in _imports(tree)
        if name.split(".")[0] not in (in_rules if path.startswith("domain/rules") else everywhere)
        and not f"{name}.".startswith("eventsourcing.domain.")
    ]
    assert strangers == []


def test_pure_code_takes_time_and_chance_as_arguments() -> None:
    """Two readers of one history say the same, so nothing pure asks a clock or throws dice."""
    asked = [
        f"{path}:{line} uses {name}"
        for path, tree in _sources(*PURE)
        for line, name in _used(tree)
        if name in CLOCKS_AND_CHANCE or name.split(".")[0] in CLOCKS_AND_CHANCE
    ]
    assert asked == []


def test_only_the_command_line_prints() -> None:
    """A library that prints spoils the output of whoever calls it."""
    printing = [
        f"{path}:{node.lineno}"
        for path, tree in _sources("domain", "projections", "adapters", "schemas")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "builtins.print"}
    ]
    assert printing == []


def test_modules_are_short_enough_to_read_in_one_sitting() -> None:
    """A module has at most 400 lines, the composition root at most 60."""
    too_long = []
    for folder in (*PACKAGES, "tests", "benchmarks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            limit = LONGEST_BOOTSTRAP if path.name == "bootstrap.py" else LONGEST_MODULE
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > limit:
                too_long.append(f"{path.relative_to(ROOT)}: {lines} of {limit} lines")
    assert too_long == []


def test_functions_fit_on_a_screen() -> None:
    """A function has at most 50 lines, its docstring included."""
    too_long = [
        f"{path}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path, tree in _sources(*PACKAGES, "tests", "benchmarks")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_sql_lives_in_files_that_a_linter_reads() -> None:
    """A Python string holds no SQL longer than one line."""
    in_strings = [
        f"{path}:{node.lineno}"
        for path, tree in _sources(*PACKAGES)
        for docs in [_doc_lines(tree)]
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.lineno not in docs
        and SQL_OVER_SEVERAL_LINES.match(node.value)
    ]
    assert in_strings == []


def test_select_star_reads_only_a_cte_of_its_own_file() -> None:
    """A column that a table gains changes no answer unasked."""
    loose = []
    for path in sorted(path for folder in PACKAGES for path in (ROOT / folder).rglob("*.sql")):
        text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
        ctes = set(re.findall(r"\b(\w+)\s+as\s+(?:not\s+)?(?:materialized\s+)?\(", text))
        loose += [
            f"{path.relative_to(ROOT)}: {found.group()}"
            for found in SELECT_STAR.finditer(text)
            if found.group(1) not in ctes
        ]
    assert loose == []


def test_nothing_is_left_to_do_later() -> None:
    """What is not built yet is an issue, not a line that raises when somebody gets there."""
    left = [
        f"{path}:{node.lineno}"
        for path, tree in _sources(*PACKAGES)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "NotImplementedError"
    ]
    assert left == []


def test_every_package_says_what_it_is() -> None:
    """The first line of each package tells a newcomer what it is for."""
    silent = [
        path
        for path, tree in _sources(*PACKAGES)
        if path.endswith("__init__.py") and not ast.get_docstring(tree)
    ]
    assert silent == []


def test_names_are_the_subjects_own() -> None:
    """No module is named after the lack of a name."""
    nameless = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in (*PACKAGES, "tests")
        for path in (ROOT / folder).rglob("*")
        if path.stem in nameless
    ]
    assert found == []
