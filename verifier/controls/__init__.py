"""Controls: what a judge must notice who looks, made by program out of claims that he found borne out.

The cut takes the evidence away, a false twin changes what is claimed, a true twin says the same in other words. Nothing
here asks a model: from the same rulings, commit and seed the same controls are made.
"""
