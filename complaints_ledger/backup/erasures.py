"""Erasure reaches a restored ledger: keys that its log says are destroyed are destroyed again.

A backup of the keys may be older than the destruction of some of them. Before anybody can read
in a restored ledger, every key whose destruction its log tells is destroyed in its key store.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from domain.access import SubjectErased

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DESTROYS: Final[Mapping[str, str]] = MappingProxyType({SubjectErased.TOPIC: "destroyed_key_ids"})
"""Stored types of the events that tell of destroyed keys, each with the field that names them."""


def destroyed_keys(
    events: Iterable[tuple[str, Mapping[str, Any]]], *, tells: Mapping[str, str] = DESTROYS
) -> list[str]:
    """Return the ids of the keys that events say were destroyed, each once, in order.

    Args:
        events: stored type and values of every event of the log.
        tells: types that tell of destroyed keys, each with the field of their id or ids.
    """
    found: dict[str, None] = {}
    for topic, values in events:
        field = tells.get(topic)
        if field is not None:
            told = values.get(field) or ()
            found.update(dict.fromkeys([told] if isinstance(told, str) else told))
    return list(found)
