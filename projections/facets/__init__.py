"""Where does each complaint in scope stand? What several read models ask, answered once."""

from __future__ import annotations

from projections.read_model import Shared

RELATION = Shared("scoped_facets", "facets/answer.sql", rests_on="complaint_received")
