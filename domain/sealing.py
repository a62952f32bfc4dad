"""Sealing: personal data leaves a writer's hands unreadable, and is read only for a purpose.

Who an event is about is its stream: `subject_of` gives one subject per complaint, so that
erasing a complaint's people is destroying the keys of one subject. Keys are kept by a
`DataKeys`, bytes are made by a `Cipher`; docs/reference/sealing.md is their exact form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

from domain.access import SealedDataRead
from domain.errors import DamagedError, InputError, KeyDestroyedError
from domain.personal import PersonalData, Plaintext, Sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from domain.event import Event
    from domain.personal import DataClass

PURPOSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "handling": "working on the complaint",
        "quality": "checking how complaints are handled, on a sample",
        "privacy_request": "answering a request of the person whom the data is about",
        "audit": "an audit, internal or external",
        "legal": "a legal claim or a legal obligation",
    }
)
"""Code list of the purposes for which sealed data may be read, version 1."""

_REDACTION: Final = re.compile("X{2,}")
_LINE_END: Final = re.compile("\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one subject and class of data; never shows, copies or pickles its secret."""

    key_id: str
    subject: str
    data_class: str
    secret: bytes = field(repr=False)
    """32 bytes from which the cipher derives what it uses."""

    def __reduce__(self) -> NoReturn:
        msg = f"data key '{self.key_id}' cannot be pickled; ask the key store for it by its id"
        raise TypeError(msg)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands; it opens nowhere else."""

    event_id: UUID
    stream_id: str
    field: str


class DataKeys(Protocol):
    """The keeper of data keys: one per subject and class, until it is destroyed."""

    def key_for(self, subjects_and_classes: Sequence[tuple[str, str]]) -> list[DataKey]:
        """Return the key of each pair, in their order; absent ones are made, durably.

        Raises:
            KeyDestroyedError: the key of a pair was destroyed; none was made.
        """
        ...

    def find(self, key_id: str) -> DataKey | None:
        """Return a key by its id, or None if there never was one.

        Raises:
            KeyDestroyedError: the key was destroyed.
        """
        ...


class Cipher(Protocol):
    """The algorithm that seals and opens; a pure function of its arguments."""

    def seal(self, text: str, *, place: Place, key: DataKey) -> Sealed:
        """Return the text sealed; the same arguments give the same bytes."""
        ...

    def open(self, sealed: Sealed, *, place: Place, key: DataKey) -> str:
        """Return the text of a sealed value.

        Raises:
            DamagedError: it was sealed under another key, for another place, or altered.
        """
        ...

    def mark(self, text: str, key: DataKey) -> bytes:
        """Return 16 bytes that are equal for equal texts under one key, and say nothing else."""
        ...


@dataclass(frozen=True, slots=True)
class Sealer:
    """Keys and cipher together: what it takes to seal and to open."""

    keys: DataKeys
    cipher: Cipher


@dataclass(frozen=True, slots=True)
class NarrativeMeasures:
    """What is known of a narrative without reading it."""

    characters: int
    """Unicode code points."""
    lines: int
    """Line ends (CRLF, LF or CR) and one; 0 for the empty text."""
    redactions: int
    """Runs of two or more capital X."""


def framed(*parts: bytes) -> bytes:
    """Return the parts, each after its length as 4 bytes, big endian: no two lists look alike."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def measure(text: str) -> NarrativeMeasures:
    """Return the measures of a narrative; they are kept in clear beside its sealed form."""
    lines = len(_LINE_END.findall(text)) + 1 if text else 0
    return NarrativeMeasures(len(text), lines, len(_REDACTION.findall(text)))


@cache
def personal_fields(event_type: type[Event]) -> Mapping[str, DataClass]:
    """Return the personal fields of an event type, each with the class of key that protects it."""
    return MappingProxyType(
        {
            name: mark.data_class
            for name, info in event_type.model_fields.items()
            for mark in info.metadata
            if isinstance(mark, PersonalData)
        }
    )


def subject_of(event: Event) -> str:
    """Return whom the personal data of an event is about: its stream, whatever its type.

    One rule without exceptions: `complainant_ref` stands in the receipt only, may come later
    or be corrected, and may be shared by complaints that are erased at different times.
    """
    return event.stream_id


def seal_events(events: Sequence[Event], sealer: Sealer) -> list[Event]:
    """Return the events with every plaintext sealed; what is sealed already stays as it is.

    The keys of all of them are asked for at once. A field `x` that is sealed also fills the
    fields `x_characters`, `x_lines`, `x_redactions` and `x_mark` that its event type has.

    Raises:
        KeyDestroyedError: data of a subject was erased; nothing was sealed.
    """
    plain = [_plaintexts(event) for event in events]
    pairs = list(
        dict.fromkeys(
            (subject_of(event), personal_fields(type(event))[name])
            for event, texts in zip(events, plain, strict=True)
            for name in texts
        )
    )
    if not pairs:
        return list(events)
    keys = dict(zip(pairs, sealer.keys.key_for(pairs), strict=True))
    return [
        _sealed(event, texts, keys, sealer.cipher) if texts else event
        for event, texts in zip(events, plain, strict=True)
    ]


def _plaintexts(event: Event) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name in personal_fields(type(event)):
        value = getattr(event, name)
        if isinstance(value, Plaintext):
            texts[name] = value.reveal()
    return texts


