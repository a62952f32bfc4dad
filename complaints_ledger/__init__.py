"""Where the ledger is put together: settings, composition root, use cases and the command line."""

__version__ = "0.1.0"
