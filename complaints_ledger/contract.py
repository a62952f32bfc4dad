"""The published contract as files: schemas, samples and the catalogue, written and checked.

Each event version has five files beside each other: `<event>.v<n>.avsc`, and a complete and
a minimal sample as CloudEvents JSON and as the hex of the bytes in the log. `released.json`
names the versions that are out in the world; their schemas never change again.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from adapters.avro_codec import encode_event
from complaints_ledger.events_reference import events_reference
from domain.catalogue import EVENT_TYPES
from domain.cloudevents import to_cloudevent
from domain.errors import InputError, RefusedError
from domain.rules.avro_schema import avro_schema, fingerprint, lint
from domain.rules.compatibility import compatibility
from domain.samples import complete_sample, minimal_sample
from domain.upcasting import topic_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from domain.event import Event
    from domain.rules.avro_schema import Schema

__all__ = [
    "Problem",
    "Report",
    "check_schemas",
    "events_reference",
    "files_of",
    "schema_file",
    "write_schemas",
]

RELEASED: Final = "released.json"
SAMPLES: Final = {"complete": complete_sample, "minimal": minimal_sample}
_KEY_ORDER: Final = ("name", "type", "namespace", "logicalType", "items", "doc", "default")
_WIDTH: Final = 2

Release = dict[str, dict[str, str]]
"""For each released topic its file, its fingerprint and the SHA-256 of the file."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the folder that is not as the contract says."""

    path: str
    """File, relative to the folder."""
    rule: str
    """What is wrong, with what to do next."""

    def __str__(self) -> str:
        return f"{self.path}: {self.rule}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a writing of the contract did; paths are relative to the folder."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    released: tuple[str, ...]
    """Topics that became released by this writing."""


def write_schemas(
    folder: Path,
    *,
    release: bool = False,
    event_types: Sequence[type[Event]] = EVENT_TYPES,
) -> Report:
    """Write every schema and sample that differs; with `release`, make all versions final.

    Raises:
        RefusedError: a released version would change, a schema breaks the profile, or two
            versions cannot read each other; nothing was written.
    """
    known = _read_released(folder)
    texts = {path: text for kind in event_types for path, text in files_of(kind).items()}
    problems = [*_frozen(known, texts), *_profile(event_types)]
    problems += _neighbours(_all_versions(folder, known, event_types))
    if problems:
        raise RefusedError("; ".join(map(str, problems)))
    fresh = [kind for kind in event_types if release and kind.TOPIC not in known]
    known |= {kind.TOPIC: _release_of(kind, texts) for kind in fresh}
    texts[RELEASED] = _released_text(known)
    changed = [path for path, text in texts.items() if _read(folder / path) != text]
    for path in changed:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(texts[path].encode())
    return Report(
        written=tuple(changed),
        unchanged=tuple(path for path in texts if path not in changed),
        released=tuple(kind.TOPIC for kind in fresh),
    )


def check_schemas(
    folder: Path, *, event_types: Sequence[type[Event]] = EVENT_TYPES
) -> list[Problem]:
    """Return how the folder differs from what the event classes say; none is well."""
    try:
        known = _read_released(folder)
    except InputError as exc:
        return [Problem(RELEASED, str(exc))]
    texts = {path: text for kind in event_types for path, text in files_of(kind).items()}
    problems = [*_frozen(known, texts), *_profile(event_types)]
    frozen = {problem.path for problem in problems}
    for path, text in texts.items():
        found = _read(folder / path)
        if found is None:
            problems.append(Problem(path, "is missing; run 'complaints schemas write'"))
        elif found != text and path not in frozen:
            problems.append(
                Problem(path, "differs from its event class; run 'complaints schemas write'")
            )
    problems += _released_files(folder, known, texts)
    problems += _strangers(folder, known, texts)
    problems += _neighbours(_all_versions(folder, known, event_types))
    return problems


def files_of(event_type: type[Event]) -> dict[str, str]:
    """Return the text of each file of an event version, by its path in the folder."""
    stem = _stem(event_type.TOPIC, event_type.STREAM)
    texts = {f"{stem}.avsc": schema_file(avro_schema(event_type))}
    for name, sample in SAMPLES.items():
        event = sample(event_type)
        texts[f"{stem}.{name}.json"] = _pretty(to_cloudevent(event))
        texts[f"{stem}.{name}.hex"] = _hex(encode_event(event))
    return texts


def schema_file(schema: Schema) -> str:
    """Return the text of an `.avsc` file: one form for one schema, keys in a fixed order."""
    return _pretty(_ordered(schema))


def _stem(topic: str, stream: str) -> str:
    base, version = topic_version(topic)
    return f"{stream}/{base.rpartition('.')[2]}.v{version}"


def _ordered(schema: Schema) -> Schema:
    if isinstance(schema, list):
        return [_ordered(member) for member in schema]
    if not isinstance(schema, dict):
        return schema
    first = [key for key in _KEY_ORDER if key in schema]
    rest = [key for key in schema if key not in _KEY_ORDER]
    return {key: _ordered(schema[key]) for key in (*first, *rest)}


def _pretty(value: Schema) -> str:
    return json.dumps(value, indent=_WIDTH, ensure_ascii=False) + "\n"


