"""Which events in scope hold an id that is not opaque, or a code that no list knows?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.catalogue import EVENT_TYPES
from projections.codes import odd_values_query
from projections.event_tables import event_name
from projections.read_model import Shared

if TYPE_CHECKING:
    from collections.abc import Collection


def _sql(present: Collection[str] | None) -> str:
    return odd_values_query(
        each for each in EVENT_TYPES if present is None or event_name(each) in present
    )


RELATION: Final = Shared("scoped_odd_values", None, _sql)
