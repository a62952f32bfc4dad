from __future__ import annotations

import base64
import json
import logging
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, get_args

import pytest

from adapters.avro_codec import decode_event, schema_text
from complaints_ledger.desk import ComplaintsApplication
from complaints_ledger.filing import seal_file
from complaints_ledger.importing import import_cfpb
from complaints_ledger.ledger import create_ledger
from complaints_ledger.projection import Projection
from complaints_ledger.publishing import publish_lines
from complaints_ledger.reading import read_complaint
from complaints_ledger.sources import set_state
from domain.access import SealedDataRead
from domain.catalogue import EVENT_TYPES
from domain.cloudevents import to_cloudevent
from domain.complaint.commands import COMMANDS
from domain.errors import LedgerError, RefusedError
from domain.identity import derived_event_id, derived_stream_id
from domain.personal import Plaintext, PlaintextField
from domain.samples import minimal_sample
from domain.sealing import personal_fields
from tests.domain.facts import ASSESSMENT, OFFER
from tests.domain.scenario import SPECS, command_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.duckdb_store import DuckStore
    from complaints_ledger.ledger import Ledger

CANARY: Final = "Quackenbush"
SOURCE: Final = "complaints-desk"
PUBLISHED: Final = derived_stream_id(SOURCE, "published")
HANDLED: Final = derived_stream_id(SOURCE, "handled")
SUMMARY: Final = derived_stream_id(SOURCE, "summary")
ANONYMOUS: Final = derived_stream_id(SOURCE, "anonymous")
IMPORTED: Final = derived_stream_id("cfpb", "4711")
NARRATIVE: Final = f"I am W. {CANARY}.\nThey wrote to XXXX {CANARY}, not to me."

JULY: Final = "2024-07-01"
RESTRICTION: Final = {
    "restriction_kind": "written_only",
    "conduct_kind": "demands",
    "review_by": JULY,
    "approved_by": "staff-3",
    "told_in_writing": True,
}
OUTCOME: Final = {
    "external_outcome": "upheld",
    "binding_on": "organisation",
    "accepted_by_complainant": True,
}

Act = tuple[str, dict[str, Any]]
ACTS: Final[tuple[Act, ...]] = (
    ("log", {"reference": "C-17", "received_on": "2024-06-03"}),
    ("acknowledge", {"medium": "email"}),
    ("determine-eligibility", {"eligible": True, "reason_code": "in_scope"}),
    ("assess", ASSESSMENT),
    ("take-immediate-action", {"action_code": "made_safe"}),
    ("send-progress-update", {"medium": "phone"}),
    ("attach", {"media_type": "image/png"}),
    ("letter", {"media_type": "text/plain"}),
    ("record-authority", {"representative_id": "rep-7", "representative_kind": "lawyer"}),
    ("record-support-need", {"need_code": "braille"}),
    ("record-vulnerability", {}),
    ("join-complainant", {"party_id": "party-2", "party_role": "affected_person"}),
    ("disclose", {"recipient": "court", "disclosure_basis": "public_task", "content_items": ["a"]}),
    ("request-information", {"asked_of": "staff", "due_on": JULY}),
    ("receive-information", {}),
    ("record-enquiry", {}),
    ("answer-enquiry", {}),
    ("send-delay-notice", {"new_due_on": JULY, "delay_reason": "volume"}),
    ("place-hold", {"hold_kind": "expert", "review_by": JULY}),
    ("review-hold", {"review_by": JULY}),
    ("raise-issue", {"issue": "late delivery"}),
    ("amend-issue", {"issue": "late and damaged"}),
    ("end-issue", {"issue_id": "issue-1", "issue_ending": "withdrawn"}),
    ("record-root-cause", {"cause_code": "process.delay", "cause_confidence": "high"}),
    ("raise-action", {"action_kind": "train", "action_owner": "staff-8", "due_on": JULY}),
    ("inform-subject", {"subject_id": "staff-5"}),
    ("restrict-contact", RESTRICTION),
    ("review-restriction", {"review_by": JULY}),
    ("receive-external-notice", {"edr_body": "ombudsman"}),
    ("send-position", {}),
    ("record-external-outcome", OUTCOME),
    ("open-investigation", {}),
    ("take-statement", {"subject_id": "staff-5"}),
    ("record-finding", {"finding": "substantiated", "finding_issue": "late delivery"}),
    ("complete-investigation", {}),
    ("decide", {"outcome": "upheld", "actor": "staff-2"}),
    ("return-decision", {"actor": "staff-3"}),
    ("decide", {"outcome": "upheld", "actor": "staff-2"}),
    ("communicate-decision", {"medium": "post"}),
    ("record-rejection", {"medium": "phone"}),
    ("signpost", {"edr_body": "ombudsman", "notices": ["N02"]}),
    ("escalate-internally", {"requested_by": "complainant", "reviewer": "staff-9"}),
    ("offer-redress", OFFER),
    ("correct", {"corrected_field": "narrative", "reason_code": "typing_error"}),
    ("decide", {"outcome": "upheld", "actor": "staff-9", "decision_basis": "review"}),
    ("communicate-decision", {"medium": "post"}),
    ("record-acceptance", {"medium": "phone"}),
    ("decline-redress", {"redress_id": "r1"}),
    ("close", {"closure_basis": "accepted"}),
    ("reopen", {"reason_code": "new_evidence"}),
    ("reclassify", {"kind": "query", "reason_code": "asked_only", "complainant_told": True}),
)
"""A complaint's whole course, by commands."""
ANONYMOUS_ACTS: Final[tuple[Act, ...]] = (
    ("log", {"anonymous": True}),
    ("identify-complainant", {}),
)


