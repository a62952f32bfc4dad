"""Stories: what happens to complaints, told in YAML, carried out on a scratch ledger and checked.

A story has a title, steps and what must be true at the end. A step is an act (the name of a
command with what it says) or a fact (an event as a source would publish it), on a date. An
act that must be refused says so, with words of the refusal. Nothing in a story is simulated:
commands, admission and read models are those of any ledger.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from complaints_ledger.both_halves import OTHERS, record_other_half
from complaints_ledger.desk import ComplaintsApplication
from complaints_ledger.door import DOOR_SOURCE
from complaints_ledger.ledger import create_ledger
from complaints_ledger.projection import Projection
from complaints_ledger.publishing import publish_lines
from domain.catalogue import CURRENT
from domain.complaint.commands import COMMANDS
from domain.errors import CommandRefusedError, InputError
from domain.identity import derived_event_id, derived_stream_id
from domain.ports import World

if TYPE_CHECKING:
    from complaints_ledger.ledger import Ledger

SPECS: Final = {spec.name: spec for spec in COMMANDS}
NOON: Final = time(12, tzinfo=UTC)


class Step(BaseModel):
    """Something that is done or told on a date."""

    model_config = ConfigDict(extra="forbid")

    day: date
    act: str | None = Field(default=None, description="Name of a command.")
    fact: str | None = Field(default=None, description="Name of an event, as a source tells it.")
    says: dict[str, Any] = Field(default_factory=dict, description="What it says.")
    who: str = Field(default="staff-1", description="Opaque id of who acts.")
    complaint: str = Field(default="S-1", description="Reference of the complaint.")
    refused: str | None = Field(default=None, description="Words of the refusal that must come.")
    why: str | None = Field(default=None, description="A remark for the reader.")


class Story(BaseModel):
    """A whole story."""

    model_config = ConfigDict(extra="forbid")

    title: str
    about: str = Field(description="What it shows.")
    steps: list[Step]
    then: dict[str, Any] = Field(
        default_factory=dict,
        description="For each question in SQL the rows that must be its answer.",
    )
    queues: dict[str, list[str]] = Field(
        default_factory=dict, description="For each complaint the queues in which it waits."
    )
    findings: dict[str, list[str]] = Field(
        default_factory=dict, description="For each complaint what breaks a rule."
    )


@dataclass(slots=True)
class Told:
    """What a story came to."""

    story: Story
    lines: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Date, complaint, what, and what came of it: the timeline."""
    problems: list[str] = field(default_factory=list)
    """What is not as the story says."""


def read_story(path: Path) -> Story:
    """Read a story from a YAML file.

    Raises:
        InputError: the file cannot be read or is no story.
    """
    try:
        return Story.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as exc:
        msg = f"story '{path}' cannot be read ({exc.strerror}); give the name of a file"
        raise InputError(msg) from exc
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        where = str(getattr(exc, "problem_mark", "")).strip()
        msg = f"story '{path}' is no YAML ({where or 'no UTF-8'}); correct it there"
        raise InputError(msg) from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        msg = f"story '{path}': {place or 'it'}: {first['msg'].lower()}; see docs/how-to/tell-a-story.md"
        raise InputError(msg) from exc


def play(story: Story) -> Told:
    """Carry a story out on a scratch ledger, and hold the end against what it says."""
    told = Told(story)
    clock = [0]
    world = World(now_ms=lambda: clock[0], random_bytes=os.urandom, fault=lambda _name: None)
    with TemporaryDirectory(prefix="story-") as folder:
        clock[0] = _noon(story.steps[0].day) if story.steps else 0
        with create_ledger(Path(folder) / "ledger", world) as ledger:
            application = ComplaintsApplication(ledger)
            for number, step in enumerate(story.steps):
                clock[0] = max(clock[0], _noon(step.day))
                came = _done(ledger, application, step, number)
                told.lines.append((str(step.day), step.complaint, step.act or f"{step.fact}", came))
                _compare_step(told, step, number, came)
            _compare_end(told, ledger)
    return told


