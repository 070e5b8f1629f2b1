"""What GitHub shows of a run: annotations, the summary of a step, and a comment on a pull request."""
