"""One commit of a git repository, never the working tree."""
