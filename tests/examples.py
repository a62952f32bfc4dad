"""How many examples a property test draws: few among the fast tests, many among the slow ones."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable

Test = TypeVar("Test", bound="Callable[..., None]")
_UNWANTED = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


def examples(count: int) -> Callable[[Test], Test]:
    """Return a decorator: so many examples, times the EXAMPLES of the environment.

    The test is marked `property`; `make test-slow` runs those again with more examples.
    """
    times = int(os.environ.get("EXAMPLES", "1"))
    drawn = settings(max_examples=count * times, deadline=None, suppress_health_check=_UNWANTED)

    def marked(test: Test) -> Test:
        pytest.mark.property(test)
        return drawn(test)

    return marked