def _hex(value: bytes) -> str:
    digits, line = value.hex(), 64
    return "".join(f"{digits[at : at + line]}\n" for at in range(0, len(digits), line))


def _read(path: Path) -> str | None:
    return path.read_bytes().decode(errors="replace") if path.is_file() else None


def _read_released(folder: Path) -> Release:
    text = _read(folder / RELEASED)
    if text is None:
        return {}
    try:
        known: Release = json.loads(text)
        whole = all(
            set(entry) == {"file", "fingerprint", "sha256"}
            and PurePosixPath(entry["file"]).suffix == ".avsc"
            for entry in known.values()
        )
    except (ValueError, AttributeError, TypeError):
        whole = False
    if not whole:
        msg = f"'{RELEASED}' is not as 'complaints schemas write' leaves it; restore it from git"
        raise InputError(msg)
    return known


def _release_of(event_type: type[Event], texts: Mapping[str, str]) -> dict[str, str]:
    path = f"{_stem(event_type.TOPIC, event_type.STREAM)}.avsc"
    return {
        "file": path,
        "fingerprint": f"{fingerprint(avro_schema(event_type)):016x}",
        "sha256": sha256(texts[path].encode()).hexdigest(),
    }


def _released_text(known: Release) -> str:
    return _pretty({topic: known[topic] for topic in sorted(known)})


def _frozen(known: Release, texts: Mapping[str, str]) -> Iterator[Problem]:
    for topic, entry in known.items():
        text = texts.get(entry["file"])
        if text is not None and sha256(text.encode()).hexdigest() != entry["sha256"]:
            base, version = topic_version(topic)
            yield Problem(
                entry["file"],
                f"'{topic}' is released and never changes; put its class back as it was "
                f"and make '{base}.v{version + 1}'",
            )


def _profile(event_types: Sequence[type[Event]]) -> Iterator[Problem]:
    stems = [_stem(kind.TOPIC, kind.STREAM) for kind in event_types]
    schemas = [(f"{s}.avsc", avro_schema(k)) for s, k in zip(stems, event_types, strict=True)]
    fingerprints = Counter(fingerprint(schema) for _, schema in schemas)
    for path, schema in schemas:
        yield from (Problem(path, rule) for rule in lint(schema))
        if fingerprints[fingerprint(schema)] > 1:
            yield Problem(path, "shares its fingerprint with another schema; rename its record")


def _released_files(folder: Path, known: Release, texts: Mapping[str, str]) -> Iterator[Problem]:
    for topic, entry in known.items():
        found = _read(folder / entry["file"])
        if found is None:
            if entry["file"] not in texts:
                yield Problem(entry["file"], f"'{topic}' is released; restore its file from git")
        elif sha256(found.encode()).hexdigest() != entry["sha256"]:
            yield Problem(entry["file"], f"'{topic}' is released, its file changed; restore it")
        for path in _sample_paths(entry["file"]):
            if path not in texts and not (folder / path).is_file():
                yield Problem(path, f"'{topic}' is released; restore its sample from git")


def _sample_paths(avsc: str) -> list[str]:
    stem = avsc.removesuffix(".avsc")
    return [f"{stem}.{name}.{form}" for name in SAMPLES for form in ("json", "hex")]


def _strangers(folder: Path, known: Release, texts: Mapping[str, str]) -> Iterator[Problem]:
    expected = {*texts, RELEASED}
    for entry in known.values():
        expected |= {entry["file"], *_sample_paths(entry["file"])}
    streams = {name.partition("/")[0] for name in expected}
    for path in sorted(folder.glob("*/*.*")):
        # Other folders hold what is not an event: vectors, for one.
        ours = path.parent.name in streams and path.suffix in {".avsc", ".hex", ".json"}
        name = path.relative_to(folder).as_posix()
        if ours and name not in expected:
            yield Problem(name, "belongs to no event class and is not released; delete it")


def _all_versions(
    folder: Path, known: Release, event_types: Sequence[type[Event]]
) -> dict[str, dict[int, Any]]:
    """Return every schema, released ones without a class too, by event and version."""
    schemas: dict[str, Any] = {}
    for topic, entry in known.items():
        text = _read(folder / entry["file"])
        # A file that changed is named by `_released_files`; nothing is compared with it.
        if text is not None and sha256(text.encode()).hexdigest() == entry["sha256"]:
            schemas[topic] = json.loads(text)
    schemas |= {kind.TOPIC: avro_schema(kind) for kind in event_types}
    events: dict[str, dict[int, Any]] = {}
    for topic, schema in schemas.items():
        base, version = topic_version(topic)
        events.setdefault(base, {})[version] = schema
    return events


def _neighbours(events: Mapping[str, Mapping[int, Any]]) -> Iterator[Problem]:
    """Compare each version with every earlier one: a reader may be any number of versions off."""
    for base, versions in events.items():
        ordered = sorted(versions)
        for place, newer in enumerate(ordered):
            for older in ordered[:place]:
                for rule in compatibility(versions[older], versions[newer]):
                    yield Problem(f"{base}.v{newer}", f"against v{older}: {rule}")
