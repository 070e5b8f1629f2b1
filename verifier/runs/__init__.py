"""A run, from typed options to records."""
