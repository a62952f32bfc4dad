"""Which points does each complaint raise, and how did each end? Shared by what asks that.

The receipt's own issue is the point `issue-0`. The last decision or end on record that came
after a point was raised is its ending; without any it ends with the complaint's own course.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from projections.read_model import Shared, sql_text

if TYPE_CHECKING:
    from collections.abc import Collection


def _sql(_present: Collection[str] | None) -> str:
    return sql_text("points/points.sql")


RELATION: Final = Shared("scoped_points", None, _sql)