def stream_of(reference: str) -> str:
    """Return the stream of a complaint of a story."""
    return derived_stream_id("story", reference)


def _noon(on: date) -> int:
    return int(datetime.combine(on, NOON).timestamp() * 1000)


def _done(ledger: Ledger, application: ComplaintsApplication, step: Step, number: int) -> str:
    if step.fact is not None:
        return _published(ledger, step, number)
    spec = SPECS.get(step.act or "")
    if spec is None:
        msg = (
            f"step {number + 1} names no command and no event; write act or fact with a known name"
        )
        raise InputError(msg)
    said: dict[str, Any] = {
        name: stream_of(value) if name in OTHERS else _plain(value)
        for name, value in step.says.items()
    }
    if spec.name == "log":
        said = {"reference": step.complaint} | said
    shared = {
        "command_id": derived_event_id("story", step.complaint, str(number)),
        "stream_id": stream_of(step.complaint),
        "actor": step.who,
        "actor_role": "handler",
        "source": DOOR_SOURCE,
        "occurred_on": step.day,
        "now": datetime.combine(step.day, NOON),
    }
    try:
        command = spec.model.model_validate(shared | said)
        outcome = application.handle(spec, command)
        record_other_half(application, spec.name, command)
    except CommandRefusedError as exc:
        return "refused: " + "; ".join(exc.obstacles)
    except ValidationError as exc:
        places = ", ".join(str(error["loc"][0]) for error in exc.errors())
        msg = f"step {number + 1} ({spec.name}): {places} does not fit; see its options"
        raise InputError(msg) from exc
    return ", ".join(event.TOPIC.split(".")[1].replace("_", " ") for event in outcome.events)


def _published(ledger: Ledger, step: Step, number: int) -> str:
    import json  # noqa: PLC0415  beside its one use

    line = {
        "specversion": "1.0",
        "id": str(UUID(str(derived_event_id("story", "fact", str(number))))),
        "source": DOOR_SOURCE,
        "type": _topic(step.fact or ""),
        "subject": stream_of(step.complaint),
        "time": f"{step.day}T12:00:00Z",
        "occurredon": str(step.day),
        "actor": step.who,
        "actorrole": "handler",
        "data": step.says,
    }
    (came,) = publish_lines(ledger, [json.dumps(line, default=str).encode()])
    return came.outcome if came.reason is None else f"{came.outcome}: {came.reason}"


def _topic(fact: str) -> str:
    """Return the newest version of an event's type, or the one that a story names (`….v1`)."""
    first = f"complaints.{fact}.v1"
    return CURRENT[first].TOPIC if first in CURRENT else f"complaints.{fact}"


def _compare_step(told: Told, step: Step, number: int, came: str) -> None:
    was_refused = came.startswith(("refused", "malformed"))
    if step.refused is None and was_refused:
        told.problems.append(f"step {number + 1}: {came}")
    if step.refused is not None and step.refused not in came:
        told.problems.append(f"step {number + 1} must be refused ({step.refused}), and: {came}")


def _compare_end(told: Told, ledger: Ledger) -> None:
    story = told.story
    with Projection(ledger).questions() as store:
        for sql, expected in story.then.items():
            rows = [list(map(_plain, row)) for row in store.rows(sql)]
            wanted = [list(map(_plain, row)) for row in expected]
            if rows != wanted:
                told.problems.append(f"{sql}: {wanted} is expected, and is {rows}")
        for table, column, expected in (
            ("queue_entries", "queue", story.queues),
            ("findings", "finding", story.findings),
        ):
            for reference, names in expected.items():
                sql = f"select distinct {column} from {table} where complaint_id = $id order by 1"
                found = [row[0] for row in store.rows(sql, {"id": stream_of(reference)})]
                if found != sorted(names):
                    told.problems.append(
                        f"{column}s of {reference}: {sorted(names)} expected, and is {found}"
                    )


def _plain(value: object) -> object:
    return str(value) if isinstance(value, date | datetime) else value
