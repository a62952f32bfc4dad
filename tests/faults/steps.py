"""What a kill interrupts: steps of work on a ledger, each of which may be done again."""

from __future__ import annotations

import json
import os
import random
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, get_args
from uuid import UUID

from domain.cloudevents import to_cloudevent
from domain.complaint.events import AttentionRaised, ComplaintAcknowledged, ComplaintReceived
from domain.identity import derived_event_id, derived_stream_id
from tests.domain.scenario import SPECS, command_of, fact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from complaints_ledger.ledger import Ledger
    from domain.complaint.commands.command import Command

SOURCE: Final = "complaints-desk"
Kind = Literal[
    "publish", "command", "import", "project", "rebuild", "forget", "rotate", "file", "backup"
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
COMPLAINTS_A_STEP: Final = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work; its number and seed say all of its input."""

    kind: Kind
    number: int
    seed: int

    def draw(self) -> random.Random:
        """Return the randomness of this step."""
        return random.Random(f"{self.seed} {self.number}")


def stream_of(step: Step, place: int) -> str:
    """Return the stream that a step opens."""
    return derived_stream_id(SOURCE, f"{step.kind}-{step.number}-{place}")


def lines_of(step: Step) -> list[bytes]:
    """Return facts on complaints of this step, among them one that comes twice."""
    draw, said = step.draw(), []
    for place in range(COMPLAINTS_A_STEP):
        stream = stream_of(step, place)
        envelope = {"stream_id": stream, "source": SOURCE}
        facts = [
            fact(
                ComplaintReceived,
                event_id=derived_event_id(stream, "received"),
                reference=f"P-{step.number}-{place}",
                received_on="2024-06-03",
                **envelope,
            ),
            fact(ComplaintAcknowledged, event_id=derived_event_id(stream, "told"), **envelope),
            *(
                fact(
                    AttentionRaised,
                    event_id=derived_event_id(stream, "raised", str(level)),
                    level=level,
                    **envelope,
                )
                for level in range(1, draw.randint(1, 4))
            ),
        ]
        said += [to_cloudevent(event) for event in facts]
        said[-len(facts)]["data"]["narrative"] = f"what was told of {stream}"
    said.append(said[0])
    return [json.dumps(line).encode() for line in said]


def commands_of(step: Step) -> Iterator[tuple[str, Command]]:
    """Yield commands on a complaint of this step; the third decides two events at once."""
    stream = stream_of(step, 0)
    acts: tuple[tuple[str, dict[str, object]], ...] = (
        ("log", {"reference": f"C-{step.number}", "narrative": f"what was told of {stream}"}),
        ("acknowledge", {"medium": "email"}),
        (
            "assess",
            {
                "severity": step.draw().randint(1, 5),
                "safety": True,
                "complexity": 2,
                "impact": 1,
                "immediate_action_needed": True,
                "immediate_action_possible": True,
                "immediate_action_code": "made_safe",
            },
        ),
    )
    for name, said in acts:
        identity = derived_event_id(stream, name)
        yield (
            name,
            command_of(SPECS[name], stream_id=stream, command_id=identity, source=SOURCE, **said),
        )


def extract_of(step: Step) -> str:
    """Return a CFPB extract of a few rows, some with narratives."""
    draw = step.draw()
    rows = [
        f"2015-04-{draw.randint(1, 28):02},Mortgage,{draw.choice(['', 'It XXXX went wrong'])},"
        f"Bank {draw.randint(1, 3)},2015-04-29,{1000 * step.number + place}"
        for place in range(COMPLAINTS_A_STEP)
    ]
    header = (
        "Date received,Product,Consumer complaint narrative,Company,"
        "Date sent to company,Complaint ID"
    )
    return "\n".join([header, *rows]) + "\n"


def perform(ledger: Ledger, step: Step, acknowledge: Callable[[UUID], None]) -> None:
    """Do a step, whole or what is left of it, and acknowledge every event once it is durable."""
    work = {
        "publish": _publish,
        "command": _command,
        "import": _import,
        "project": _project,
        "rebuild": _rebuild,
        "forget": _forget,
        "rotate": _rotate,
        "file": _file,
        "backup": _backup,
    }
    work[step.kind](ledger, step, acknowledge)


def _publish(ledger: Ledger, step: Step, acknowledge: Callable[[UUID], None]) -> None:
    from complaints_ledger.publishing import publish_lines  # noqa: PLC0415  heavy: see child.py

    for told in publish_lines(ledger, lines_of(step)):
        assert told.outcome in {"accepted", "duplicate"}, told
        acknowledge(UUID(told.id))


def _command(ledger: Ledger, step: Step, acknowledge: Callable[[UUID], None]) -> None:
    from complaints_ledger.desk import ComplaintsApplication  # noqa: PLC0415

    application = ComplaintsApplication(ledger)
    for name, command in commands_of(step):
        for event in application.handle(SPECS[name], command).events:
            acknowledge(event.event_id)


def _import(ledger: Ledger, step: Step, acknowledge: Callable[[UUID], None]) -> None:
    from complaints_ledger.importing import import_cfpb  # noqa: PLC0415

    path = ledger.folder.parent / f"extract-{step.number}.csv"
    path.write_text(extract_of(step))
    report = import_cfpb(ledger, path)
    assert (report.set_aside, report.refused) == (0, 0), report
    ids = [f"{1000 * step.number + place}" for place in range(COMPLAINTS_A_STEP)]
    found = ledger.replica.admitted(0, [derived_stream_id("cfpb", number) for number in ids])
    assert len(found) == COMPLAINTS_A_STEP, report
    for events in found.values():
        for event_id in events:
            acknowledge(UUID(event_id))


def _project(ledger: Ledger, _step: Step, _acknowledge: Callable[[UUID], None]) -> None:
    from complaints_ledger.projection import Projection  # noqa: PLC0415

    Projection(ledger).catch_up()


def _rebuild(ledger: Ledger, _step: Step, _acknowledge: Callable[[UUID], None]) -> None:
    from complaints_ledger.projection import Projection  # noqa: PLC0415

    Projection(ledger).rebuild()


def _forget(ledger: Ledger, step: Step, acknowledge: Callable[[UUID], None]) -> None:
    """Erase the data of somebody of whom nothing is sealed."""
    from complaints_ledger.erasing import erase  # noqa: PLC0415

    said = {"actor": "u-1", "actor_role": "privacy", "approver": "u-2"}
    done = erase(ledger, f"nobody-{step.number}", basis="unlawful", classes=["identity"], **said)
    if done.event_id:
        acknowledge(UUID(done.event_id))


def _rotate(ledger: Ledger, _step: Step, _acknowledge: Callable[[UUID], None]) -> None:
    """Put a new operator key in use, which is a secret even here, and remove the one before."""
    from complaints_ledger.operators import rotate_key  # noqa: PLC0415

    world = replace(ledger.world, random_bytes=os.urandom)
    rotate_key(replace(ledger, world=world), retire=True)


def _file(ledger: Ledger, step: Step, acknowledge: Callable[[UUID], None]) -> None:
    """Log a complaint and put a file on its record."""
    from dataclasses import asdict  # noqa: PLC0415

    from complaints_ledger import filing  # noqa: PLC0415
    from complaints_ledger.desk import ComplaintsApplication  # noqa: PLC0415

    stream, application = stream_of(step, 0), ComplaintsApplication(ledger)
    given = ledger.folder.parent / f"given-{step.number}"
    given.write_bytes(step.draw().randbytes(3_000))

    def act(name: str, **said: object) -> None:
        identity = derived_event_id(stream, name)
        said |= {"stream_id": stream, "command_id": identity, "source": SOURCE}
        for event in application.handle(SPECS[name], command_of(SPECS[name], **said)).events:
            acknowledge(event.event_id)

    act("log", reference=f"F-{step.number}")
    sealed = filing.seal_file(ledger, given, stream_id=stream, file_class="narrative")
    act("attach", media_type="image/png", file_name="damage.png", **asdict(sealed))


def _backup(ledger: Ledger, step: Step, acknowledge: Callable[[UUID], None]) -> None:
    """Put a file on record, back everything up, and restore it to a folder that is thrown away."""
    from complaints_ledger.backup.restoring import Wanted, restore  # noqa: PLC0415
    from complaints_ledger.backup.taking import take_backup  # noqa: PLC0415

    _file(ledger, step, acknowledge)
    place = ledger.folder.parent
    backup, keys, to = place / "backup", place / "safe", place / f"restored-{step.number}"
    taken = take_backup(ledger, backup, keys_to=keys)
    assert taken.manifest.absent == []
    if not (to / "log.db").exists():
        restore(Wanted(backup=backup, keys=keys), to, world=ledger.world)
    shutil.rmtree(to)
