"""Rules v1: what every reader of the record does alike; consensus-critical (docs/reference/rules.md)."""
