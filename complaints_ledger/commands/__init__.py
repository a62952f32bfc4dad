"""The subcommands by group; each module knows typer, and hands its work to a use case."""
