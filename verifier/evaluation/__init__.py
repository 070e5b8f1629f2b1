"""What a judge is worth: labels that reviewers give, and rulings held to them, one way of asking beside another."""
