"""What a new version of an event may change: old readers read new bytes, new readers old ones.

Allowed: an optional field more, an optional field less, another order after the envelope,
another `doc` in a new version. Everything else needs a new event type, not a new version.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from domain.event import ENVELOPE
from domain.rules.avro_schema import canonical_form, lint

if TYPE_CHECKING:
    from domain.rules.avro_schema import Schema

_ALIKE: Final = 0.6
"""Similarity from which two names pass for one renamed; difflib's own measure of a close match."""

_VERSION = re.compile(r"(.+)V([1-9][0-9]*)")


def compatibility(old: Schema, new: Schema) -> list[str]:
    """Return what keeps two versions of an event from reading each other, one sentence each.

    Both readings are asked for: a newer reader of older bytes and an older reader of newer
    ones. The new schema must be in the profile of RULES 2, too.
    """
    problems = lint(new)
    if problems:
        return problems
    _compare_names(old, new, problems)
    _compare_envelopes(new, problems)
    _compare_records(old, new, str(new["name"]), problems)
    return problems


def _compare_names(old: Schema, new: Schema, problems: list[str]) -> None:
    before, after = (_VERSION.fullmatch(str(s["name"])) for s in (old, new))
    if before is None or after is None:
        problems.append(
            f"record name '{(old if before is None else new)['name']}' names no version; "
            "end it in V and the number"
        )
        return
    if before[1] != after[1] or old.get("namespace") != new.get("namespace"):
        problems.append(f"'{new['name']}' is no version of '{old['name']}'; names are for ever")
    elif int(after[2]) < int(before[2]):
        problems.append(f"'{new['name']}' is older than '{old['name']}'; compare them in order")
    elif after[2] == before[2] and canonical_form(old) != canonical_form(new):
        problems.append(
            f"'{new['name']}' differs from itself; a version never changes, make the next one"
        )


def _compare_envelopes(new: Schema, problems: list[str]) -> None:
    names = tuple(field["name"] for field in new["fields"][: len(ENVELOPE)])
    if names != ENVELOPE:
        problems.append(f"'{new['name']}' does not begin with the envelope; RULES 1 has its order")


def _compare_records(old: Schema, new: Schema, where: str, problems: list[str]) -> None:
    before = {field["name"]: field for field in old["fields"]}
    after = {field["name"]: field for field in new["fields"]}
    removed = [name for name in before if name not in after]
    added = [name for name in after if name not in before]
    for name, field in after.items():
        if "aliases" in field:
            problems.append(f"{where}.{name}: an alias renames a field; a name is for ever")
        if name in before:
            _compare_fields(before[name], field, f"{where}.{name}", problems)
    for name in removed:
        successor = _successor(before[name], [after[other] for other in added])
        if successor is not None:
            problems.append(
                f"{where}.{name}: renamed to '{successor}'; keep the field and add another"
            )
        elif "default" not in before[name]:
            problems.append(f"{where}.{name}: removed without a default; older readers need it")
    problems.extend(
        f"{where}.{name}: added without a default; older events do not have it"
        for name in added
        if "default" not in after[name]
    )


def _successor(field: Schema, added: list[Schema]) -> str | None:
    """Return the added field that looks like a removed one under another name."""
    for other in added:
        if not _same_type(field["type"], other["type"]):
            continue
        alike = SequenceMatcher(None, field["name"], other["name"]).ratio() >= _ALIKE
        if alike or field.get("doc") == other.get("doc"):
            return str(other["name"])
    return None


def _compare_fields(old: Schema, new: Schema, where: str, problems: list[str]) -> None:
    if ("default" in old, old.get("default")) != ("default" in new, new.get("default")):
        problems.append(f"{where}: default changed; what older events leave out would change")
    _compare_types(old["type"], new["type"], where, problems)


def _compare_types(old: Schema, new: Schema, where: str, problems: list[str]) -> None:
    if isinstance(old, list) and isinstance(new, list):
        _compare_types(old[-1], new[-1], where, problems)
    elif _kind(old) != _kind(new):
        problems.append(f"{where}: type changed from {_kind(old)} to {_kind(new)}; add a field")
    elif _kind(old) == "record":
        _compare_records(old, new, where, problems)
    elif _kind(old) == "array":
        _compare_types(old["items"], new["items"], f"{where}[]", problems)


def _same_type(old: Schema, new: Schema) -> bool:
    problems: list[str] = []
    _compare_types(old, new, "", problems)
    return not problems


def _kind(schema: Schema) -> str:
    if isinstance(schema, list):
        return "optional " + _kind(schema[-1])
    if isinstance(schema, str):
        return schema
    return str(schema.get("logicalType", schema["type"]))
