from __future__ import annotations

import hashlib
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.identity import derived_event_id, derived_stream_id

STREAM_VECTORS = {
    ("cfpb", "3571115"): "68f8d29a-9ab3-8668-befe-a51fb79280f2",
    ("cfpb", "1"): "f9791ab6-cd03-81c7-88e6-82a291d6bc8f",
    ("ledger-é", ""): "c07696dc-edfe-8ac7-ab7d-0aeaaba638b6",
}
EVENT_VECTORS = {
    (
        "cfpb",
        "3571115",
        "complaints.complaint_received.v1",
        "2020-03-18",
    ): "f517eb28-f5fe-8250-9cd1-272e62e1fa13",
    (b"\x00\xff",): "9bcb16b1-61b9-8195-a95a-e70fc3c375b3",
    ("", ""): "3a6ec1c8-4c0f-8dc3-bb60-769334fdb01b",
}


def test_stream_ids_equal_their_frozen_vectors() -> None:
    """Two systems that speak of one complaint must reach the same stream for ever."""
    for parts, expected in STREAM_VECTORS.items():
        assert derived_stream_id(*parts) == expected


def test_event_ids_equal_their_frozen_vectors() -> None:
    """A fact imported twice is recognised by an id that never changes."""
    for parts, expected in EVENT_VECTORS.items():
        assert str(derived_event_id(*parts)) == expected


def test_documented_layout_gives_the_stream_id() -> None:
    """The docstring is enough to write a second implementation."""
    message = bytes.fromhex(
        "00000014 636f6d706c61696e74732e73747265616d2e763100000004 6366706200000007 33353731313135"
    )
    raw = bytearray(hashlib.sha256(message).digest()[:16])
    raw[6] = raw[6] & 0x0F | 0x80
    raw[8] = raw[8] & 0x3F | 0x80
    assert str(UUID(bytes=bytes(raw))) == derived_stream_id("cfpb", "3571115")


@given(st.lists(st.text() | st.binary(), min_size=1))
def test_every_derived_id_is_a_version_8_uuid(parts: list[str | bytes]) -> None:
    """RULES 1 asks for version 8 where an id comes from a hash."""
    derived = derived_event_id(*parts)
    assert (derived.version, derived.variant) == (8, RFC_4122)


@given(st.lists(st.binary(max_size=4), max_size=4), st.lists(st.binary(max_size=4), max_size=4))
def test_other_parts_give_another_id(one: list[bytes], other: list[bytes]) -> None:
    """Where one part ends and the next begins is part of what is hashed."""
    assert (derived_event_id(*one) == derived_event_id(*other)) == (one == other)
