"""Readers beside a writer: a follower that answers, and snapshots."""
