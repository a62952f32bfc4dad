"""The frozen vectors of rules v1: files that an implementation in another language can use.

`python -m tests.rules.vectors` writes them; a test fails if what is written would differ.
A difference is a change of the rules, and that is a new rule set.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from domain.complaint.events import ComplaintAcknowledged, ComplaintReceived
from domain.rules.avro_schema import avro_schema, canonical_form, fingerprint
from domain.rules.record import Record, entry_hash, entry_of, murmur2, partition_of
from domain.stored import OpaqueStored
from tests.rules.controls import SECOND, STRANGER, closing, operators, rules, source
from tests.rules.ledgerless import (
    LEDGER_ID,
    OPERATOR,
    by_rows,
    event,
    opening_values,
    pair,
    records_of,
    save,
)

FOLDER = Path(__file__).parents[2] / "schemas" / "vectors"
S1 = "01930000-0000-7000-8000-0000000000a1"
S2 = "01930000-0000-7000-8000-0000000000a2"


def _hex(data: bytes | None) -> str | None:
    return None if data is None else data.hex()


def entries() -> list[dict[str, Any]]:
    """Return records with their entries."""
    cases = [
        (b"key", b"value", None),
        (None, b"value", None),
        (b"key", None, None),
        (b"", b"", None),
        ("schlüssel".encode(), b"\x00\xff", b"\x11" * 64),
        (b"key", b"x" * 65_485, None),
        (b"key", b"x" * 65_500, None),
    ]
    found = []
    for number, (key, value, signature) in enumerate(cases):
        record = Record(number, 0, 1_700_000_000_000 + number, key, value, signature)
        entry = entry_of(record, LEDGER_ID)
        found.append(
            {
                "ledger_id": str(LEDGER_ID),
                "partition": record.partition,
                "append_ms": record.append_ms,
                "key": _hex(key),
                "value": _hex(value) if len(value or b"") < 1000 else f"78 x {len(value or b'')}",
                "signature": _hex(signature),
                "entry": entry.hex() if len(entry) < 1000 else None,
                "entry_bytes": len(entry),
                "sha256": entry_hash(record, LEDGER_ID).hex(),
            }
        )
    return found


def partitions() -> list[dict[str, Any]]:
    """Return keys with their hash and partition."""
    keys = ["", "a", "ab", "abc", "abcd", S1, S2, "schlüssel", "0" * 100]
    return [
        {
            "key": key,
            "murmur2": murmur2(key.encode()),
            **{f"of_{n}": partition_of(key.encode(), n) for n in (1, 3, 12)},
        }
        for key in keys
    ]


def fingerprints() -> list[dict[str, Any]]:
    """Return schemas with canonical form and fingerprint."""
    found = []
    for kind in (ComplaintAcknowledged, OpaqueStored):
        schema = avro_schema(kind)
        found.append(
            {
                "schema": schema,
                "canonical_form": canonical_form(schema),
                "crc_64_avro": f"{fingerprint(schema):016x}",
            }
        )
    return found


def histories() -> list[dict[str, Any]]:
    """Return named histories of one partition with the verdict on every record."""
    members = save(
        [
            event(ComplaintReceived, S2, 21, expected_version=0),
            event(ComplaintAcknowledged, S2, 22, expected_version=0),
        ],
        command=9,
    )
    received = pair(event(ComplaintReceived, S1, 1))
    key, value, _ = received
    named: dict[str, list[Any]] = {
        "facts in order": [received, pair(event(ComplaintAcknowledged, S1, 2))],
        "duplicate and reused id": [
            received,
            received,
            pair(event(ComplaintReceived, S1, 1, reference="C-1")),
        ],
        "race for one version": [
            received,
            pair(event(ComplaintAcknowledged, S1, 2, expected_version=1)),
            pair(event(ComplaintAcknowledged, S1, 3, expected_version=1)),
        ],
        "opening rules": [
            pair(event(ComplaintAcknowledged, S1, 2)),
            received,
            pair(event(ComplaintReceived, S1, 3)),
        ],
        "save completed across another stream": [
            pair(members[0]),
            received,
            pair(members[1]),
        ],
        "save never completed is pending": [pair(members[1])],
        "rights and signatures": [
            pair(event(ComplaintReceived, S1, 1, source="stranger")),
            pair(event(ComplaintReceived, S1, 2, source="signing")),
            pair(event(ComplaintReceived, S1, 3, source="signing"), signed=True),
        ],
        "malformed": [
            (key, value[:-1]),
            (key, value + b"\x00"),
            (S2.encode(), value),
            (None, value),
            (key, b"\xc3\x0112345678"),
            (b"control", b"CLC1{}"),
        ],
    }
    return [_history(name, items) for name, items in (named | _of_control(received)).items()]


def _of_control(received: Any) -> dict[str, list[Any]]:
    """Return histories of operators, rule sets and the end of a partition."""
    handed_over = operators(1, SECOND)
    return {
        "operators change": [
            source("early", SECOND),
            operators(1, OPERATOR, SECOND),
            source("late", SECOND),
            operators(1, OPERATOR),
            operators(3, OPERATOR),
            operators(2, SECOND, by=SECOND),
            source("again"),
        ],
        "operators repeated by a removed key": [
            handed_over,
            handed_over,
            operators(2, OPERATOR),
            operators(1, SECOND, by=SECOND),
        ],
        "rule set that governs already": [rules(1), rules(2, STRANGER), rules(0), received],
        "closing": [
            pair(
                save(
                    [
                        event(ComplaintReceived, S2, 31, expected_version=0),
                        event(ComplaintAcknowledged, S2, 32, expected_version=0),
                    ],
                    command=10,
                )[0]
            ),
            closing(STRANGER),
            closing(),
            received,
            source("late"),
            closing(),
        ],
    }


def _history(name: str, items: list[Any]) -> dict[str, Any]:
    records = records_of([*opening_values(), *items])
    verdicts, state = by_rows(records)
    return {
        "name": name,
        "ledger_id": str(LEDGER_ID),
        "records": [
            {
                "append_ms": r.append_ms,
                "key": _hex(r.key),
                "value": _hex(r.value),
                "signature": _hex(r.signature),
            }
            for r in records
        ],
        "verdicts": [
            {
                "outcome": v.outcome,
                "reason": v.reason,
                "judged_ordinal": v.judged_ordinal,
                "version": v.version,
                "position": v.position,
            }
            for _, v in sorted(verdicts.items())
        ],
        "last_entry_hash": state.last_entry_hash,
    }


FILES = {
    "entry.json": entries,
    "partition.json": partitions,
    "fingerprint.json": fingerprints,
    "admission.json": histories,
}


def text_of(name: str) -> str:
    """Return the text of a vector file."""
    return json.dumps(FILES[name](), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the vector files."""
    FOLDER.mkdir(exist_ok=True)
    for name in FILES:
        (FOLDER / name).write_text(text_of(name), encoding="utf-8")


if __name__ == "__main__":
    main()