def spellings() -> Iterator[bytes]:
    """Yield the canary in every form in which a file might hold it."""
    for word in (CANARY, CANARY.upper(), CANARY.lower()):
        raw = word.encode()
        yield from (raw, word.encode("utf-16-le"), raw.hex().encode(), raw.hex().upper().encode())
        for shift in range(3):
            yield base64.b64encode(b"-" * shift + raw)[4 if shift else 0 : -4]


def is_silent(content: bytes | str) -> bool:
    """Whether the canary is not heard."""
    raw = content.encode() if isinstance(content, str) else content
    return not any(spelling in raw for spelling in spellings())


def personal_inputs(name: str) -> dict[str, str]:
    """Return a canary for every field of a command that takes personal text."""
    fields = SPECS[name].model.model_fields
    return {
        field: f"{name} {field} {CANARY}"
        for field, info in fields.items()
        if Plaintext in {info.annotation, *get_args(info.annotation)}
        or PlaintextField in get_args(info.annotation)
    }


def lines() -> list[bytes]:
    """Return every event type with personal data as a publisher sends it."""
    types = sorted(filter(personal_fields, EVENT_TYPES), key=lambda each: not each.OPENS)
    said = []
    for event_type in types:
        sample = to_cloudevent(minimal_sample(event_type))
        sample |= {
            "id": str(derived_event_id("canary", event_type.TOPIC)),
            "subject": PUBLISHED,
            "source": SOURCE,
        }
        sample["data"] |= {
            name: f"{event_type.TOPIC} {name} {CANARY}" for name in personal_fields(event_type)
        }
        said.append(json.dumps(sample).encode())
    return said


@dataclass(frozen=True, slots=True)
class Told:
    """What was put in, and what the ledger said meanwhile."""

    texts: dict[str, set[str]]
    """Texts by stream."""
    answers: tuple[str, ...]


def tell_everything(ledger: Ledger, extract: Path) -> Told:
    """Publish, handle and import canaries, and try what must be refused."""
    answers = [repr(told) for told in publish_lines(ledger, lines())]
    assert all("'accepted'" in answer for answer in answers), answers
    application = ComplaintsApplication(ledger)
    texts = {PUBLISHED: {_text(line, name) for line in lines() for name in _names(line)}}
    summary: tuple[Act, ...] = (
        ACTS[0],
        ("resolve-summarily", {"resolution_code": "R04", "agreed_by_complainant": True}),
    )
    for stream, acts in ((HANDLED, ACTS), (SUMMARY, summary), (ANONYMOUS, ANONYMOUS_ACTS)):
        for number, (name, said) in enumerate(acts):
            personal = personal_inputs(name)
            usual: dict[str, Any] = {"reference": f"C-{stream[:4]}1"} if name == "log" else {}
            if "media_type" in said:
                extract.write_text(f"{name} {CANARY}" * 99)
                usual = asdict(seal_file(ledger, extract, stream_id=stream, file_class="special"))
            command = command_of(
                SPECS[name],
                stream_id=stream,
                command_id=derived_event_id(stream, str(number)),
                source=SOURCE,
                **(personal | said | usual),
            )
            answers += [repr(command), repr(application.handle(SPECS[name], command))]
            texts.setdefault(stream, set()).update(personal.values())
    answers += refused(ledger, application)
    extract.write_text(
        "Date received,Product,Consumer complaint narrative,Company,Complaint ID\n"
        f'2024-06-03,Mortgage,"{NARRATIVE}",Bank,4711\n'
    )
    answers.append(repr(import_cfpb(ledger, extract)))
    texts[IMPORTED] = {NARRATIVE}
    return Told(texts, tuple(answers))


