"""The facets of a complaint: small frozen values that events alone give, each on its own."""
