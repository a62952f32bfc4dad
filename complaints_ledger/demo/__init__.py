"""The demo: real complaints from a file to an answer; it can be run again."""
