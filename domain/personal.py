"""Personal data in an event: sealed on the wire, plain only in the hands of who seals it.

A personal field holds a `Plaintext` between a person's typing and the sealer, and a
`Sealed` everywhere else. An encoder refuses a `Plaintext`, so a forgotten seal is an
error and not a leak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, GetPydanticSchema
from pydantic_core import core_schema

DataClass = Literal["identity", "narrative", "special"]
"""What a data key protects: who somebody is, what was told, or special-category data."""


class Plaintext:
    """Text about a person that is not sealed yet; never shows itself in a repr or a log line."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text; only the sealer and the holder of a purpose call this."""
        return self._text

    def __repr__(self) -> str:
        return "Plaintext(…)"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled: a pickle would carry the text in clear."""
        msg = "a plaintext cannot be pickled; seal it first"
        raise TypeError(msg)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plaintext) and other._text == self._text

    def __hash__(self) -> int:
        return hash(("Plaintext", self._text))


class Sealed(BaseModel):
    """A value that only the holder of its data key can read (DESIGN 6)."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    subject: str = Field(description="Pseudonym of the person whom the value is about.")
    key_id: str = Field(description="Name of the data key, one per subject and class of data.")
    nonce: bytes = Field(
        description="12 bytes: keyed digest of event id, field path and plaintext."
    )
    ciphertext: bytes = Field(description="AES-256-GCM ciphertext followed by its 16 byte tag.")
    key_commitment: bytes = Field(description="32 bytes that bind the ciphertext to one key.")


@dataclass(frozen=True)
class PersonalData:
    """Marks a field as personal data and names the class of key that protects it."""

    data_class: DataClass


def _plaintext(value: object) -> object:
    return Plaintext(value) if isinstance(value, str) else value


PlaintextField = Annotated[
    Plaintext,
    GetPydanticSchema(
        lambda _source, _handler: core_schema.no_info_before_validator_function(
            _plaintext, core_schema.is_instance_schema(Plaintext)
        )
    ),
]

PersonalText = Sealed | PlaintextField
"""A personal value: text on its way to the sealer, or sealed."""

Narrative = Annotated[PersonalText | None, PersonalData("narrative")]
Identity = Annotated[PersonalText | None, PersonalData("identity")]
Special = Annotated[PersonalText | None, PersonalData("special")]
