"""Control records: how the log describes itself (RULES 3).

A control record's value is `CLC1` and the canonical JSON (RFC 8785) of
`{"body": {…}, "kind": "…", "signatures": [{"key": hex, "signature": hex}]}`. Each signature
is Ed25519 over `complaints.control.v1`, a zero byte and the canonical JSON of
`{"body": …, "kind": …}`. Keys are ASCII and numbers whole, so that sorted compact JSON is
RFC 8785. The key of the record is `control`; it has no bearing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAGIC: Final = b"CLC1"
KEY: Final = b"control"
CONTEXT: Final = b"complaints.control.v1\x00"
RULE_SET: Final = 1
"""The one rule set that this version judges by."""
LARGEST_NUMBER: Final = 2**31 - 1
"""No serial and no rule set is larger, so that any language can hold it."""
KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
KINDS: Final = frozenset({"descriptor", "schema", "source", "operators", "rules", "closing"})

Verify = "Callable[[bytes, bytes, bytes], bool]"
"""(public key, message, signature) -> whether the signature holds, strictly by RFC 8032."""

SMALL_ORDER: Final = frozenset(
    bytes.fromhex(text)
    for text in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    )
)
"""Ed25519 points of small order, in all their encodings: a signature under them proves nothing."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control record that could be read; whether it counts is for the judge."""

    kind: str
    body: Mapping[str, Any]
    signatures: tuple[tuple[bytes, bytes], ...]
    digest: str
    """SHA-256 of its value in hex, by which the same record is known again."""

    def signed_message(self) -> bytes:
        """Return the bytes that each signature covers."""
        return message(self.kind, self.body)


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 form of a JSON value with ASCII keys and whole numbers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def message(kind: str, body: Mapping[str, Any]) -> bytes:
    """Return the bytes that an operator signs."""
    return CONTEXT + canonical({"body": body, "kind": kind})


def encode(kind: str, body: Mapping[str, Any], signatures: Mapping[bytes, bytes]) -> bytes:
    """Return the value of a control record; `signatures` maps public key to signature."""
    signed = [
        {"key": key.hex(), "signature": signature.hex()}
        for key, signature in sorted(signatures.items())
    ]
    return MAGIC + canonical({"body": body, "kind": kind, "signatures": signed})


def parse(value: bytes) -> Control | None:
    """Return the control record in a value, or None if it is not one in canonical form."""
    if not value.startswith(MAGIC):
        return None
    try:
        text = value[len(MAGIC) :]
        document = json.loads(text, parse_float=_no_number, parse_constant=_no_number)
        if MAGIC + canonical(document) != value or set(document) != {"body", "kind", "signatures"}:
            return None
        signatures = tuple(
            (bytes.fromhex(s["key"]), bytes.fromhex(s["signature"])) for s in document["signatures"]
        )
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError):
        return None
    if document["kind"] not in KINDS or not isinstance(document["body"], dict):
        return None
    return Control(document["kind"], document["body"], signatures, sha256(value).hexdigest())


def _no_number(text: str) -> None:
    msg = f"'{text}' is no whole number"
    raise ValueError(msg)


def is_usable_key(key: bytes) -> bool:
    """Tell whether a public key can prove anything: 32 bytes, not of small order."""
    return len(key) == KEY_BYTES and key not in SMALL_ORDER


