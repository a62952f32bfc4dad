"""The complaint: its events, its facets, and one decider per command."""
