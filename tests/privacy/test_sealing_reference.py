"""The reference page of sealing tells what the code does."""

from __future__ import annotations

from pathlib import Path

from adapters import aes_gcm_sealer, key_store
from domain.sealing import PURPOSES

PAGE = (Path(__file__).parent.parent.parent / "docs/reference/sealing.md").read_text("utf-8")


def test_the_page_has_every_label_that_decides_bytes() -> None:
    """Another implementation needs each of them, letter by letter."""
    labels = (
        aes_gcm_sealer.ENCRYPTION,
        aes_gcm_sealer.NONCE,
        aes_gcm_sealer.COMMITMENT,
        aes_gcm_sealer.MARK,
        aes_gcm_sealer.COMMITMENT_LABEL,
        key_store.WRAPPING,
        key_store.CHECK,
    )
    assert [label for label in labels if label.decode() not in PAGE] == []
    assert f"0x{key_store.APPLICATION_ID:X}" in PAGE


def test_the_page_has_every_purpose() -> None:
    """The code list is documented as it stands in the code."""
    rows = [f"| `{code}` | {meaning} |" for code, meaning in PURPOSES.items()]
    assert [row for row in rows if row not in PAGE] == []
