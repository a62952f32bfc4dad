"""Control records for tests: operators that change, rule sets, the end of a partition."""

from __future__ import annotations

from typing import Final

from adapters.ed25519 import Signer
from complaints_ledger.operations import signed_control, source_body
from domain.rules import control
from tests.rules.ledgerless import LEDGER_ID, OPERATOR

SECOND: Final = Signer(b"\x02" * 32)
STRANGER: Final = Signer(b"\x09" * 32)
SIGNERS: Final = (OPERATOR, SECOND, STRANGER)


def operators(serial: int, *named: Signer, by: Signer = OPERATOR) -> bytes:
    """Return the record that makes these the operators."""
    keys = tuple(sorted(signer.public_key for signer in named))
    return signed_control("operators", control.Operators(keys, serial).body(), by)


def rules(number: object, by: Signer = OPERATOR) -> bytes:
    """Return the record that activates a rule set."""
    return signed_control("rules", {"rule_set": number}, by)


def closing(by: Signer = OPERATOR) -> bytes:
    """Return the record that ends a partition."""
    return signed_control("closing", {}, by)


def source(name: str, by: Signer = OPERATOR) -> bytes:
    """Return the registration of a source that may write every type."""
    return signed_control("source", source_body(name, types=["*"]), by)


def descriptor(rule_set: int, by: Signer = OPERATOR) -> bytes:
    """Return a descriptor of one partition under a rule set."""
    body = control.Descriptor(LEDGER_ID, 1, rule_set, (by.public_key,)).body()
    return signed_control("descriptor", body, by)
