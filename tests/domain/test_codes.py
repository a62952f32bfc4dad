from __future__ import annotations

import re

import pytest

from domain.codes import CODE_LISTS, MONEY_REDRESS, REDRESS_KIND, label
from domain.errors import InputError


def test_a_label_says_what_people_call_a_code() -> None:
    """A known code has its label, an unknown one is its own."""
    assert label("redress_kind", "R04") == "Refund"
    assert label("redress_kind", "R99") == "R99"


def test_an_unknown_list_is_named_with_those_that_exist() -> None:
    """Asking for a list that does not exist says which do."""
    with pytest.raises(InputError, match="'colour' does not exist; choose one of channel,"):
        label("colour", "red")


def test_codes_are_plain_words() -> None:
    """Every code fits a command line, a column and an error message as it is."""
    codes = [code for codes in CODE_LISTS.values() for code in codes]
    assert [
        code
        for code in codes
        if not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)?|R[0-9]{2}", code)
    ] == []


def test_redress_kinds_run_from_r01_to_r25() -> None:
    """The list of domain.md 3.6 is complete, and money is part of it."""
    assert list(REDRESS_KIND) == [f"R{number:02}" for number in range(1, 26)]
    assert set(REDRESS_KIND) > MONEY_REDRESS
