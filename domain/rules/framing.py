"""Which records can be decoded together: those whose frame names one registered schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.rules.record import is_too_large
from domain.rules.wellformed import SINGLE_OBJECT, fingerprint_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.rules.partition_state import PartitionState
    from domain.rules.record import Records

_FRAME = 10
_CONFLUENT_FRAME = 5
"""Bytes before the body: marker and fingerprint, or marker and Confluent id."""
_SURELY_WHOLE = 65_000
"""Key and value that are shorter together leave room for the rest of the entry."""


def by_schema(
    records: Records, state: PartitionState
) -> tuple[dict[str, tuple[list[int], list[bytes]]], list[int]]:
    """Group records by schema; return their indexes and bodies, and the indexes of the rest."""
    framed, alone = _by_frame(records)
    keys, values = records.keys, records.values
    longest = _longest(values) + _longest(keys)
    groups: dict[str, tuple[list[int], list[bytes]]] = {}
    for frame, indexes in framed.items():
        found = fingerprint_of(frame, state)
        if found is None or found[0] not in state.schemas:
            alone += indexes
            continue
        members = indexes
        if longest >= _SURELY_WHOLE:
            alone += [i for i in indexes if is_too_large(records[i])]
            members = [i for i in indexes if not is_too_large(records[i])]
        known, bodies = groups.setdefault(found[0], ([], []))
        known += members
        bodies += [(values[i] or b"")[len(frame) :] for i in members]
    return groups, alone


def _longest(parts: Sequence[bytes | None]) -> int:
    return max(map(len, filter(None, parts)), default=0)


def _by_frame(records: Records) -> tuple[dict[bytes, list[int]], list[int]]:
    framed: dict[bytes, list[int]] = {}
    alone: list[int] = []
    keys, marker = records.keys, SINGLE_OBJECT[:1]
    for index, value in enumerate(records.values):
        if value is None or keys[index] is None:
            alone.append(index)
            continue
        frame = value[: _FRAME if value[:1] == marker else _CONFLUENT_FRAME]
        members = framed.get(frame)
        if members is None:
            framed[frame] = [index]
        else:
            members.append(index)
    return framed, alone
