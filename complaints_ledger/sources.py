"""The register of sources: who may publish which events, as signed control records (RULES 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from complaints_ledger.operations import signed_control, source_body
from domain.catalogue import BY_TOPIC
from domain.errors import InputError
from domain.opaque import SOURCE_PATTERN, is_source
from domain.ports import NewRecord
from domain.rules import control

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complaints_ledger.ledger import Ledger
    from domain.rules.partition_state import Source


@dataclass(frozen=True, slots=True)
class SourceRights:
    """A source as the register has it."""

    source: str
    state: str
    types: tuple[str, ...]
    signs: bool


def list_sources(ledger: Ledger) -> list[SourceRights]:
    """Return every registered source, by name."""
    ledger.replica.catch_up()
    return [
        SourceRights(name, found.state, found.types, found.signing_key is not None)
        for name, found in sorted(ledger.replica.state(0).sources.items())
    ]


def register_source(
    ledger: Ledger, name: str, *, types: Sequence[str] = (), signing_key: str | None = None
) -> SourceRights:
    """Register a source, or change its rights; no types means every type.

    Raises:
        InputError: the name, a type or the key cannot be used.
    """
    if not is_source(name):
        msg = (
            f"source '{name}' is not an opaque name ({SOURCE_PATTERN}); "
            "choose a system's name in lower case, such as crm-eu"
        )
        raise InputError(msg)
    wanted = [_topic(text) for text in types] or ["*"]
    return _put(ledger, name, types=wanted, state="active", signing_key=_key(signing_key))


def set_state(ledger: Ledger, name: str, state: str) -> SourceRights:
    """Suspend, revoke or reactivate a source; its earlier events stay as they are.

    Raises:
        InputError: the source is not registered.
    """
    found = _found(ledger, name)
    key = bytes.fromhex(found.signing_key) if found.signing_key else None
    return _put(ledger, name, types=found.types, state=state, signing_key=key)


def ensure_source(ledger: Ledger, name: str) -> None:
    """Register one of the ledger's own importers as a source, if it is not yet."""
    ledger.replica.catch_up()
    if name not in ledger.replica.state(0).sources:
        _put(ledger, name, types=["*"], state="active", signing_key=None)


def _found(ledger: Ledger, name: str) -> Source:
    ledger.replica.catch_up()
    found = ledger.replica.state(0).sources.get(name)
    if found is None:
        msg = f"source '{name}' is not registered; register it with: complaints source add {name}"
        raise InputError(msg)
    return found


def _put(
    ledger: Ledger, name: str, *, types: Sequence[str], state: str, signing_key: bytes | None
) -> SourceRights:
    ledger.replica.catch_up()
    wanted = tuple(sorted(types)), state, signing_key.hex() if signing_key else None
    records: list[NewRecord] = []
    for partition in range(ledger.log.partitions):
        known = ledger.replica.state(partition).sources.get(name)
        if known and (known.types, known.state, known.signing_key) == wanted:
            continue
        body = source_body(
            name,
            types=types,
            state=state,
            signing_key=signing_key,
            serial=known.serial + 1 if known else 0,
        )
        value = signed_control("source", body, ledger.signer())
        records.append(NewRecord(partition, control.KEY, value))
    if records:
        ledger.log.append(records)
        ledger.replica.catch_up()
    return SourceRights(name, state, tuple(types), signing_key is not None)


def _topic(text: str) -> str:
    if text == "*" or text in BY_TOPIC:
        return text
    by_class = {event.__name__: topic for topic, event in BY_TOPIC.items()}
    if text in by_class:
        return by_class[text]
    msg = f"event type '{text}' is not known; see the list with: complaints schemas list"
    raise InputError(msg)


def _key(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:  # noqa: PLR2004  an Ed25519 public key
        msg = "the signing key is not 64 hexadecimal digits; give an Ed25519 public key"
        raise InputError(msg)
    return key
