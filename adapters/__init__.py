"""How the ledger meets the world: one module per technology; adapters do not know each other."""
