"""What the ledger does, one sentence a test; folders mirror the packages that they test."""