def _names(line: bytes) -> list[str]:
    return [name for name, value in json.loads(line)["data"].items() if CANARY in str(value)]


def _text(line: bytes, name: str) -> str:
    return str(json.loads(line)["data"][name])


def refused(ledger: Ledger, application: ComplaintsApplication) -> list[str]:
    """Return what is said to input with canaries that cannot be used."""
    good = json.loads(lines()[0])
    bad: list[Any] = [
        good | {"data": good["data"] | {"received_on": f"on {CANARY}"}},
        good | {"data": good["data"] | {"narrative": [CANARY]}},
        good | {"data": good["data"] | {"nmae": CANARY}},
        good | {"actor": f"W. {CANARY}"},
        f"{CANARY} says",
    ]
    said = [repr(told) for told in publish_lines(ledger, [json.dumps(b).encode() for b in bad])]
    assert all("'malformed'" in answer for answer in said), said
    again = command_of(
        SPECS["log"],
        stream_id=HANDLED,
        command_id=derived_event_id("again"),
        source=SOURCE,
        reference="C-17",
        narrative=CANARY,
    )
    with pytest.raises(LedgerError) as caught:
        application.handle(SPECS["log"], again)
    return [*said, str(caught.value), repr(caught.value)]


def cells_of(store: DuckStore) -> Iterator[str]:
    """Yield every row of every table and view: a file may hold them compressed."""
    sql = "select table_name from information_schema.tables where table_schema = 'main' order by 1"
    for (name,) in store.rows(sql):
        for row in store.rows(f'select * from "{name}"'):
            yield repr(row)


def heard_in(folder: Path) -> list[str]:
    """Return the files in which the canary is heard."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 8
    return [str(path) for path in files if not is_silent(path.read_bytes())]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the ledger is."""
    return tmp_path / "ledger"


def test_every_command_with_personal_text_has_its_canary() -> None:
    """No field that takes personal text is left out of the course of the canary."""
    takes = {spec.name for spec in COMMANDS if personal_inputs(spec.name)}
    told = {name for name, _ in (*ACTS, *ANONYMOUS_ACTS) if personal_inputs(name)}
    assert takes == told | {"resolve-summarily"}
    sealed = {name for each in EVENT_TYPES for name in personal_fields(each)}
    assert {field for spec in COMMANDS for field in personal_inputs(spec.name)} == sealed


@pytest.mark.slow
def test_a_canary_in_every_sealed_field_is_heard_nowhere(
    folder: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No file, table, output, log line or error holds personal data in clear (DESIGN 6)."""
    caplog.set_level(logging.DEBUG)
    with create_ledger(folder) as ledger:
        told = tell_everything(ledger, tmp_path / "extract.csv")
        projection = Projection(ledger)
        projection.catch_up()
        assert heard_in(folder) == []
        projection.rebuild()
        with projection.questions() as store:
            assert not [cell for cell in cells_of(store) if not is_silent(cell)]
            assert heard_in(folder) == []
    assert heard_in(folder) == []
    assert not [answer for answer in told.answers if not is_silent(answer)]
    captured = capfd.readouterr()
    assert is_silent(captured.out + captured.err + caplog.text)


def test_the_canary_is_heard_for_a_purpose_and_the_access_is_in_the_log_before(
    folder: Path, tmp_path: Path
) -> None:
    """Who may read gets every text back; without a recorded access nobody gets any."""
    asked = {"purpose": "handling", "actor": "staff-1", "actor_role": "handler"}
    with create_ledger(folder) as ledger:
        told = tell_everything(ledger, tmp_path / "extract.csv")
        set_state(ledger, "access-log", "suspended")
        with pytest.raises(RefusedError) as caught:
            read_complaint(ledger, HANDLED, **asked)
        assert is_silent(str(caught.value))
        set_state(ledger, "access-log", "active")
        for stream, texts in told.texts.items():
            before = ledger.log.head(0)
            answer = read_complaint(ledger, stream, **asked)
            assert {each["text"] for each in answer} == texts
            (record,) = ledger.log.read(0, before, 10)
            assert record.value is not None
            access = decode_event(record.value, SealedDataRead.TOPIC, schema_text(SealedDataRead))
            assert isinstance(access, SealedDataRead)
            assert access.read_stream_id == stream
            assert {str(each) for each in access.read_event_ids} == {
                each["event_id"] for each in answer
            }
    assert heard_in(folder) == []
