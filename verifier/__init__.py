"""verifier: claims about a commit, judged by a model, ruled on by what can be looked up."""

__version__ = "0.1.0"
