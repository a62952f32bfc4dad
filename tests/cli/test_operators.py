"""The operators' keys from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaints_ledger.ledger import open_ledger
from complaints_ledger.operations import signed_control, to_all_partitions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Complaints


def test_a_key_is_rotated_and_retired(ledger: Complaints) -> None:
    """Two keys while both sign, one after; what was there before stays admitted."""
    (first,) = ledger("operators", "list", "--json").objects
    assert (first["in_use"], first["partitions"]) == (True, 1)
    (said,) = ledger("operators", "rotate", "--json").objects
    assert said["previous"] == first["key"]
    assert (said["retired"], said["fresh"]) == (None, True)
    both = ledger("operators", "list", "--json").objects
    assert {each["key"]: each["in_use"] for each in both} == {
        first["key"]: False,
        said["key"]: True,
    }
    assert ledger("source", "add", "crm-eu").code == 0
    (retired,) = ledger("operators", "rotate", "--retire", "--json").objects
    assert (retired["key"], retired["retired"]) == (said["key"], first["key"])
    assert [each["key"] for each in ledger("operators", "list", "--json").objects] == [said["key"]]
    assert ledger("source", "suspend", "crm-eu").code == 0
    assert ledger("check").code == 0


def test_a_rotation_says_what_to_do_next(ledger: Complaints) -> None:
    """People read which key is in use, and how the other one is removed."""
    done = ledger("operators", "rotate")
    assert "is now in use" in done.out
    assert "is still valid" in done.out
    assert "complaints operators rotate --retire" in done.err
    again = ledger("operators", "rotate")
    assert "is already in use" in again.out
    assert "used here" in ledger("operators", "list").out


def test_a_private_key_is_never_printed(ledger: Complaints, tmp_path: Path) -> None:
    """What is shown is the public half."""
    secret = (tmp_path / "ledger" / "operator.key").read_text().strip()
    done = [ledger("operators", "rotate"), ledger("operators", "rotate", "--retire", "--json")]
    secrets = {secret, (tmp_path / "ledger" / "operator.key").read_text().strip()}
    assert len(secrets) == 2
    assert not any(each in one.out + one.err for each in secrets for one in done)


def test_an_unknown_rule_set_ends_with_exit_code_four(ledger: Complaints, tmp_path: Path) -> None:
    """Whoever reads on needs a newer version, and is told so."""
    with open_ledger(tmp_path / "ledger") as opened:
        value = signed_control("rules", {"rule_set": 2}, opened.signer())
        opened.log.append(to_all_partitions(opened.log, [value]))
    done = ledger("operators", "list")
    assert done.code == 4
    assert "rule set 2" in done.err
    assert "newer version" in done.err
