"""Which offers and answers wait for another joint complainant? A queue of its own making."""

from __future__ import annotations

from typing import Final

NEEDS: Final = "complainant_joined"
"""The event without which nobody waits for another."""
TEXT: Final = "joint/waiting.sql"
