"""A repository set up, and the files that travel with verifier."""
