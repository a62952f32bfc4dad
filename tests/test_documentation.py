"""What the documentation says is so: its commands run, its links lead somewhere, nothing lacks.

The console blocks of the README, of the tutorial and of each how-to are a session: their `$ `
lines run in order, in one folder that looks like the clone, and print what the block shows. In the
shown output `…` stands for anything. A line that calls `make` is not run. A block whose fence names
a file after its language is that file, written into the folder before the session starts.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from domain import errors
from domain.catalogue import EVENT_TYPES
from domain.identity import derived_event_id, derived_stream_id
from domain.opaque import OPAQUE_FIELDS, is_opaque, is_source
from domain.rules import control
from projections import digest

if TYPE_CHECKING:
    from domain.event import Event

ROOT = Path(__file__).parent.parent
PACKAGES = ("domain", "projections", "adapters", "schemas", "complaints_ledger")
SESSIONS = (
    ROOT / "README.md",
    *sorted((ROOT / "docs/tutorial").glob("*.md")),
    *sorted((ROOT / "docs/how-to").glob("*.md")),
)
DECISIONS = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
ADR_SECTIONS = ("Status", "Context", "Decision", "Consequences", "Rejected")

FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
NAMED_FILE = re.compile(r"^```\w+ ([\w.-]+)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
EXPORT = re.compile(r"export (\w+)=([^\s'\"$]*)")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MAKE_TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
SETTING = re.compile(r"\bCOMPLAINTS_[A-Z_]+\b")


@dataclass(frozen=True)
class Step:
    """One command of a console block and the output shown for it."""

    command: str
    shown: str


def _documents() -> list[Path]:
    folders = (ROOT / "docs", *(ROOT / package for package in PACKAGES))
    return sorted([*ROOT.glob("*.md"), *(path for each in folders for path in each.rglob("*.md"))])


def _steps(markdown: str) -> list[Step]:
    """Return the commands of all console blocks, with the lines on which they go on."""
    steps = []
    for language, block in FENCE.findall(markdown):
        if language == "console":
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                lines = part.splitlines()
                commands = ("\n".join(lines[:n]) for n in range(1, len(lines) + 1))
                command = next(each for each in commands if not _goes_on(each))
                shown = lines[command.count("\n") + 1 :]
                steps.append(Step(command, "\n".join(shown)))
    return steps


def _goes_on(command: str) -> bool:
    """Return whether the shell waits for more: after a backslash, or within double quotes."""
    return command.endswith("\\") or command.count('"') % 2 == 1


def _looks_like(shown: str, printed: str) -> bool:
    pattern = ".*?".join(re.escape(_trimmed(part)) for part in shown.split("…"))
    return re.fullmatch(rf"\s*{pattern}\s*", _trimmed(printed), flags=re.DOTALL) is not None


def _code(markdown: str) -> list[str]:
    """Return what a document sets as code, in blocks and in lines."""
    blocks = [block for _, block in FENCE.findall(markdown)]
    return blocks + re.findall(r"`([^`\n]+)`", FENCE.sub("", markdown))


def _trimmed(text: str) -> str:
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)


def _anchors(markdown: str) -> set[str]:
    """Return the anchors of a document's headings, as they are made on the web."""
    without_code = FENCE.sub("", markdown)
    headings = re.findall(r"^#+ (.+)$", without_code, flags=re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.strip().lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}


