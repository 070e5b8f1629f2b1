"""Look up in a commit what a report says of it."""
