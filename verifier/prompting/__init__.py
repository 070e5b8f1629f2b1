"""What the model is shown: the pack, a branch's changes, templates to prompts."""
