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
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAGIC: Final = b"CLC1"
KEY: Final = b"control"
CONTEXT: Final = b"complaints.control.v1\x00"
RULE_SET: Final = 1
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
        document = json.loads(value[len(MAGIC) :])
        if MAGIC + canonical(document) != value or set(document) != {"body", "kind", "signatures"}:
            return None
        signatures = tuple(
            (bytes.fromhex(s["key"]), bytes.fromhex(s["signature"])) for s in document["signatures"]
        )
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError):
        return None
    if document["kind"] not in KINDS or not isinstance(document["body"], dict):
        return None
    return Control(document["kind"], document["body"], signatures)


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What a ledger is: its id, its partitions, its rule set and who may speak for it."""

    ledger_id: UUID
    partitions: int
    rule_set: int
    operator_keys: tuple[bytes, ...]

    def body(self) -> dict[str, Any]:
        """Return the body of the control record."""
        return {
            "hash": "sha-256",
            "ledger_id": str(self.ledger_id),
            "operator_keys": [key.hex() for key in self.operator_keys],
            "partitions": self.partitions,
            "rule_set": self.rule_set,
        }


def descriptor_of(
    control: Control, verify: Callable[[bytes, bytes, bytes], bool]
) -> Descriptor | None:
    """Return the descriptor in a control record if it is whole and signed by a key it names."""
    if control.kind != "descriptor":
        return None
    try:
        found = Descriptor(
            ledger_id=UUID(control.body["ledger_id"]),
            partitions=int(control.body["partitions"]),
            rule_set=int(control.body["rule_set"]),
            operator_keys=tuple(bytes.fromhex(key) for key in control.body["operator_keys"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    usable = all(len(k) == 32 and k not in SMALL_ORDER for k in found.operator_keys)  # noqa: PLR2004
    if not usable or found.body() != control.body or not 0 < found.partitions <= 1024:  # noqa: PLR2004
        return None
    return found if is_signed(control, found.operator_keys, verify) else None


def is_signed(
    control: Control,
    operator_keys: tuple[bytes, ...],
    verify: Callable[[bytes, bytes, bytes], bool],
) -> bool:
    """Tell whether one of the operators signed a control record, and nobody signed wrongly."""
    signed = control.signed_message()
    return bool(control.signatures) and all(
        key in operator_keys and len(signature) == 64 and verify(key, signed, signature)  # noqa: PLR2004
        for key, signature in control.signatures
    )
