"""`complaints case …`: acting on a complaint from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from complaints_ledger.commands.case_options import signature_of
from domain.complaint.commands import COMMAND_ENVELOPE, COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Complaints

ASSESSED = [
    "--severity=2",
    "--complexity=1",
    "--impact=2",
    "--no-safety",
    "--no-immediate-action-needed",
    "--no-immediate-action-possible",
]


def _row(ledger: Complaints, ref: str) -> dict[str, Any]:
    return ledger("show", ref, "--json").objects[0]


@pytest.mark.parametrize("spec", COMMANDS, ids=lambda spec: spec.name)
def test_every_field_of_every_command_is_an_option(spec: Any) -> None:
    """Whatever a command can say can be typed; stream and instant of deciding are ours."""
    names = set(signature_of(spec, opens=False).parameters) - {"ctx", "ref"}
    assert names == set(spec.model.model_fields) - {"stream_id", "now"}
    assert set(COMMAND_ENVELOPE) <= set(spec.model.model_fields)


def test_a_complaint_goes_from_logging_to_closing(ledger: Complaints) -> None:
    """Each act is one subcommand, and the state says what was done."""
    logged = ledger("case", "log", "--reference", "C-17", "--channel", "phone", "--issue", "late")
    assert logged.code == 0
    for act in (
        ["acknowledge", "C-17", "--medium", "email"],
        ["assess", "C-17", *ASSESSED],
        ["assign", "C-17", "--owner", "staff-12"],
        ["open-investigation", "C-17"],
        ["record-finding", "C-17", "--finding-issue", "late", "--finding", "substantiated"],
        ["complete-investigation", "C-17", "--cause-found", "carrier"],
        ["decide", "C-17", "--outcome", "upheld", "--reasons", "it was late"],
        ["communicate-decision", "C-17", "--medium", "email"],
        ["record-acceptance", "C-17"],
        ["close", "C-17", "--closure-basis", "accepted"],
    ):
        done = ledger("case", *act)
        assert (done.code, done.err) == (0, ""), act
    row = _row(ledger, "C-17")
    assert (row["lifecycle"], row["owner"], row["outcome"]) == ("closed", "staff-12", "upheld")
    history = ledger("history", "C-17")
    assert len(history.out.splitlines()) >= 11 + 2
    assert "complaint closed" in history.out.splitlines()[-1]


def test_logging_prints_the_id_of_the_new_complaint(ledger: Complaints) -> None:
    """A script goes on with the id; a reference is not needed."""
    done = ledger("case", "log", "--channel", "phone", "--json")
    stream_id = done.objects[0]["stream_id"]
    assert UUID(stream_id).version == 7
    assert ledger("case", "acknowledge", stream_id).code == 0


def test_the_same_id_again_changes_nothing(ledger: Complaints) -> None:
    """Whoever did not hear the answer asks again with the same id."""
    words = (
        "case",
        "log",
        "--reference",
        "C-17",
        "--json",
        "--id",
        "01955bb2-0000-7000-8000-000000000007",
    )
    first, second = ledger(*words).objects[0], ledger(*words).objects[0]
    assert (first["repeated"], second["repeated"]) == (False, True)
    assert {**first, "repeated": True} == second


def test_a_refusal_names_every_obstacle_and_records_nothing(ledger: Complaints) -> None:
    """The rules say no with exit code 1, in plain words, a line for each reason."""
    ledger("case", "log", "--reference", "C-17")
    done = ledger("case", "close", "C-17", "--closure-basis", "accepted")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: close 'C-17': refused, nothing was recorded\n  - ")
    assert _row(ledger, "C-17")["version"] == 1
    as_json = ledger("case", "close", "C-17", "--closure-basis", "accepted", "--json")
    assert "obstacles" in as_json.err


def test_a_reference_is_given_once(ledger: Complaints) -> None:
    """A second complaint of that reference would be taken for the first (INV-05)."""
    assert ledger("case", "log", "--reference", "C-17").code == 0
    done = ledger("case", "log", "--reference", "C-17")
    assert done.code == 1
    assert "INV-05" in done.err


def test_personal_text_comes_from_a_file_and_goes_nowhere_in_clear(
    ledger: Complaints, tmp_path: Path
) -> None:
    """What is sealed is in no file and no output, until somebody names a purpose."""
    (tmp_path / "words.txt").write_text("Canary Jane Roe\nsaid so\n", encoding="utf-8")
    words = ("--complainant-name", "@@Canary", "--narrative", "@words.txt")
    assert ledger("case", "log", "--reference", "C-17", *words).code == 0
    (tmp_path / "words.txt").unlink()
    assert "Canary" not in ledger("history", "C-17").out + ledger("show", "C-17").out
    for path in (tmp_path / "ledger").rglob("*"):
        if path.is_file():
            assert b"Canary" not in path.read_bytes(), path
    opened = ledger("show", "C-17", "--purpose", "handling", "--json").objects[0]["sealed"]
    texts = {each["field"]: each["text"] for each in opened}
    assert texts == {"complainant_name": "@Canary", "narrative": "Canary Jane Roe\nsaid so"}
    accesses = "select count(*) as n from events where event_type like '%sealed_data_read%'"
    assert ledger("sql", accesses, "--json").objects == [{"n": 1}]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--received-on", "20/03/2026", "is no date"),
        ("--received-at", "2026-03-20T10:00:00", "names no offset"),
        ("--id", "seven", "is no UUID of RFC 9562"),
        ("--id", "00000000-0000-0000-0000-000000000007", "is no UUID of RFC 9562"),
        ("--zone", "Mars/Olympus", "is no time zone"),
        ("--narrative", "@nowhere.txt", "cannot be read"),
    ],
)
def test_a_value_that_does_not_fit_is_wrong_input(
    ledger: Complaints, option: str, value: str, said: str
) -> None:
    """The option and the value are quoted, with a form that fits."""
    done = ledger("case", "log", option, value)
    assert done.code == 2
    assert said in done.err


def test_dates_are_those_of_the_zone(ledger: Complaints) -> None:
    """An instant late in the day is the next day further east."""
    at = ("--occurred-at", "2026-03-31T23:30:00Z", "--zone", "Europe/Berlin")
    assert ledger("case", "log", "--reference", "C-17", *at).code == 0
    assert _row(ledger, "C-17")["received_on"] == "2026-04-01"


def test_the_environment_says_who_acts(ledger: Complaints, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler's shell names the handler once; an option overrules it."""
    monkeypatch.setenv("COMPLAINTS_ACTOR", "staff-7")
    ledger("case", "log", "--reference", "C-17")
    ledger("case", "acknowledge", "C-17", "--actor", "staff-8")
    rows = ledger("history", "C-17", "--json").objects
    assert [row["actor"] for row in rows] == ["staff-7", "staff-8"]


def test_a_complaint_without_a_reference_gets_one_that_is_read_aloud(ledger: Complaints) -> None:
    """It is found however it is typed, and one that is mistyped is said to be."""
    command_id = "0198c0de-0000-7000-8000-000000000001"
    log = ("case", "log", "--channel", "phone", "--id", command_id)
    reference = ledger(*log).out.split(":")[0]
    assert ledger(*log).out.split(":")[0] == reference
    assert ledger("resolve", reference.lower().replace("-", " ")).code == 0
    wrong = reference[:-1] + ("2" if reference[-1] != "2" else "3")
    done = ledger("show", wrong)
    assert done.code == 2
    assert f"reference '{wrong}' is mistyped" in done.err
    assert "is not in this ledger" in ledger("show", "123456789").err
