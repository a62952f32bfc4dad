"""Arguments, settings and exit codes, whatever the subcommand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from complaints_ledger.cli import hoisted
from domain.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Complaints


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("status --json", "--json status"),
        ("sql q --ledger x --quiet", "--ledger x --quiet sql q"),
        ("--json status --data=d", "--json --data=d status"),
        ("show -- --json", "show -- --json"),
        ("--ledger x show --json -- --quiet", "--ledger x --json show -- --quiet"),
        ("log decode --from 3", "log decode --from 3"),
    ],
)
def test_common_options_stand_before_or_after_the_command(typed: str, understood: str) -> None:
    """Where they stand makes no difference; what stands behind `--` is no option."""
    assert hoisted(typed.split()) == understood.split()


@pytest.mark.parametrize("typed", ["status --ledger", "--data", "status --ledger --json"])
def test_an_option_without_its_value_is_wrong_usage(typed: str) -> None:
    """The subcommand is never taken for the folder."""
    with pytest.raises(InputError, match="lacks its value"):
        hoisted(typed.split())


@pytest.mark.parametrize(
    ("code", "arguments", "said"),
    [
        (2, [], "Usage:"),
        (2, ["stauts"], "no such command 'stauts'"),
        (2, ["case", "acknowledge"], "missing argument 'REF'"),
        (2, ["status", "--nix"], "no such option: --nix"),
        (2, ["status", "--ledger", "kafka://host:9092/x"], "kafka comes with a later version"),
        (2, ["status", "--ledger", "http://host"], "is no folder"),
        (2, ["status", "--ledger"], "lacks its value"),
        (3, ["status", "--ledger", "nowhere"], "complaints init --ledger nowhere"),
        (3, ["import", "cfpb", __file__], "complaints init --ledger ledger"),
    ],
)
def test_errors_have_their_exit_code_and_say_what_to_do(
    complaints: Complaints, code: int, arguments: list[str], said: str
) -> None:
    """Usage is 2, unreachable 3; stdout stays empty and nothing looks like a crash."""
    done = complaints(*arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("code", "arguments"),
    [(2, ["sql", "drop table complaints"]), (2, ["show", "C-404"]), (2, ["resolve", "C-404"])],
)
def test_what_cannot_be_asked_is_wrong_input(
    ledger: Complaints, code: int, arguments: list[str]
) -> None:
    """A question that changes something, and a name that nobody bears."""
    done = ledger(*arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("error: ")


def test_an_error_is_json_where_results_are(complaints: Complaints) -> None:
    """A program reads the error as it reads the results: one object, on stderr."""
    done = complaints("status", "--json", "--ledger", "nowhere")
    assert done.out == ""
    said = json.loads(done.err)
    assert said["exit_code"] == done.code == 3
    assert "there is no ledger in 'nowhere'" in said["error"]


def test_an_option_overrules_the_environment(
    complaints: Complaints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """COMPLAINTS_LEDGER names the ledger unless --ledger does."""
    monkeypatch.setenv("COMPLAINTS_LEDGER", "from-environment")
    assert complaints("init", "--quiet").code == 0
    assert complaints("init", "--quiet", "--ledger", "from-option").code == 0
    assert (tmp_path / "from-environment/log.db").is_file()
    assert (tmp_path / "from-option/log.db").is_file()
    assert not (tmp_path / "ledger").exists()


def test_a_defect_shows_its_kind_and_never_its_words(
    ledger: Complaints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words of an unforeseen error may be about a person; the kind of error is not."""

    def broken(_folder: Path) -> None:
        raise KeyError("Jane Roe")  # noqa: EM101, TRY003  an error that nobody foresaw

    monkeypatch.setattr("complaints_ledger.ledger.open_ledger", broken)
    done = ledger("status")
    assert done.code == 1
    assert "this is a defect: KeyError" in done.err
    assert "Jane" not in done.err
    assert (tmp_path / "ledger/log.db").is_file()


def test_init_says_which_files_must_not_be_lost(complaints: Complaints) -> None:
    """Losing a key file is total erasure, so it is said before there is anything to lose."""
    done = complaints("init", "--partitions", "2")
    assert done.code == 0
    assert "2 partitions" in done.out
    for name in ("keys.db", "master.key", "operator.key", "BACKUP"):
        assert name in done.err
    again = complaints("init", "--json")
    assert again.objects[0]["created"] is False
    assert again.objects[0]["partitions"] == 2
