"""Backup and restore of an embedded ledger: log, sealed files and, in a place of their own, keys.

A backup takes the log's extent first and keys and files after it. Whoever appends makes the
key and the file durable before the event that needs them, so what the extent covers finds its
keys and files there; taken in the other order, an event could name a file that came in between.
Nothing that is derived is in a backup: replica and read models are made anew.
"""
