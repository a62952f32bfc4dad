"""What is installed is what is here: names, versions, pins, and the files in the wheel."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

from complaints_ledger import __version__

ROOT = Path(__file__).parent.parent
PACKAGES = ("domain", "projections", "adapters", "schemas", "complaints_ledger")
PINNED = ("runtime", "test", "dev", "build")

ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)==\S+.*\\$")
"""The first line of one pinned requirement, which its hashes follow."""


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without the network by the pinned build backend."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet")
    command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(folder), "."]
    subprocess.run(command, check=True, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


def _names(requirements: list[str]) -> set[str]:
    found = (re.match(r"[A-Za-z0-9._-]+", requirement) for requirement in requirements)
    return {re.sub(r"[-_.]+", "-", name.group()).lower() for name in found if name}


def _pins(name: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return {found.group(1): line.split()[0] for line in lines if (found := ENTRY.match(line))}


@pytest.mark.parametrize("name", [*PACKAGES, "tests"])
def test_no_other_distribution_provides_our_import_names(name: str) -> None:
    """An installed stranger with the same import name fails the build, not production."""
    assert set(packages_distributions().get(name, ["complaints-ledger"])) == {"complaints-ledger"}


def test_the_changelog_opens_with_the_version_of_the_code() -> None:
    """Whoever reads the changelog's top reads about what they run."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[?(\d+\.\d+\.\d+)", text, flags=re.MULTILINE)
    assert versions[0] == __version__


@pytest.mark.parametrize("name", PINNED)
def test_every_requirement_is_pinned_by_hash(name: str) -> None:
    """An install takes the very files that were tested, wherever they come from."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=[^\s#])", text) if not entry.startswith("#")]
    assert entries
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", PINNED)
def test_no_requirement_says_where_it_was_downloaded(name: str) -> None:
    """The pins hold on a mirror as well as anywhere else."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert re.findall(r"\w+://\S*|--(?:extra-)?index\S*|--find-links\S*|\s@\s", text) == []


def test_every_dependency_is_pinned(project: dict[str, Any]) -> None:
    """A dependency added to pyproject.toml is pinned by `make requirements`."""
    groups = project["dependency-groups"]
    wanted = {
        "runtime": _names(project["project"]["dependencies"]),
        "build": _names(groups["build"]),
        "test": _names(groups["test"]),
        "dev": _names([entry for entry in groups["dev"] if isinstance(entry, str)]),
    }
    missing = {name: names - set(_pins(name)) for name, names in wanted.items()}
    assert missing == {name: set() for name in wanted}


def test_the_environments_agree_on_versions() -> None:
    """The tests run on what the demo runs on, and the checks on what the tests run on."""
    dev = _pins("dev")
    differing = {
        name: pin
        for pinned in ("runtime", "test", "build")
        for name, pin in _pins(pinned).items()
        if dev.get(name) != pin
    }
    assert differing == {}


def test_the_broker_of_the_compose_file_is_pinned_healthy_and_unprivileged() -> None:
    """The broker for tests is the same one everywhere, says when it is ready, and is not root."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    kafka = compose["services"]["kafka"]
    image, _, tag = kafka["image"].rpartition(":")
    assert image == "apache/kafka"
    assert re.fullmatch(r"\d+\.\d+\.\d+", tag)
    assert kafka["healthcheck"]["test"][0] == "CMD"
    assert not str(kafka["user"]).startswith(("0", "root"))
    assert {mount.split(":")[0] for mount in kafka["volumes"]} <= set(compose["volumes"])


def test_the_hooks_call_targets_of_the_makefile() -> None:
    """A commit is held to the same rules as a build, by the same lines."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    entries = [hook["entry"] for repo in config["repos"] for hook in repo["hooks"]]
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    assert [entry for entry in entries if entry.removeprefix("make ") not in targets] == []


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    """SQL, schemas, samples and the extract for the demo travel with the code that reads them."""
    here = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert inside == here
    assert {".sql", ".avsc"} <= {Path(name).suffix for name in inside}
    assert [name for name in inside if "cfpb" in name and ".csv" in name]


@pytest.mark.slow
def test_the_wheel_imports_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Every package imports from the wheel alone, and `complaints` is its command."""
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
        (entry_points,) = (n for n in archive.namelist() if n.endswith("entry_points.txt"))
        assert "complaints = complaints_ledger.cli:main" in archive.read(entry_points).decode()
    program = (
        "import importlib, sys; sys.path.insert(0, sys.argv[1]);"
        "[print(importlib.import_module(name).__file__) for name in sys.argv[2:]]"
    )
    arguments = [str(installed), *PACKAGES, "complaints_ledger.cli"]
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", program, *arguments],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        text=True,
    )
    assert all(Path(line).is_relative_to(installed) for line in done.stdout.splitlines())
