"""The history of a complaint as the complainant may read it.

Roles and no names, nothing of what the house notes for itself, nothing about other people,
and at the end what happens next and by when. The words stand in one file for each language
(`messages/`); an event that the file does not name is not shown.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MESSAGES: Final = Path(__file__).parent / "messages"
_DATES: Final = ("next_update_by", "reply_by", "fulfil_by", "refer_by")
_ENDED_BY: Final[Mapping[str, frozenset[str]]] = {
    "next_update_by": frozenset({"progress_update_sent", "decision_communicated"}),
    "reply_by": frozenset(
        {"complainant_accepted", "complainant_rejected", "complainant_did_not_reply"}
    ),
    "fulfil_by": frozenset({"redress_fulfilled", "redress_declined"}),
    "refer_by": frozenset({"escalated_externally"}),
}
"""Events after which a date that an earlier one named is no promise any more."""


def messages(language: str) -> dict[str, dict[str, str]]:
    """Return the words of a language.

    Raises:
        InputError: there is no file for it.
    """
    known = sorted(path.stem for path in MESSAGES.glob("*.yaml"))
    if language not in known:
        msg = f"there are no words in language '{language}'; choose one of {', '.join(known)}"
        raise InputError(msg)
    found: dict[str, dict[str, str]] = yaml.safe_load(
        (MESSAGES / f"{language}.yaml").read_text(encoding="utf-8")
    )
    return found


def complainant_history(
    rows: Sequence[Mapping[str, Any]], state: Mapping[str, Any], *, language: str = "en"
) -> dict[str, Any]:
    """Return what happened and what happens next, in words for the complainant.

    Args:
        rows: the complaint's rows of `complaint_events`, in order.
        state: its row of `complaints`.
        language: BCP 47 tag of a language that has a file.
    """
    words = messages(language)
    lines = [
        {"day": row["occurred_on"], "what": words["events"][name]}
        for row in rows
        if (name := _name(row)) in words["events"]
    ]
    return {"history": lines, "next": list(_next(rows, state, words["next"]))}


def _next(
    rows: Sequence[Mapping[str, Any]], state: Mapping[str, Any], words: Mapping[str, str]
) -> Iterator[str]:
    if not state["is_open"]:
        yield words["closed"]
        return
    told = state["communicated_on"] is not None
    found = [] if told or state["respond_by"] is None else [("respond_by", state["respond_by"])]
    found += [(name, day) for name in _DATES if (day := _standing(rows, name)) is not None]
    for name, day in found:
        yield words[name].format(day=day)
    if not found:
        yield words["open"]


def _standing(rows: Sequence[Mapping[str, Any]], field: str) -> str | None:
    """Return the date that was said last, if nothing has come after it that ends it."""
    standing: str | None = None
    for row in rows:
        said = json.loads(row["payload"] or "{}").get(field)
        if said is not None:
            standing = str(said)
        elif _name(row) in _ENDED_BY[field]:
            standing = None
    return standing


def _name(row: Mapping[str, Any]) -> str:
    return str(row["event_type"]).removeprefix("complaints.").rpartition(".v")[0]
