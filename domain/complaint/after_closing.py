"""What may still happen to a complaint that was closed, without opening it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.complaint import events as e

if TYPE_CHECKING:
    from domain.event import Event

POSSIBLE_AFTER_CLOSING: Final[frozenset[type[Event]]] = frozenset(
    {
        e.ComplaintReopened,
        e.CorrectionRecorded,
        e.RedressFulfilled,
        e.RedressVerified,
        e.SignpostedToEdr,
        e.EscalatedExternally,
        e.RepresentativeAuthorityRevoked,
        e.ComplainantDied,
        e.ConsentRecorded,
        e.ConsentWithdrawn,
        e.DisclosureMade,
        e.StatusRequested,
        e.StatusProvided,
        e.CommunicationFailed,
        e.RootCauseRecorded,
        e.ActionRaised,
        e.ActionImplemented,
        e.ActionEffectivenessVerified,
        e.PromiseBreachLinked,
        e.QaSampleDrawn,
        e.QaSampleScored,
        e.ComplaintLinked,
        e.ComplaintUnlinked,
        e.ComplaintUnmerged,
        e.ContactRestrictionReviewed,
        e.ContactRestrictionLifted,
        e.ChargeRefunded,
        e.ExternalNoticeReceived,
        e.ExternalPositionSent,
        e.ExternalOutcomeReceived,
        e.ReferredBack,
        e.ExternalRemedyImplemented,
    }
)
"""Everything else after a closing is a finding, and its command is refused."""
