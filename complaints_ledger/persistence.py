"""The ledger as a persistence module of the `eventsourcing` library.

Set `PERSISTENCE_MODULE=complaints_ledger.persistence` and `COMPLAINTS_LEDGER` to a folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    NotSupportedError,
    ProcessRecorder,
)
from eventsourcing.utils import Environment, resolve_topic

from adapters.recorder import (
    LedgerAggregateRecorder,
    LedgerApplicationRecorder,
    LedgerProcessRecorder,
    LedgerTrackingRecorder,
    Store,
)
from complaints_ledger.ledger import Ledger, open_or_create

if TYPE_CHECKING:
    from eventsourcing.utils import EnvType


class LedgerFactory(InfrastructureFactory[LedgerTrackingRecorder]):
    """Makes the library's recorders over one ledger."""

    LEDGER = "COMPLAINTS_LEDGER"

    def __init__(self, env: Environment | EnvType | None, *, ledger: Ledger | None = None) -> None:
        super().__init__(env)
        self._owned = ledger is None
        if ledger is not None:
            self.ledger = ledger
            return
        folder = self.env.get(self.LEDGER)
        if not folder:
            msg = f"set {self.LEDGER} to the ledger's folder"
            raise OSError(msg)
        self.ledger = open_or_create(Path(folder))

    def _store(self) -> Store:
        return self.ledger.store(
            UUID if self.env.get("ORIGINATOR_ID_TYPE", "uuid") == "uuid" else str
        )

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """Return a recorder of aggregate events; the ledger keeps no snapshots."""
        if purpose != "events":
            msg = "the ledger keeps no snapshots: the replica loads a stream in one read"
            raise NotSupportedError(msg)
        return LedgerAggregateRecorder(self._store())

    def application_recorder(self) -> ApplicationRecorder:
        """Return a recorder of aggregate and application sequences."""
        return LedgerApplicationRecorder(self._store())

    def tracking_recorder(
        self, tracking_recorder_class: type[LedgerTrackingRecorder] | None = None
    ) -> LedgerTrackingRecorder:
        """Return a recorder of tracking, of the class given or named in the environment."""
        found: Any = tracking_recorder_class
        if found is None:
            topic = self.env.get(self.TRACKING_RECORDER_TOPIC)
            found = resolve_topic(topic) if topic else LedgerTrackingRecorder
        recorder: LedgerTrackingRecorder = found(self._store())
        return recorder

    def process_recorder(self) -> ProcessRecorder:
        """Return a recorder of events together with tracking."""
        return LedgerProcessRecorder(self._store())

    def close(self) -> None:
        """Let go of the ledger's files, if this factory opened them."""
        if self._owned:
            self.ledger.close()


Factory = LedgerFactory