def _sealed(
    event: Event,
    texts: Mapping[str, str],
    keys: Mapping[tuple[str, DataClass], DataKey],
    cipher: Cipher,
) -> Event:
    classes, update = personal_fields(type(event)), dict[str, object]()
    for name, text in texts.items():
        key = keys[subject_of(event), classes[name]]
        place = Place(event.event_id, event.stream_id, name)
        update[name] = cipher.seal(text, place=place, key=key)
        update.update(_companions(event, name, text, mark=partial(cipher.mark, key=key)))
    return event.model_copy(update=update)


def _companions(
    event: Event, name: str, text: str, *, mark: Callable[[str], bytes]
) -> dict[str, object]:
    """Return the clear fields beside a sealed one that its event type has."""
    known = type(event).model_fields
    companions: dict[str, object] = {}
    if f"{name}_characters" in known:
        measures = measure(text)
        companions[f"{name}_characters"] = measures.characters
        companions[f"{name}_lines"] = measures.lines
        companions[f"{name}_redactions"] = measures.redactions
    if f"{name}_mark" in known:
        companions[f"{name}_mark"] = mark(text)
    return companions


def marks_of(
    texts: Sequence[tuple[str, str]], *, data_class: DataClass, sealer: Sealer
) -> list[bytes]:
    """Return the mark of each (subject, text), to compare with the marks of stored events."""
    keys = sealer.keys.key_for([(subject, data_class) for subject, _ in texts])
    return [sealer.cipher.mark(text, key) for (_, text), key in zip(texts, keys, strict=True)]


def open_field(sealed: Sealed, *, place: Place, sealer: Sealer) -> str:
    """Return the text of one sealed field; whoever shows it to a person uses `read_sealed`.

    Raises:
        KeyDestroyedError: the data was erased.
        DamagedError: the key is missing, or the value was moved or altered.
    """
    key = sealer.keys.find(sealed.key_id)
    if key is None:
        msg = (
            f"field '{place.field}' of event '{place.event_id}' names data key "
            f"'{sealed.key_id}', which the key store never held; restore the key store from a "
            "backup younger than the event"
        )
        raise DamagedError(msg)
    return sealer.cipher.open(sealed, place=place, key=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Somebody wants to read sealed data: who, when, for what purpose, and how much of it."""

    purpose: str
    """A code of `PURPOSES`."""
    actor: str
    actor_role: str
    source: str
    occurred_on: date
    occurred_at: datetime | None = None
    occurred_zone: str | None = None
    on_behalf_of: str | None = None
    fields: frozenset[str] | None = None
    """Names of the fields wanted; None: every sealed one."""

    def __post_init__(self) -> None:
        if self.purpose not in PURPOSES:
            msg = f"purpose '{self.purpose}' is not one; use one of {', '.join(PURPOSES)}"
            raise InputError(msg)


def read_request(
    reading: Reading, places: Iterable[Place], *, event_id: UUID, stream_id: str
) -> SealedDataRead:
    """Return the access event that must be appended before the places, of one stream, are shown."""
    wanted = list(places)
    streams = sorted({place.stream_id for place in wanted})
    if len(streams) != 1:
        msg = f"an access event tells of one stream, not of {len(streams)}; write one for each"
        raise InputError(msg)
    return SealedDataRead(
        event_id=event_id,
        stream_id=stream_id,
        occurred_on=reading.occurred_on,
        occurred_at=reading.occurred_at,
        occurred_zone=reading.occurred_zone,
        actor=reading.actor,
        actor_role=reading.actor_role,
        on_behalf_of=reading.on_behalf_of,
        source=reading.source,
        read_stream_id=streams[0],
        read_event_ids=sorted({str(place.event_id) for place in wanted}),
        read_fields=sorted({place.field for place in wanted}),
        purpose_code=reading.purpose,
    )


def read_sealed(
    events: Sequence[Event],
    *,
    reading: Reading,
    new_id: Callable[[], UUID],
    append: Callable[[SealedDataRead], None],
    opener: Sealer,
) -> Mapping[tuple[UUID, str], str]:
    """Return the text of every sealed field wanted, by event id and field name.

    The access event of each stream is appended first, in a stream of its own that bears its
    id; if one append raises, nothing is opened. A field that was erased is absent.

    Args:
        events: events with sealed fields.
        reading: who reads, for what purpose, and which fields.
        new_id: gives the id of each access event.
        append: returns when the event is durable, else raises.
        opener: keys and cipher.

    Raises:
        DamagedError: a key is missing, or a value was moved or altered.
    """
    by_stream: dict[str, dict[Place, Sealed]] = {}
    for event in events:
        for place, sealed in _sealed_fields(event, reading.fields):
            by_stream.setdefault(event.stream_id, {})[place] = sealed
    for wanted in by_stream.values():
        event_id = new_id()
        append(read_request(reading, wanted, event_id=event_id, stream_id=str(event_id)))
    texts: dict[tuple[UUID, str], str] = {}
    for wanted in by_stream.values():
        for place, sealed in wanted.items():
            try:
                text = open_field(sealed, place=place, sealer=opener)
            except KeyDestroyedError:
                continue
            texts[place.event_id, place.field] = text
    return texts


def _sealed_fields(event: Event, fields: frozenset[str] | None) -> Iterable[tuple[Place, Sealed]]:
    for name in personal_fields(type(event)):
        value = getattr(event, name)
        if isinstance(value, Sealed) and (fields is None or name in fields):
            yield Place(event.event_id, event.stream_id, name), value
