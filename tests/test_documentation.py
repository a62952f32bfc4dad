"""What the documentation says is so: its commands run, its links lead somewhere, nothing lacks.

A console block of the README is a session: its `$ complaints` lines run in order, in a folder
that looks like the clone, and print what the block shows. In the shown output `…` stands for
anything. Lines that start with `$ ` and call something else than `complaints` are not run.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from domain import errors
from domain.catalogue import EVENT_TYPES

if TYPE_CHECKING:
    from domain.event import Event

ROOT = Path(__file__).parent.parent
PACKAGES = ("domain", "projections", "adapters", "schemas", "complaints_ledger")
DECISIONS = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
ADR_SECTIONS = ("Status", "Context", "Decision", "Consequences", "Rejected")

FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
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
    """Return the commands of all console blocks, a continued line joined to its first."""
    steps = []
    for language, block in FENCE.findall(markdown):
        if language == "console":
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                lines = part.splitlines()
                end = next(n for n, line in enumerate(lines) if not line.endswith("\\")) + 1
                steps.append(Step("\n".join(lines[:end]), "\n".join(lines[end:])))
    return steps


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
def clone(tmp_path: Path) -> Path:
    """A folder that looks like the clone, in which new files do not land in the clone."""
    folder = tmp_path / "complaints-ledger"
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


def test_the_readme_is_a_true_session(clone: Path, environment: dict[str, str]) -> None:
    """Whoever types what the README shows sees what the README shows."""
    steps = _steps((ROOT / "README.md").read_text(encoding="utf-8"))
    session = [step for step in steps if step.command.startswith("complaints ")]
    assert session, "README.md has no ```console block with a `$ complaints …` line"
    for step in session:
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
