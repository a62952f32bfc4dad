"""Joint complainants: who must accept an answer or an offer, and for whom it waits.

Without a joint complainant who must accept, one acceptance is enough, whoever gave it. With
one, the complainant and each of them accept, until they leave; null stands for the complainant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.complaint.events import ComplainantJoined
from domain.complaint.strands import PARTY

if TYPE_CHECKING:
    from domain.complaint.facets.answer import Reply
    from domain.complaint.facets.redress import RedressItem
    from domain.complaint.state import ComplaintState

Person = str | None


def must_accept(state: ComplaintState) -> tuple[Person, ...]:
    """Return everybody who must accept, if there is more than one."""
    parties = tuple(
        item.key
        for item in state.running(PARTY)
        if isinstance(item.opened, ComplainantJoined) and item.opened.must_accept
    )
    return (None, *parties) if parties else ()


def standing_reply(state: ComplaintState, person: Person) -> Reply | None:
    """Return the last reply of a person to what was told last, since the last reopening."""
    told = 0 if state.communication is None else state.communication.version
    since = max(told, state.reopened_version)
    own = [each for each in state.replies if each.party_id == person and each.version > since]
    return own[-1] if own else None


def answer_waits_for(state: ComplaintState) -> tuple[Person, ...]:
    """Return who must accept the answer and has not."""
    replies = {person: standing_reply(state, person) for person in must_accept(state)}
    return tuple(p for p, reply in replies.items() if reply is None or reply.kind != "accepted")


def offer_waits_for(state: ComplaintState, item: RedressItem) -> tuple[Person, ...]:
    """Return who must accept an offer and has not."""
    return tuple(person for person in must_accept(state) if person not in item.accepted_by)
