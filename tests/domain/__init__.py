"""The complaint: what its facets say, and what each command lets pass and refuses."""
