"""Cassettes: recorded exchanges with the model, replayed offline."""