@pytest.fixture
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like the clone, in which new files do not land in the clone."""
    # A short name: a path that is shown must not need a second line.
    folder = tmp_path_factory.mktemp("c") / "complaints-ledger"
    folder.mkdir()
    for path in ROOT.iterdir():
        if not path.name.startswith(".") and path.name != "ledger":
            (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture
def environment(clone: Path) -> dict[str, str]:
    """A plain terminal in which `complaints` is the command under test."""
    scripts = Path(sys.executable).parent
    return {
        "COLUMNS": "100",
        "COMPLAINTS_LEDGER": str(clone / "ledger"),
        "HOME": str(clone),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "TERM": "dumb",
        "TZ": "UTC",
    }


@pytest.mark.slow
@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem.lower())
def test_a_page_is_a_true_session(path: Path, clone: Path, environment: dict[str, str]) -> None:
    """Whoever types what the page shows sees what the page shows."""
    markdown = path.read_text(encoding="utf-8")
    for name, content in NAMED_FILE.findall(markdown):
        (clone / name).write_text(content, encoding="utf-8")
    session = [step for step in _steps(markdown) if not step.command.startswith("make ")]
    assert session, f"{path.name} has no ```console block with a `$ …` line"
    for step in session:
        if exported := EXPORT.fullmatch(step.command):
            environment[exported[1]] = exported[2]
            continue
        done = subprocess.run(
            ["bash", "-c", step.command],
            check=False,
            cwd=clone,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, f"$ {step.command}\n{done.stdout}"
        if step.shown.strip():
            assert _looks_like(step.shown, done.stdout), f"$ {step.command}\n{done.stdout}"


def test_every_relative_link_leads_somewhere() -> None:
    """A link to a file finds the file, and a link to a heading finds the heading."""
    broken = []
    for document in _documents():
        text = FENCE.sub("", document.read_text(encoding="utf-8"))
        for target in LINK.findall(text):
            if re.match(r"\w+:", target):
                continue
            path, _, anchor = target.partition("#")
            file = (document.parent / path).resolve() if path else document
            wanted = file.suffix == ".md" and anchor
            if not file.exists() or (wanted and anchor not in _anchors(file.read_text("utf-8"))):
                broken.append(f"{document.relative_to(ROOT)}: {target}")
    assert broken == []


def _sources() -> dict[str, str]:
    """Return the text of every module and query of ours, by its path."""
    files = [
        p for each in PACKAGES for ext in ("py", "sql") for p in (ROOT / each).rglob(f"*.{ext}")
    ]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}


@pytest.mark.parametrize(
    ("name", "page"),
    [("DESIGN", "docs/explanation/design.md"), ("RULES", "docs/reference/rules.md")],
)
def test_a_section_that_a_comment_cites_exists(name: str, page: str) -> None:
    """Whoever follows a comment to its reason finds the section."""
    headings = re.findall(
        r"^## (\d+)\. ", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    cited = {n for text in _sources().values() for n in re.findall(rf"\b{name} (\d+)", text)}
    assert cited
    assert cited <= set(headings)


def test_every_rule_that_a_message_names_is_explained() -> None:
    """A user who reads an INV number, or the code of a finding, can look it up."""
    page = (ROOT / "docs/reference/findings.md").read_text(encoding="utf-8")
    texts = _sources()
    answers = [text for path, text in texts.items() if "findings/" in path]
    named = set(re.findall(r"'(\w+)' as finding", "\n".join(answers)))
    for path, text in texts.items():
        if path.startswith("domain/complaint/guards/") or path.endswith(".sql"):
            named |= set(re.findall(r"INV-\d\d", text))
    assert {name for name in named if name not in page} == set()


def test_the_worked_values_of_the_rules_are_what_the_code_gives() -> None:
    """Who writes another implementation can trust the examples on the page."""
    page = (ROOT / "docs/reference/rules.md").read_text(encoding="utf-8")
    row = ("C-17", 3, True, None, date(2026, 3, 2), datetime(2026, 3, 2, 9, 30), ["a", "bc"])  # noqa: DTZ001  as DuckDB gives it
    first = json.loads((ROOT / "schemas/vectors/admission.json").read_text())[0]["records"][0]
    descriptor = control.parse(bytes.fromhex(first["value"]))
    assert descriptor is not None
    for value in (
        derived_stream_id("cfpb", "3571115"),
        str(derived_event_id("cfpb", "3571115", "complaints.complaint_forwarded.v1")),
        f"{digest.row_digest(row):064x}",
        digest.table_digest([row, row]),
        hashlib.sha256(descriptor.signed_message()).hexdigest(),
        hashlib.sha256(bytes.fromhex(first["value"])).hexdigest(),
        *(f"`{field}`" for field in OPAQUE_FIELDS),
    ):
        assert value in page
    assert all(map(is_opaque, ("staff-7", "svc-crm", "role:handler", "x_2.y/3")))
    assert not any(map(is_opaque, ("alex", "Alex Example", "alex@example.org", "a--1")))
    assert all(map(is_source, ("crm-eu", "crm_eu.2")))
    assert not any(map(is_source, ("CRM", "crm--eu", "1crm")))


def test_decisions_are_numbered_without_holes() -> None:
    """A decision that was replaced stays and says so; none disappears."""
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_what_was_rejected_too(path: Path) -> None:
    """Status, context, decision, consequences, rejected: in this order, none empty."""
    text = path.read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)[1:]
    assert tuple(parts[::2]) == ADR_SECTIONS
    assert all(body.strip() for body in parts[1::2])
    assert text.startswith(f"# {int(path.name[:4])}. ")


@pytest.mark.parametrize("event_type", EVENT_TYPES, ids=lambda event: event.__name__)
def test_an_event_says_what_it_and_each_field_means(event_type: type[Event]) -> None:
    """The event class is the documentation's source, so it leaves nothing out."""
    assert event_type.__doc__
    assert [name for name, field in event_type.model_fields.items() if not field.description] == []


def test_every_event_is_in_the_reference() -> None:
    """docs/reference names every event by its stored type."""
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "docs/reference").rglob("*.md")]
    topics = {event_type.TOPIC for event_type in EVENT_TYPES}
    assert {topic for topic in topics if not any(topic in page for page in pages)} == set()


def test_every_error_is_in_the_tree() -> None:
    """The tree at the top of domain/errors.py is the whole tree."""
    drawn = set(re.findall(r"\b\w+Error\b", errors.__doc__ or ""))
    tree = ast.parse((ROOT / "domain/errors.py").read_text(encoding="utf-8"))
    assert drawn == {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def test_every_error_of_ours_is_one_of_the_tree() -> None:
    """An error raised anywhere tells its exit code, because the tree has one for each."""
    outside = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and node.name.endswith(("Error", "Exception"))
        and path.relative_to(ROOT).as_posix() != "domain/errors.py"
        and not node.name.startswith("_")  # caught where it is raised
    ]
    assert outside == []


def test_every_setting_is_documented() -> None:
    """A name that the code reads from the environment is in the README or in docs/."""
    code = [path.read_text("utf-8") for each in PACKAGES for path in (ROOT / each).rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in _documents())
    assert {name for each in code for name in SETTING.findall(each)} <= set(SETTING.findall(text))


def test_every_make_target_that_is_named_exists() -> None:
    """No document sends anybody to a target that is not there."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, flags=re.MULTILINE))
    named = {
        target
        for path in _documents()
        for code in _code(path.read_text(encoding="utf-8"))
        for target in MAKE_TARGET.findall(code)
    }
    assert named <= targets
