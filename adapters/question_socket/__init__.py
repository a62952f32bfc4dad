"""Questions over a Unix socket: the process that holds the DuckDB file answers for the others."""