@dataclass(frozen=True, slots=True)
class Operators:
    """Who may sign control records, and how often that was changed."""

    keys: tuple[bytes, ...]
    serial: int = 0
    """0 for those whom the descriptor names."""

    def body(self) -> dict[str, Any]:
        """Return the body of the control record."""
        return {"keys": [key.hex() for key in self.keys], "serial": self.serial}

    @classmethod
    def of_body(cls, body: Mapping[str, Any]) -> Operators:
        """Return the operators in a body that was checked before."""
        return cls(tuple(bytes.fromhex(key) for key in body["keys"]), body["serial"])


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What a ledger is: its id, its partitions, its rule set and who may speak for it."""

    ledger_id: UUID
    partitions: int
    rule_set: int
    operator_keys: tuple[bytes, ...]
    predecessor: str | None = None
    """Canonical JSON of what it says of the ledger that it succeeds; nothing is judged by it."""

    def body(self) -> dict[str, Any]:
        """Return the body of the control record."""
        body: dict[str, Any] = {
            "hash": "sha-256",
            "ledger_id": str(self.ledger_id),
            "operator_keys": [key.hex() for key in self.operator_keys],
            "partitions": self.partitions,
            "rule_set": self.rule_set,
        }
        more = {"predecessor": json.loads(self.predecessor)} if self.predecessor else {}
        return body | more

    @classmethod
    def of_body(cls, body: Mapping[str, Any]) -> Descriptor:
        """Return the descriptor in a body; whether it says no more than that is not checked here.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: it is none.
        """
        said = body.get("predecessor")
        return cls(
            ledger_id=UUID(body["ledger_id"]),
            partitions=int(body["partitions"]),
            rule_set=int(body["rule_set"]),
            operator_keys=tuple(bytes.fromhex(key) for key in body["operator_keys"]),
            predecessor=canonical(said).decode() if isinstance(said, dict) and said else None,
        )


def descriptor_of(
    control: Control, verify: Callable[[bytes, bytes, bytes], bool]
) -> Descriptor | None:
    """Return the descriptor in a control record if it is whole and signed by a key it names."""
    if control.kind != "descriptor":
        return None
    try:
        found = Descriptor.of_body(control.body)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    usable = all(is_usable_key(key) for key in found.operator_keys)
    same = canonical(found.body()) == canonical(control.body)
    if not usable or not same or not 0 < found.partitions <= 1024:  # noqa: PLR2004
        return None
    return found if is_signed(control, found.operator_keys, verify) else None


def foreign_rule_set(
    control: Control, ledger_id: UUID, verify: Callable[[bytes, bytes, bytes], bool]
) -> int | None:
    """Return the rule set of a ledger's descriptor if this version does not know that rule set.

    What else such a descriptor says is for those rules; its id, its rule set, its operators
    and their signatures are where they always are.
    """
    body = control.body
    number = _number(body.get("rule_set"))
    if number in {None, RULE_SET} or body.get("ledger_id") != str(ledger_id):
        return None
    try:
        keys = tuple(bytes.fromhex(key) for key in body["operator_keys"])
    except (KeyError, TypeError, ValueError):
        return None
    same = canonical([key.hex() for key in keys]) == canonical(body["operator_keys"])
    usable = same and all(is_usable_key(key) for key in keys)
    return number if usable and is_signed(control, keys, verify) else None


def operators_of(control: Control) -> Operators | None:
    """Return the operators whom a control record names, if it is whole.

    Keys are in ascending order without repetition, so one set has one form.
    """
    try:
        found = Operators.of_body(control.body)
        same = canonical(found.body()) == canonical(control.body)
    except (KeyError, TypeError, ValueError):
        return None
    ordered = list(found.keys) == sorted(set(found.keys))
    whole = same and ordered and _number(found.serial) is not None
    return found if whole and found.keys and all(map(is_usable_key, found.keys)) else None


def activated_by(control: Control) -> int | None:
    """Return the rule set that a control record activates, if it is whole.

    A record that activates a rule set of a later version may say more than its number.
    """
    number = _number(control.body.get("rule_set"))
    return None if number == RULE_SET and len(control.body) > 1 else number


def _number(value: object) -> int | None:
    """Return a whole number from 1; JSON's true is none."""
    if type(value) is not int or not 1 <= value <= LARGEST_NUMBER:
        return None
    return value


def is_signed(
    control: Control,
    operator_keys: tuple[bytes, ...],
    verify: Callable[[bytes, bytes, bytes], bool],
) -> bool:
    """Tell whether one of the operators signed a control record, and nobody signed wrongly."""
    signed = control.signed_message()
    return bool(control.signatures) and all(
        key in operator_keys
        and len(signature) == SIGNATURE_BYTES
        and verify(key, signed, signature)
        for key, signature in control.signatures
    )
