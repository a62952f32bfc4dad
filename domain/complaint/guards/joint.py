"""Guards on joint complainants: all who must accept do, each for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.complaint.guards.standing import named, next_step
from domain.complaint.joint import answer_waits_for, offer_waits_for, standing_reply
from domain.complaint.strands import PARTY
from domain.opaque import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from domain.complaint.facets.answer import ReplyKind
    from domain.complaint.joint import Person
    from domain.complaint.state import ComplaintState


def _called(people: Iterable[Person]) -> str:
    return ", ".join("the complainant" if p is None else quoted(p) for p in people)


def takes_part(state: ComplaintState, party_id: str | None) -> str | None:
    """Whoever replies is the complainant, or joined and did not leave."""
    running = [item.key for item in state.running(PARTY)]
    if party_id is None or party_id in running:
        return None
    others = f"name one who does: {_called(running)}" if running else "leave --party-id out"
    return (
        f"{named(state)} has no joint complainant {quoted(party_id)}; {others}, or record who "
        f"joins {next_step(state, 'join-complainant')}"
    )


def not_replied_by(
    state: ComplaintState, party_id: str | None, *kinds: ReplyKind
) -> Iterator[str | None]:
    """A joint complainant gives the same reply once for each communication."""
    reply = standing_reply(state, party_id)
    if reply is not None and reply.kind in kinds:
        yield (
            f"{named(state)} has the reply {reply.kind} of {reply.on} by {_called((party_id,))} "
            f"already; go on from there {next_step(state, 'close')}"
        )


def offers_known(state: ComplaintState, redress_ids: Iterable[str]) -> Iterator[str | None]:
    """What is about an offer names one that was made."""
    for redress_id in redress_ids:
        if state.redress_item(redress_id) is None:
            yield (
                f"{named(state)} has no offer {quoted(redress_id)}; offer it first "
                f"{next_step(state, 'offer-redress')}"
            )


def accepted_by_all(state: ComplaintState) -> str | None:
    """An answer is accepted when everybody who must accept it has."""
    waits = answer_waits_for(state)
    if not waits:
        return None
    return (
        f"{named(state)} is not accepted by {_called(waits)}, who must accept too; record it "
        f"first {next_step(state, 'record-acceptance')}, or that they left "
        f"{next_step(state, 'record-leaving')}"
    )


def offer_accepted_by_all(state: ComplaintState, redress_id: str) -> str | None:
    """An offer is carried out when everybody who must accept it has."""
    item = state.redress_item(redress_id)
    if item is None or item.accepted_on is None:
        return None
    waits = offer_waits_for(state, item)
    if not waits:
        return None
    return (
        f"redress {quoted(redress_id)} of {named(state)} is not accepted by {_called(waits)}, who "
        f"must accept too; record it first {next_step(state, 'accept-redress')}, or that they "
        f"left {next_step(state, 'record-leaving')}"
    )
