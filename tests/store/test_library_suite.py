"""The `eventsourcing` library's own test cases, inherited unmodified, over the ledger."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    InfrastructureFactoryTestCase,
    NonInterleavingNotificationIDsBaseCase,
    ProcessRecorderTestCase,
    TrackingRecorderTestCase,
)
from eventsourcing.utils import Environment, get_topic

from adapters.recorder import (
    LedgerAggregateRecorder,
    LedgerApplicationRecorder,
    LedgerProcessRecorder,
    LedgerTrackingRecorder,
)
from complaints_ledger.ledger import create_ledger
from complaints_ledger.persistence import LedgerFactory

if TYPE_CHECKING:
    from eventsourcing.persistence import TrackingRecorder

    from adapters.recorder import Store

# The library's cases are unittest classes; imported bases must not be collected themselves.
__test__ = True


class OnALedger:
    """Gives a test case a fresh ledger in a folder of its own."""

    def setUp(self) -> None:
        """Make the ledger."""
        self._folder = Path(tempfile.mkdtemp())
        self._ledger = create_ledger(self._folder / "ledger")

    def tearDown(self) -> None:
        """Remove the ledger."""
        self._ledger.close()
        shutil.rmtree(self._folder)

    def store(self) -> Store:
        """Return the ledger's store."""
        return self._ledger.store()


class TestAggregateRecorder(OnALedger, AggregateRecorderTestCase):
    """Aggregate recorder."""

    def create_recorder(self) -> LedgerAggregateRecorder:
        """Return the recorder under test."""
        return LedgerAggregateRecorder(self.store())


class TestApplicationRecorder(OnALedger, ApplicationRecorderTestCase[Any]):
    """Application recorder, with its concurrency cases."""

    def create_recorder(self) -> LedgerApplicationRecorder:
        """Return the recorder under test."""
        return LedgerApplicationRecorder(self.store())

    def test_insert_subscribe(self) -> None:
        """A subscription yields what is admitted and ends when it is stopped."""
        self.optional_test_insert_subscribe()


class TestNonInterleaving(OnALedger, NonInterleavingNotificationIDsBaseCase):
    """Saves are adjacent in the log."""

    def create_recorder(self) -> LedgerApplicationRecorder:
        """Return the recorder under test."""
        return LedgerApplicationRecorder(self.store())


class TestTrackingRecorder(OnALedger, TrackingRecorderTestCase):
    """Tracking recorder."""

    def create_recorder(self) -> LedgerTrackingRecorder:
        """Return the recorder under test."""
        return LedgerTrackingRecorder(self.store())


class TestProcessRecorder(OnALedger, ProcessRecorderTestCase):
    """Process recorder."""

    def create_recorder(self) -> LedgerProcessRecorder:
        """Return the recorder under test."""
        return LedgerProcessRecorder(self.store())


class NamedTrackingRecorder(LedgerTrackingRecorder):
    """A subclass that the environment can name."""


class TestInfrastructureFactory(InfrastructureFactoryTestCase[LedgerFactory]):
    """Infrastructure factory."""

    def setUp(self) -> None:
        """Name the ledger in the environment."""
        self._folder = Path(tempfile.mkdtemp())
        self.env = Environment("TestCase")
        self.env[LedgerFactory.PERSISTENCE_MODULE] = LedgerFactory.__module__
        self.env[LedgerFactory.LEDGER] = str(self._folder / "ledger")
        super().setUp()

    def tearDown(self) -> None:
        """Remove the ledger."""
        super().tearDown()
        shutil.rmtree(self._folder)

    def expected_factory_class(self) -> type[LedgerFactory]:
        """Return the factory's class."""
        return LedgerFactory

    def expected_aggregate_recorder_class(self) -> type[LedgerAggregateRecorder]:
        """Return the class of the aggregate recorder."""
        return LedgerAggregateRecorder

    def expected_application_recorder_class(self) -> type[LedgerApplicationRecorder]:
        """Return the class of the application recorder."""
        return LedgerApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        """Return the class of the tracking recorder."""
        return LedgerTrackingRecorder

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        """Return a subclass of it."""
        return NamedTrackingRecorder

    def expected_process_recorder_class(self) -> type[LedgerProcessRecorder]:
        """Return the class of the process recorder."""
        return LedgerProcessRecorder


assert get_topic(NamedTrackingRecorder)

del (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    InfrastructureFactoryTestCase,
    NonInterleavingNotificationIDsBaseCase,
    ProcessRecorderTestCase,
    TrackingRecorderTestCase,
)
