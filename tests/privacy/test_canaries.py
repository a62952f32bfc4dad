"""A canary in every personal field is heard from nowhere but the opener's answer."""

from __future__ import annotations

import copy
import pickle
import traceback
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from adapters.aes_gcm_sealer import AesGcmCipher
from domain.catalogue import EVENT_TYPES
from domain.complaint.events import ComplaintReceived
from domain.errors import LedgerError
from domain.personal import Plaintext, Sealed
from domain.sealing import Place, Sealer, open_field, personal_fields, seal_events
from tests.privacy.surroundings import CANARY, EVENT, STREAM, a_key_store, a_sealer, received

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from domain.event import Event

WITH_PERSONAL_DATA = [event_type for event_type in EVENT_TYPES if personal_fields(event_type)]


def _with_canaries(event_type: type[Event]) -> Event:
    """Return an event of a type with the canary in every personal field, unvalidated otherwise."""
    fields: dict[str, Any] = {name: Plaintext(CANARY) for name in personal_fields(event_type)}
    return event_type.model_construct(
        event_id=EVENT,
        stream_id=STREAM,
        occurred_on=date(2024, 3, 4),
        actor="agent-7",
        actor_role="intake_agent",
        source="branch",
        **fields,
    )


def _spellings() -> Iterator[bytes]:
    for word in (CANARY, *CANARY.split()[:2]):
        yield from (word.encode(), word.encode().hex().encode(), word.encode("utf-16-le"))


def _is_silent(content: bytes | str) -> bool:
    raw = content.encode() if isinstance(content, str) else content
    return not any(spelling in raw for spelling in _spellings())


@pytest.mark.parametrize("event_type", WITH_PERSONAL_DATA, ids=lambda each: each.__name__)
def test_a_sealed_event_says_nothing_in_any_form(event_type: type[Event]) -> None:
    """Neither as text nor as bytes nor as a dictionary."""
    (sealed,) = seal_events([_with_canaries(event_type)], a_sealer())
    assert all(isinstance(getattr(sealed, name), Sealed) for name in personal_fields(event_type))
    assert _is_silent(repr(sealed))
    assert _is_silent(str(sealed))
    assert _is_silent(repr(sealed.model_dump()))
    assert _is_silent(pickle.dumps(sealed))


@pytest.mark.parametrize("event_type", WITH_PERSONAL_DATA, ids=lambda each: each.__name__)
def test_an_event_not_sealed_yet_does_not_show_its_texts(event_type: type[Event]) -> None:
    """A log line or a traceback with the event in it tells nothing."""
    event = _with_canaries(event_type)
    assert _is_silent(repr(event))
    assert _is_silent(f"{event}")
    assert _is_silent(repr(event.model_dump()))


def test_an_event_not_sealed_yet_is_written_nowhere() -> None:
    """Neither JSON nor pickle carries a plaintext out of the process."""
    event = received(name=CANARY, narrative=CANARY)
    with pytest.raises(PydanticSerializationError) as in_json:
        event.model_dump_json()
    assert _is_silent(str(in_json.value))
    with pytest.raises(TypeError) as pickled:
        pickle.dumps(event)
    assert _is_silent(str(pickled.value))


@pytest.mark.parametrize(
    "wrong",
    [{"narrative": [CANARY]}, {"received_on": "soon"}, {"nmae": CANARY}],
    ids=["kind of value", "another field", "unknown field"],
)
def test_a_refused_event_is_not_quoted(wrong: dict[str, Any]) -> None:
    """What validation says names the field and the rule, not what was typed."""
    given: dict[str, Any] = {
        "event_id": EVENT,
        "stream_id": STREAM,
        "complainant_name": CANARY,
        "narrative": CANARY,
    }
    with pytest.raises(ValidationError) as caught:
        ComplaintReceived(**{**given, **wrong})
    assert _is_silent(str(caught.value))


def test_errors_of_sealing_and_opening_are_silent(tmp_path: Path) -> None:
    """No error, nor anything that hangs on it, holds the text or a key."""
    store = a_key_store(tmp_path)
    sealer = Sealer(store, AesGcmCipher())
    (event,) = seal_events([received(name=CANARY)], sealer)
    assert isinstance(event, ComplaintReceived)
    assert isinstance(event.complainant_name, Sealed)
    (key,) = store.key_for([(STREAM, "identity")])
    elsewhere = Place(EVENT, STREAM, "narrative")
    sealed = event.complainant_name
    attempts: list[Callable[[], object]] = [
        lambda: open_field(sealed, place=elsewhere, sealer=sealer),
        lambda: seal_events([received(name=CANARY + "\udfff")], sealer),
        lambda: seal_events([received(name=CANARY, stream_id="x")], sealer),
    ]
    store.destroy([store.key_for([("x", "identity")])[0].key_id])
    for attempt in attempts:
        with pytest.raises(LedgerError) as caught:
            attempt()
        told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__dict__)
        assert _is_silent(told)
        assert key.secret.hex() not in told


def test_no_file_of_the_key_store_holds_a_canary(tmp_path: Path) -> None:
    """The key store never sees what is sealed, only whose key is asked for."""
    sealer = Sealer(a_key_store(tmp_path), AesGcmCipher())
    events = seal_events([_with_canaries(event_type) for event_type in WITH_PERSONAL_DATA], sealer)
    for event in events:
        for name in personal_fields(type(event)):
            place = Place(EVENT, STREAM, name)
            assert open_field(getattr(event, name), place=place, sealer=sealer) == CANARY
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 3
    assert all(_is_silent(path.read_bytes()) for path in files)


def test_a_data_key_never_shows_its_secret(tmp_path: Path) -> None:
    """Keys are not pickled, copied or printed by accident."""
    (key,) = a_key_store(tmp_path).key_for([(STREAM, "identity")])
    assert repr(key.secret) not in repr(key)
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be pickled"):
            leave(key)
