"""What judging needs from outside the records, put together from the adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.avro_codec import FastavroDecoder, decode_values
from adapters.ed25519 import verify
from adapters.replica import names_of

if TYPE_CHECKING:
    from domain.ports import Log


class LedgerSurroundings:
    """Decoder, signatures and earlier values for one log."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.ledger_id = log.ledger_id
        self.decoder = FastavroDecoder()

    def verify(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether an Ed25519 signature holds, strictly."""
        return verify(public_key, message, signature)

    def value_at(self, partition: int, ordinal: int) -> bytes | None:
        """Return the value of an earlier record of the log."""
        found = self._log.read(partition, ordinal, 1)
        return found[0].value if found else None

    def names_in(self, value: bytes, schema_text: str) -> list[str]:
        """Return reference, external id, and source with external id, of an opening event."""
        values = decode_values(value, schema_text)
        return names_of(values.get("reference"), values.get("external_id"), values.get("source"))
